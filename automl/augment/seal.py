"""Between what augmentation is given, one fold's training rows, and what it gives back."""

import numpy as np

from automl.augment.rows import TrainingRows


def check_sealed(rows: TrainingRows, made: TrainingRows) -> None:
    """Raise `ValueError` where what was made tells of rows that were not there to be made from.

    A value that the rows might have had cannot be told from theirs.

    Args:
        rows: that were given.
        made: of them: each must be made from one of these, have no number beyond theirs and no category but theirs;
            parts of a date are those of its seconds.
    """
    foreign = np.flatnonzero((made.origin < 0) | (made.origin >= len(rows)))
    if len(foreign):
        raise ValueError(f"augmentation made {len(foreign)} rows of none that it was given, such as row {foreign[0]}")
    # Unlike nanmin these do not warn of a column without any value.
    low, high = np.fmin.reduce(rows.matrix, axis=0), np.fmax.reduce(rows.matrix, axis=0)
    least, most = np.fmin.reduce(made.matrix, axis=0), np.fmax.reduce(made.matrix, axis=0)
    beyond = (least < low) | (most > high) | (np.isnan(low) & ~np.isnan(least))
    beyond[[feature for feature in rows.categorical if _has_more(made, rows, feature)]] = True
    beyond[[part for column in rows.dates for part in column.features[1:]]] = False  # a day between two has its own
    if beyond.any():
        raise ValueError(f"augmentation gave features {np.flatnonzero(beyond).tolist()} values that its rows lack")


def _has_more(made: TrainingRows, rows: TrainingRows, feature: int) -> bool:
    """Whether a category has a level that the rows lack."""
    known, found = (each.matrix[:, feature] for each in (rows, made))
    return not np.isin(found[~np.isnan(found)], np.unique(known)).all()
