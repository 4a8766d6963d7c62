"""How far a figure might have come out otherwise on other rows of the same kind."""

from collections.abc import Callable
from typing import Final

import numpy as np

from automl.clock import Over, never
from automl.splits.split import Rows
from automl.types import Floats

RESAMPLES: Final = 200
"""Standard deviations of so many are off by a twentieth."""
MOST_ROWS: Final = 20_000
FEWEST: Final = 20


def units_of(rows: int, groups: Rows | None) -> Rows:
    """The number, from 0, of what each row goes together with `(rows,)`: its group, or nothing but itself."""
    return np.arange(rows) if groups is None else np.unique(groups, return_inverse=True)[1]


class Resamples:
    """Weights that stand for other rows of the same kind: each stratum drawn anew from itself, with replacement.

    Of many rows some stand for all. A stratum of n rows has m of them, each with the weight n / m, and what a draw adds
    or takes off is shrunk by sqrt(m / n): sums then vary as those of n rows do (Præstgaard & Wellner 1993:
    exchangeably weighted bootstraps). Rare strata keep all their rows.

    Where rows come in groups, whole groups are drawn alike, whatever their strata (Davison & Hinkley 1997, 3.8).

    Attributes:
        rows: that have a weight `(m,)`, ascending.
        each: how many rows each of them stands for `(m,)`.
    """

    def __init__(self, strata: Rows, *, seed: int, most: int = MOST_ROWS, groups: Rows | None = None) -> None:
        """For rows of these strata, numbered from 0 `(n,)`, and of these groups, of any numbers, if any `(n,)`."""
        self._rng = np.random.default_rng(seed)
        units = units_of(len(strata), groups)
        if groups is not None:
            strata = np.zeros(units.max(initial=-1) + 1, np.int64)
            most = max(1, most * len(strata) // max(1, len(units)))
        order = self._rng.permutation(len(strata)) if len(strata) > most else np.arange(len(strata))
        drawn, self._each = represent(strata, order, most)
        self.rows: Rows = np.flatnonzero(np.isin(units, drawn))
        self._unit = np.searchsorted(drawn, units[self.rows])
        self.each = self._each[self._unit]
        own = strata[drawn]
        kept = np.bincount(own)
        self._by_stratum = np.argsort(own, kind="stable")
        self._ends = np.repeat(np.cumsum(kept), kept)
        self._starts = self._ends - np.repeat(kept, kept)
        self._shrunk = np.sqrt(1 / self._each)

    def draw(self) -> Floats:
        """The next weights `(m,)`, which sum to n where there are no groups."""
        drawn = self._by_stratum[self._rng.integers(self._starts, self._ends)]
        times = np.bincount(drawn, minlength=len(self._by_stratum))
        weights: Floats = self._each * (1 + (times - 1) * self._shrunk)
        return weights[self._unit]


def represent(strata: Rows, order: Rows, most: int) -> tuple[Rows, Floats]:
    """Rows that stand for all, ascending, and how many of its stratum each stands for.

    Args:
        strata: numbered from 0 `(n,)`.
        order: all rows, those to be taken first first `(n,)`.
        most: about how many rows; all of those of rare strata are among them.
    """
    sizes = np.bincount(strata)
    kept = np.minimum(sizes, _cap(sizes, most))
    ordered = order[np.argsort(strata[order], kind="stable")]
    place = np.arange(len(ordered)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    rows: Rows = np.sort(ordered[place < np.repeat(kept, sizes)])
    return rows, (sizes / np.maximum(kept, 1))[strata[rows]]


def deviations(
    figures: Callable[[Floats], Floats], resamples: Resamples, *, over: Over = never
) -> tuple[Floats | None, int]:
    """The standard deviation of each figure over 200 resamples, and how many it rests on.

    Args:
        figures: their values `(f,)` for weights of the resampled rows.
        resamples: to be drawn from.
        over: ends it; after fewer than 20 resamples there are no deviations.
    """
    draws: list[Floats] = []
    while len(draws) < RESAMPLES and not over():
        draws.append(figures(resamples.draw()))
    if len(draws) < FEWEST:
        return None, len(draws)
    with np.errstate(over="ignore", invalid="ignore"):
        return np.std(draws, axis=0, ddof=1), len(draws)


def _cap(sizes: Rows, most: int) -> int:
    """The most rows a stratum may have, so that all of them together have at most about `most`."""
    left, open_ = most, len(sizes)
    for size in np.sort(sizes).tolist():
        if size * open_ > left:
            return max(1, left // open_)
        left, open_ = left - size, open_ - 1
    return int(sizes.max())
