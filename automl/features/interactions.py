"""Which features, and which pairs of them, tell something of the target.

A pair is worth a column where it tells what its features do not tell one by one: it is scored on what an additive model
of the strongest features leaves unexplained, out of fold, so that pure chance scores below 0.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, Literal, NamedTuple

import numpy as np

from automl.features.levels import Keys, Lesson, encode, find_levels, keys_of
from automl.types import Floats

Operation = Literal["difference", "product", "ratio"]
Encoding = Literal["target", "frequency"]
Kind = Encoding | Operation
OPERATIONS: Final[Mapping[Operation, Callable[[Floats, Floats], Floats]]] = {
    "difference": np.subtract,
    "product": np.multiply,
    "ratio": np.divide,
}

_MOST_ROWS: Final = 10_000
_MOST_CELLS: Final = 5_000_000
"""Rows times features that a ranking looks at."""
_BINS: Final = 32
_ADDED: Final = 30
"""Features of the additive model."""
_PASSES: Final = 2
_POOL: Final = 12
"""Features that are paired with each other."""
_MOST_PAIRS: Final = 3
"""Of each sort: more of them helped fewer tables."""
_LEAST: Final = 0.01
_TINY: Final = 1e-300


class Pair(NamedTuple):
    """Two features that tell more together, and how much: a share of the squared errors that were left."""

    score: float
    kind: Kind
    features: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sample:
    """A fair sample of the training rows, small enough to try many pairs on."""

    matrix: Floats
    lesson: Lesson
    categorical: frozenset[int]

    @classmethod
    def of(cls, matrix: Floats, lesson: Lesson, categorical: Sequence[int]) -> "Sample":
        """Every so many rows of all."""
        most = max(1, min(_MOST_ROWS, _MOST_CELLS // max(1, matrix.shape[1])))
        rows = slice(None, None, -(-len(matrix) // most) or 1)
        return cls(matrix[rows], lesson.only(rows), frozenset(categorical))

    def score(self, feature: int) -> float:
        """How much of the outcomes it explains by itself, a share of their squares; below 0 for chance."""
        return _explained(self._keys(feature), self._centred())

    def pairs(self, ranked: Sequence[int]) -> list[Pair]:
        """The best few pairs of categories and of numbers, made of the first of the `ranked` features."""
        left = self._left_by(ranked[:_ADDED])
        categories = [feature for feature in ranked if feature in self.categorical][:_POOL]
        numbers = [feature for feature in ranked if feature not in self.categorical][:_POOL]
        # A column a class for each pair would crowd out the features: it made tables of many classes much worse.
        single = self.lesson.outcomes.shape[1] == 1
        joint = [
            Pair(_explained(keys_of(self.matrix, pair), left), "target", pair)
            for pair in combinations(categories if single else (), 2)
        ]
        calculated = [
            self._calculated(operation, pair, left) for pair in combinations(numbers, 2) for operation in OPERATIONS
        ]
        return _best(joint) + _best(calculated)

    def _calculated(self, operation: Operation, pair: tuple[int, int], left: Lesson) -> Pair:
        one, other = pair
        # A ratio to something that is often zero is often missing.
        if operation == "ratio" and np.sum(self.matrix[:, other] == 0) > np.sum(self.matrix[:, one] == 0):
            pair = (other, one)
        return Pair(_explained(_bins(calculate(operation, self.matrix, pair)), left), operation, pair)

    def _left_by(self, features: Sequence[int]) -> Lesson:
        lesson = self._centred()
        for feature in list(features) * _PASSES:
            levels = find_levels(self._keys(feature))
            _, means = encode(levels, lesson)
            lesson = Lesson(lesson.outcomes - means[levels.slots], lesson.weights, lesson.folds)
        return lesson

    def _centred(self) -> Lesson:
        lesson = self.lesson
        # Not `@`: BLAS adds up in an order that depends on the number of threads.
        mean = (lesson.weights[:, np.newaxis] * lesson.outcomes).sum(axis=0) / max(lesson.weights.sum(), _TINY)
        return Lesson(lesson.outcomes - mean, lesson.weights, lesson.folds)

    def _keys(self, feature: int) -> Keys:
        return keys_of(self.matrix, (feature,)) if feature in self.categorical else _bins(self.matrix[:, feature])


def _best(pairs: Sequence[Pair]) -> list[Pair]:
    return sorted((pair for pair in pairs if pair.score >= _LEAST), key=lambda pair: -pair.score)[:_MOST_PAIRS]


def calculate(operation: Operation, matrix: Floats, pair: Sequence[int]) -> Floats:
    """One number a row, `(n,)`, NaN where the result is not finite."""
    with np.errstate(all="ignore"):
        result = OPERATIONS[operation](matrix[:, pair[0]], matrix[:, pair[1]])
    return np.where(np.isfinite(result), result, np.nan)


def _bins(values: Floats) -> Keys:
    """The quantile bin of each number; missing is a bin of its own."""
    known = ~np.isnan(values)
    edges = np.unique(np.quantile(values[known], np.linspace(0, 1, _BINS + 1)[1:-1])) if known.any() else np.empty(0)
    return np.where(known, np.searchsorted(edges, values, side="right"), _BINS).astype(np.int64)


def _explained(keys: Keys, lesson: Lesson) -> float:
    """The share of the squared outcomes that the means by level explain out of fold; below 0 for chance."""
    encoded, _ = encode(find_levels(keys), lesson)
    weights = lesson.weights[:, np.newaxis]
    total = np.sum(weights * lesson.outcomes**2)
    return float(1 - np.sum(weights * (lesson.outcomes - encoded) ** 2) / total) if total > 0 else 0.0
