"""The random split: how many folds a table gets, and which rows are held out and folded by chance.

Rows that are exact copies of each other stay on one side. Classes, and the quantiles of a regression target, are spread
evenly. All row numbers ascend.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from automl.types import Floats, Task

Rows = NDArray[np.int64]
Folds = list[tuple[Rows, Rows]]
"""Training and validation rows of each fold."""

_QUANTILES: Final = 10
_ONE_SPLIT_SHARE: Final = 0.2
_LEAST_OF_A_STRATUM: Final = 20
"""Rows that thinning leaves: rare classes would be gone."""
_MOST_COPIES: Final = (10, 0.01)
_FIVE_FOLDS_UP_TO: Final = 50_000
_THREE_FOLDS_UP_TO: Final = 200_000


def fold_count(rows: int) -> int:
    """Folds that are worth their time for so many training rows; 1 means a single 80/20 split."""
    if rows <= _FIVE_FOLDS_UP_TO:
        return 5
    return 3 if rows <= _THREE_FOLDS_UP_TO else 1


def find_copies(columns: Sequence[NDArray[Any]]) -> Rows:
    """A number (n,) for each row that exact copies of it share.

    Rows of a combination that more than 10 rows and 1 % of all have are no copies but a common case: each stays alone.

    Args:
        columns: arrays (n,) of floats or of `str | None`, the target's too.
    """
    mixed = np.zeros(len(columns[0]), dtype=np.uint64)
    for values in columns:
        mixed = (mixed ^ _codes(values)) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    _, copies, sizes = np.unique(mixed, return_inverse=True, return_counts=True)
    least, share = _MOST_COPIES
    common = sizes[copies] > max(least, share * len(mixed))
    return np.where(common, len(sizes) + np.arange(len(mixed)), copies)


def strata(task: Task, target: NDArray[np.int64] | Floats) -> Rows:
    """What is to be spread evenly (n,): the classes, or tenths of a regression target."""
    if task != "regression":
        return target.astype(np.int64)
    rank = np.argsort(np.argsort(target, kind="stable"), kind="stable")
    return (rank * _QUANTILES // len(target)).astype(np.int64)


def some_of(rows: Rows, strata: Rows, most: int, seed: int) -> Rows:
    """About so many of the rows, ascending; all where they are no more. Each stratum keeps its share, 20 at least.

    Args:
        rows: (n,) numbers, ascending.
        strata: (n,) of these rows.
        most: the fewer are drawn from among the more.
        seed: of the draw.
    """
    return rows if len(rows) <= most else _thinned(rows, strata, lambda size: most * size / len(rows), seed)


def share_of(rows: Rows, strata: Rows, share: float, seed: int) -> Rows:
    """A share, in (0, 1], of the rows, drawn as by `some_of`; those of a smaller share are among those of a larger."""
    return rows if share >= 1 else _thinned(rows, strata, lambda size: share * size, seed)


def _thinned(rows: Rows, strata: Rows, wanted: Callable[[Rows], NDArray[np.floating[Any]]], seed: int) -> Rows:
    """So many of each stratum as are wanted of one of its size, rounded up."""
    shuffled = np.random.default_rng(seed).permutation(len(rows))
    order = shuffled[np.argsort(strata[shuffled], kind="stable")]
    _, start, size = np.unique(strata[order], return_index=True, return_counts=True)
    place = np.arange(len(rows)) - np.repeat(start, size)
    quota = np.maximum(_LEAST_OF_A_STRATUM, np.ceil(wanted(size)))
    return rows[np.sort(order[place < np.repeat(quota, size)])]


def split_holdout(strata: Rows, copies: Rows, share: float, seed: int) -> tuple[Rows, Rows]:
    """Training and holdout rows; a stratum of two or more different rows has some on both sides.

    Args:
        strata: (n,) from `strata`.
        copies: (n,) from `find_copies`.
        share: of the rows that go to the holdout, in (0, 1).
        seed: the same one gives the same split.
    """
    unit_of_row, place, size = _shuffled_units(strata, copies, seed)
    quota = np.clip(np.round(share * size), 1, np.maximum(size - 1, 0))
    held = (place < quota)[unit_of_row]
    if not held.any():  # every class has one row: take some rows all the same
        held = (np.arange(len(place)) < max(1, round(share * len(place))))[unit_of_row]
    return np.flatnonzero(~held), np.flatnonzero(held)


def split_folds(strata: Rows, copies: Rows, folds: int, seed: int) -> list[tuple[Rows, Rows]]:
    """Training and validation rows of each fold; a class may be too rare to be in every fold's training rows.

    Args:
        strata: (n,) from `strata`.
        copies: (n,) from `find_copies`.
        folds: 1 gives a single 80/20 split; there are never more folds than different rows.
        seed: the same one gives the same folds.
    """
    if folds == 1:
        return [split_holdout(strata, copies, _ONE_SPLIT_SHARE, seed)]
    unit_of_row, place, _ = _shuffled_units(strata, copies, seed)
    folds = min(folds, len(place))
    fold_of_row = (np.arange(len(place)) % folds)[unit_of_row]
    return [(np.flatnonzero(fold_of_row != fold), np.flatnonzero(fold_of_row == fold)) for fold in range(folds)]


def _shuffled_units(strata: Rows, copies: Rows, seed: int) -> tuple[Rows, Rows, Rows]:
    """Groups of copies in random order within each stratum, and the strata one after the other.

    Returns each row's unit, and for each unit its place within its stratum and the number of units there.
    """
    _, first, unit_of_row = np.unique(copies, return_index=True, return_inverse=True)
    shuffle = np.random.default_rng(seed).permutation(len(first))
    order = np.lexsort((shuffle, strata[first]))
    position = np.empty_like(order)
    position[order] = np.arange(len(order))
    _, start, size = np.unique(strata[first][order], return_index=True, return_counts=True)
    return position[unit_of_row], np.arange(len(order)) - np.repeat(start, size), np.repeat(size, size)


def _codes(values: NDArray[Any]) -> NDArray[np.uint64]:
    """A number for each value, equal only for equal ones."""
    if values.dtype == object:
        codes = pa.array(values, type=pa.large_binary()).dictionary_encode(null_encoding="encode").indices
        return np.asarray(codes, dtype=np.uint64)
    return (values + 0.0).astype(np.float64).view(np.uint64)
