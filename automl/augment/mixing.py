"""New rows of two: their mixture, or columns of the one in the other."""

from typing import Final

import numpy as np

from automl.augment.rows import TrainingRows
from automl.splits.split import Rows

_MOST: Final = 100_000
_CONCENTRATION: Final = 0.4
"""Of the beta distribution of shares: most mixtures are near to one of their rows."""
_SWAPPED: Final = 0.3
_NEAR: Final = 0.02
"""Of all rows, how far away in the order of the target a row still counts as alike."""


def mixup(rows: TrainingRows, strength: float, rng: np.random.Generator) -> TrainingRows:
    """Mixtures of any two rows, `strength` times as many as there are (Zhang et al. 2018).

    The target is mixed too. LightGBM takes no mixed classes, so such a row comes twice, once with each class, with the
    weight of its share. A category comes from either row, by chance as the shares are.
    """
    base = rng.integers(len(rows), size=_count(rows, strength))
    other = rng.integers(len(rows), size=len(base))
    share = rng.beta(_CONCENTRATION, _CONCENTRATION, size=len(base))
    share = np.maximum(share, 1 - share)  # most of each is of its base row, which says what is missing in it
    one, two = rows.matrix[base], rows.matrix[other]
    made = share[:, None] * one + (1 - share)[:, None] * two
    codes = list(rows.categorical)
    kept = rng.random((len(base), len(codes))) < share[:, None]
    made[:, codes] = np.where(kept, one[:, codes], two[:, codes])
    if rows.task == "regression":
        return rows.grown(base, made, share * rows.target[base] + (1 - share) * rows.target[other])
    mixed = rows.target[base] != rows.target[other]
    grown = rows.grown(base, made, rows.target[base], share=np.where(mixed, share, 1.0))
    return grown.grown(base[mixed], made[mixed], rows.target[other][mixed], share=1 - share[mixed])


def column_swap(rows: TrainingRows, strength: float, rng: np.random.Generator) -> TrainingRows:
    """Rows with three columns of ten from another row of their class, or of nearly their target.

    CutMix (Yun et al. 2019) for tables: every value is one that the column has. Features that are made of one column
    are swapped together, at least one column a row, and those of texts and images never, since these stay.
    """
    kept = [feature for column in rows.beside for feature in column.features]
    free = np.setdiff1d(np.arange(rows.matrix.shape[1]), kept)
    if not len(free):
        return rows
    base = rng.integers(len(rows), size=_count(rows, strength))
    columns, number = np.unique(rows.columns[free], return_inverse=True)
    swapped = rng.random((len(base), len(columns))) < _SWAPPED
    swapped[np.arange(len(base)), rng.integers(len(columns), size=len(base))] |= ~swapped.any(axis=1)
    made = rows.matrix[base]
    made[:, free] = np.where(swapped[:, number], rows.matrix[_alike(rows, base, rng)][:, free], made[:, free])
    return rows.grown(base, made, rows.target[base], only_changed=True)


def _alike(rows: TrainingRows, base: Rows, rng: np.random.Generator) -> Rows:
    """For each row another one of its class, or one near it in the order of the target."""
    order = np.argsort(rows.target, kind="stable")
    place = np.empty(len(rows), dtype=np.int64)
    place[order] = np.arange(len(rows))
    if rows.task == "regression":
        reach = max(1, round(_NEAR * len(rows)))
        first, last = np.maximum(place - reach, 0), np.minimum(place + reach, len(rows) - 1)
    else:
        counts = rows.class_counts()
        ends = np.cumsum(counts)
        first, last = (ends - counts)[rows.target], (ends - 1)[rows.target]
    return np.asarray(order[rng.integers(first[base], last[base] + 1)])


def _count(rows: TrainingRows, strength: float) -> int:
    return min(_MOST, max(1, round(strength * len(rows))))
