"""Which slices are behind all rows beyond noise."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from scipy.special import ndtr, ndtri

from automl.bootstrap import Resamples
from automl.clock import Over, never
from automl.evaluation.figures import Figure, support
from automl.evaluation.ground import Ground, says
from automl.evaluation.intervals import SHARE
from automl.evaluation.judged import Judged
from automl.evaluation.single import Single, measure_some, prepare_one
from automl.evaluation.slicing import Slicing
from automl.metrics import to_score
from automl.types import Column, Floats, Metric

LEAST_ROWS: Final = 50
"""Of a slice to be found; of two classes ten of each."""
_LEAST_OF_CLASS: Final = 10
_MOST_COLUMNS: Final = 50
_MOST_TESTED: Final = 12
_ERROR: Final = 0.05
"""Chance of finding any slice where none is worse."""
_REACH: Final = float(ndtri((1 + SHARE) / 2))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A slice that may be behind.

    Attributes:
        slicing: it is a slice of.
        number: its own there.
        lag: how far it is behind all rows, times the root of the rows that this rests on.
    """

    slicing: Slicing
    number: int
    lag: float


@dataclass(frozen=True, slots=True)
class Worst:
    """What a search has found.

    Attributes:
        behind: slices that are, the furthest first.
        tried: slices that were looked at.
        columns_left: columns that were not looked at.
        slices_left: slices that no time was left to test, of those that are furthest behind.
    """

    behind: Sequence[Candidate]
    tried: int
    columns_left: int
    slices_left: int


@dataclass(frozen=True)
class Finder:
    """Looks for slices among training rows.

    Attributes:
        metric: by which they are behind.
        ground: the rows, with what was said of them out of fold.
        over: ends it.
        seed: of the resamples.
    """

    metric: Metric
    ground: Ground
    over: Over = never
    seed: int = 0

    def find(self, columns: Sequence[Column]) -> Worst:
        """The slices that are behind beyond noise, with Bonferroni's guard for the number of all.

        The twelve that are furthest behind are tested.

        Args:
            columns: to look in; the first 50 of them are.
        """
        looked, candidates = 0, list[Candidate]()
        for column in columns[:_MOST_COLUMNS]:
            if self.over():
                break
            looked += 1
            candidates += self._candidates(column)
        candidates.sort(key=lambda found: -found.lag)
        tested = [found for found in candidates[:_MOST_TESTED] if found.lag > 0]
        judged = [self._is_behind(found, len(candidates)) for found in tested]
        behind = [found for found, is_behind in zip(tested, judged, strict=True) if is_behind]
        return Worst(behind, len(candidates), len(columns) - looked, judged.count(None))

    @cached_property
    def _sample(self) -> tuple[Ground, Floats]:
        """Rows that stand for all, and how much each counts."""
        drawn = Resamples(self.ground.judged.strata, seed=self.seed)
        ground = self.ground.take(drawn.rows)
        own = ground.judged.weights
        return ground, drawn.each if own is None else drawn.each * own

    @cached_property
    def _whole(self) -> float:
        return self._score(self.ground.judged, self.ground.judged.weights)

    def _candidates(self, column: Column) -> Iterator[Candidate]:
        ground, own = self._sample
        values = ground.values(column)
        slicing = Slicing.of(column, values)
        if slicing is None:
            return
        codes, whole = slicing.codes(values), self._score(ground.judged, own)
        for number in range(slicing.count):
            rows = np.flatnonzero(codes == number)
            piece = ground.judged.take(rows)
            if says(self.metric, piece, rows=LEAST_ROWS, of_class=_LEAST_OF_CLASS):
                lag = whole - self._score(piece, own[rows])
                yield Candidate(slicing, number, lag * support(piece, Figure(self.metric)) ** 0.5)

    def _score(self, judged: Judged, weights: Floats | None) -> float:
        return to_score(self.metric, prepare_one(self.metric, judged)(weights))

    def _is_behind(self, found: Candidate, tried: int) -> bool | None:
        """None where there was no time to tell."""
        if self.over():
            return None
        piece = self.ground.pieces(found.slicing)(found.number)
        (measured,) = measure_some([self.metric], piece, over=self.over, seed=self.seed)
        if measured.deviation is None:
            return None
        lag, deviation = self._whole - to_score(self.metric, measured.value), _deviation(measured)
        return bool(deviation and ndtr(-lag / deviation) * tried < _ERROR)


def _deviation(measured: Single) -> float | None:
    """Where no resample deviates, as all rows are wrong, what the exact interval comes to."""
    if measured.deviation or measured.low is None or measured.high is None:
        return measured.deviation
    return max(measured.high - measured.value, measured.value - measured.low) / _REACH
