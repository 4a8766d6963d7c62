"""Means by level: what the rows of one category, or of one pair of categories, have in common.

A level is known by its key: an integer made of the codes that stand in the matrix. Means are shrunken towards the mean
of all rows, the more the fewer rows a level has (Micci-Barreca 2001: A preprocessing scheme for high-cardinality
categorical attributes).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from automl.types import Floats

Keys = NDArray[np.int64]

FOLDS: Final = 5
"""Parts of the training rows; a row is encoded by the other parts alone."""
MOST_LEVELS: Final = 5000
"""Levels kept of a category or a pair, the most frequent ones: each costs every model some 30 bytes."""
_FEWEST_ROWS: Final = 2
_CODES: Final = 2**20
_LEAST_PRIOR: Final = 1.0


@dataclass(frozen=True, slots=True)
class Lesson:
    """What means are made of.

    Attributes:
        outcomes: what is averaged, `(n, outcomes)`.
        weights: of the rows, at least 0, `(n,)`; 1 counts as one row.
        folds: the part of each row, from 0 to `FOLDS` - 1, `(n,)`.
    """

    outcomes: Floats
    weights: Floats
    folds: Keys

    def only(self, rows: slice) -> "Lesson":
        """The same of some rows."""
        return Lesson(self.outcomes[rows], self.weights[rows], self.folds[rows])


@dataclass(frozen=True, slots=True)
class Levels:
    """The levels worth knowing, and where each training row stands among them.

    Attributes:
        keys: ascending, `(levels,)`.
        slots: for each row the index of its level, or the number of levels when it has none of them, `(n,)`.
    """

    keys: Keys
    slots: Keys


def keys_of(matrix: Floats, features: Sequence[int]) -> Keys:
    """One key a row, `(n,)`: the code of one feature, or the joint one of two; -1 where any is missing."""
    columns = [matrix[:, feature] for feature in features]
    known = np.all([(column >= 0) & (column < _CODES) for column in columns], axis=0)
    keys = np.zeros(len(matrix), dtype=np.int64)
    for column in columns:
        keys = keys * _CODES + np.where(known, column, 0.0).astype(np.int64)
    return np.where(known, keys, -1)


def find_levels(keys: Keys) -> Levels:
    """The most frequent levels of more than one row: a lone row's tells nothing out of fold, and so nothing later."""
    distinct, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
    ranked = np.argsort(-counts, kind="stable")
    kept = np.sort(ranked[(counts[ranked] >= _FEWEST_ROWS) & (distinct[ranked] >= 0)][:MOST_LEVELS])
    slots = np.full(len(distinct), len(kept), dtype=np.int64)
    slots[kept] = np.arange(len(kept))
    return Levels(distinct[kept], slots[inverse])


def encode(levels: Levels, lesson: Lesson) -> tuple[Floats, Floats]:
    """The mean outcomes by level, shrunken.

    Returns:
        The rows encoded, `(n, outcomes)`, each by the rows of other folds alone (NaN where those have no weight); and
        the means of all rows, `(levels + 1, outcomes)`, the last for what is none of the levels.
    """
    size, outcomes = len(levels.keys) + 1, lesson.outcomes.shape[1]
    cells = lesson.folds * size + levels.slots
    amounts = (lesson.weights, *_times(lesson.weights, lesson.outcomes), *_times(lesson.weights, lesson.outcomes**2))
    sums = np.stack([np.bincount(cells, weights=amount, minlength=FOLDS * size) for amount in amounts], axis=-1)
    by_fold = sums.reshape(FOLDS, size, 1 + 2 * outcomes)
    # The whole less one fold would be quicker, but its rounding would tell of the rows left out.
    left_out = [np.delete(by_fold, fold, axis=0).sum(axis=0) for fold in range(FOLDS)]
    means = _shrunken(*np.split(np.stack([*left_out, by_fold.sum(axis=0)]), [1, 1 + outcomes], axis=-1))
    return means[lesson.folds, levels.slots], means[-1]


def shares(levels: Levels, weights: Floats) -> Floats:
    """How much of the weight each level has, `(levels + 1,)`; 0 for what is none of them."""
    sums = np.bincount(levels.slots, weights=weights, minlength=len(levels.keys) + 1) / max(weights.sum(), 1.0)
    sums[-1] = 0.0
    return np.asarray(sums, dtype=np.float64)


def _times(weights: Floats, outcomes: Floats) -> Iterator[Floats]:
    return (weights * outcome for outcome in outcomes.T)


def _shrunken(counts: Floats, sums: Floats, squares: Floats) -> Floats:
    """Means by level by empirical Bayes; the last is the prior, the mean of the whole line.

    How far to shrink follows from how much levels differ and rows of one level do, by the method of moments of the
    one-way model with random effects. The prior counts as one row at least.

    Args:
        counts: weights by line and level, the last for rows of no level, `(lines, levels + 1, 1)`.
        sums: of the weighted outcomes, `(lines, levels + 1, outcomes)`.
        squares: of the weighted squares of the outcomes, alike.
    """
    # Where there is nothing to divide by, NaN fails the comparison below, and the prior stands.
    with np.errstate(invalid="ignore", divide="ignore"):
        prior = _total(sums) / _total(counts)
        counts, sums, squares = counts[:, :-1], sums[:, :-1], squares[:, :-1]
        means = np.where(counts > 0, sums / counts, prior)
        rows, levels = _total(counts), _total((counts > 0).astype(np.float64))
        within = np.maximum(_total(squares - counts * means**2), 0) / (rows - levels)
        spread = _total(counts * (means - _total(sums) / rows) ** 2) - (levels - 1) * within
        between = spread / (rows - _total(counts**2) / rows)
        prior_rows = np.where(between > 0, np.fmax(within / between, _LEAST_PRIOR), np.inf)
    return np.concatenate([prior + counts / (counts + prior_rows) * (means - prior), prior], axis=1)


def _total(amounts: Floats) -> Floats:
    return np.asarray(amounts.sum(axis=1, keepdims=True))
