"""How much each column of the table means to a model."""

from collections.abc import Iterable, Sequence

import numpy as np

from automl.learners.booster import Booster
from automl.types import Floats, Json


def column_importances(
    columns: Sequence[str], boosters: Iterable[tuple[float, Booster, Sequence[Sequence[str]]]]
) -> list[dict[str, Json]]:
    """Gain (a share of the whole) and splits (a mean over the boosters) of each column, the most useful first.

    Both are None where the model has no trees.

    Args:
        columns: all that there are.
        boosters: from `Predictor.boosters`. What is made of several columns counts for each of them in part. Gains
            are compared inside one booster only, since those of boosted trees and of forests differ in size.
    """
    gains, splits, whole = np.zeros(len(columns)), np.zeros(len(columns)), 0.0
    for share, booster, sources in boosters:
        gained = _by_column(columns, sources, booster.importance("gain"))
        gains += share * gained / (gained.sum() or 1.0)
        splits += share * _by_column(columns, sources, booster.importance("split"))
        whole += share
    if not whole:
        return [{"column": column, "gain": None, "split": None} for column in columns]
    gains, splits = gains / (gains.sum() or 1.0), splits / whole
    rows = zip(columns, gains.tolist(), splits.tolist(), strict=True)
    return sorted(
        ({"column": column, "gain": gain, "split": split} for column, gain, split in rows),
        key=lambda row: (-row["gain"], row["column"]),
    )


def _by_column(columns: Sequence[str], sources: Sequence[Sequence[str]], amounts: Floats) -> Floats:
    """Amounts of features as amounts of the columns that each is made of, in equal parts."""
    place = {name: index for index, name in enumerate(columns)}
    total = np.zeros(len(columns))
    for names, amount in zip(sources, amounts.tolist(), strict=True):
        for name in names:
            total[place[name]] += amount / len(names)
    return total
