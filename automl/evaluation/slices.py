"""Slices of the rows on which a model is worse: found where it was chosen, measured where it was not.

A slice that was picked among hundreds for its bad figures looks worse than it is. So slices are found among training
rows, by what was said of them out of fold, and what counts is what the holdout says of the same slices.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from automl.bootstrap import Resamples
from automl.clock import Over, never
from automl.evaluation.figures import Figure, support
from automl.evaluation.judged import Judged
from automl.evaluation.single import measure_one, prepare_one
from automl.evaluation.slicing import Slicing
from automl.metrics import to_score
from automl.splits.split import Rows
from automl.tables.frames import take
from automl.types import Column, Floats, Frame, Json, Metric

LEAST_ROWS: Final = 50
"""Of a slice to be found; of two classes ten of each."""
_LEAST_OF_CLASS: Final = 10
_LEAST_MEASURED: Final = 10
"""Rows, and of two classes one of each: of fewer a metric says nothing."""
_MOST_COLUMNS: Final = 50
_MOST_LOOKED_AT: Final = 12
_MOST_OF_COLUMN: Final = 25
_ERROR: Final = 0.05
"""Chance of finding any slice where none is worse."""


@dataclass(frozen=True)
class Ground:
    """Judged rows with their columns.

    Attributes:
        judged: the rows.
        frame: what a model learns from of them.
        aside: other columns.
    """

    judged: Judged
    frame: Frame
    aside: Frame = field(default_factory=dict)

    def values(self, column: Column) -> NDArray[Any]:
        """What a column says of the rows `(n,)`."""
        found: NDArray[Any] = (self.frame if column.name in self.frame else self.aside)[column.name]
        return found

    def take(self, rows: Rows) -> "Ground":
        """Some of the rows."""
        return Ground(self.judged.take(rows), take(self.frame, rows), take(self.aside, rows))

    def piece(self, slicing: Slicing, number: int) -> Judged:
        """The rows of one slice."""
        return self.judged.take(np.flatnonzero(slicing.codes(self.values(slicing.column)) == number))


@dataclass(frozen=True, slots=True)
class _Found:
    slicing: Slicing
    number: int
    lag: float
    """How far the slice is behind all rows, times the root of the rows that this rests on."""


@dataclass(frozen=True)
class Slices:
    """Finds and measures slices.

    Attributes:
        metric: to be measured.
        out_of_fold: training rows.
        holdout: the others.
        over: ends it; slices measured by then are told.
        seed: of the intervals.
    """

    metric: Metric
    out_of_fold: Ground
    holdout: Ground
    over: Over = never
    seed: int = 0

    def tell(self, columns: Sequence[Column], asked: Sequence[Column] = ()) -> dict[str, Json]:
        """The worst slices, and those of the columns that were asked for, as JSON.

        `worst` are those that out of fold are behind all rows beyond noise, with Bonferroni's guard for the number
        `tried`; `asked` are up to 25 of each column.

        Args:
            columns: to look for slices in; the first 50 of them are.
            asked: columns of which each slice is told.
        """
        candidates = [found for column in columns[:_MOST_COLUMNS] for found in self._candidates(column)]
        candidates.sort(key=lambda found: -found.lag)
        behind = (found for found in candidates[:_MOST_LOOKED_AT] if self._is_behind(found, len(candidates)))
        return {
            "metric": self.metric,
            "least_rows": LEAST_ROWS,
            "tried": len(candidates),
            "worst": [self._measured(found.slicing, found.number) for found in behind],
            "asked": {column.name: list(self._all(column)) for column in asked},
        }

    @cached_property
    def _sample(self) -> tuple[Ground, Floats]:
        """Training rows that stand for all, and how much each counts."""
        drawn = Resamples(self.out_of_fold.judged.strata, seed=self.seed)
        ground = self.out_of_fold.take(drawn.rows)
        own = ground.judged.weights
        return ground, drawn.each if own is None else drawn.each * own

    def _candidates(self, column: Column) -> Iterator[_Found]:
        ground, own = self._sample
        values = ground.values(column)
        slicing = Slicing.of(column, values)
        if slicing is None:
            return
        codes, whole = slicing.codes(values), self._score(ground.judged, own)
        for number in range(slicing.count):
            rows = np.flatnonzero(codes == number)
            piece = ground.judged.take(rows)
            if _enough(piece, LEAST_ROWS, _LEAST_OF_CLASS):
                lag = whole - self._score(piece, own[rows])
                yield _Found(slicing, number, lag * support(piece, Figure(self.metric)) ** 0.5)

    def _score(self, judged: Judged, weights: Floats | None) -> float:
        return to_score(self.metric, prepare_one(self.metric, judged)(weights))

    def _is_behind(self, found: _Found, tried: int) -> bool:
        if found.lag <= 0 or self.over():
            return False
        whole = self._score(self.out_of_fold.judged, self.out_of_fold.judged.weights)
        piece = measure_one(self.metric, self.out_of_fold.piece(found.slicing, found.number), seed=self.seed)
        lag = whole - to_score(self.metric, piece.value)
        return bool(piece.deviation and ndtr(-lag / piece.deviation) * tried < _ERROR)

    def _all(self, column: Column) -> Iterator[dict[str, Json]]:
        values = [ground.values(column) for ground in (self.out_of_fold, self.holdout)]
        slicing = Slicing.of(column, np.concatenate(values))
        for number in range(min(slicing.count, _MOST_OF_COLUMN) if slicing else 0):
            if slicing and not self.over():
                yield self._measured(slicing, number)

    def _measured(self, slicing: Slicing, number: int) -> dict[str, Json]:
        grounds = {"out_of_fold": self.out_of_fold, "holdout": self.holdout}
        measured = {name: self._tell(ground.piece(slicing, number)) for name, ground in grounds.items()}
        return {**slicing.describe(number), **measured}

    def _tell(self, piece: Judged) -> dict[str, Json]:
        """Figures of a slice, and of two classes how frequent the positive one is there, which ranking depends on."""
        share = {"positive_share": float(np.mean(piece.target == 1)) if piece.rows else None}
        more = share if piece.task == "binary" else {}
        if not _enough(piece, _LEAST_MEASURED, 1):
            return {"rows": piece.rows, "value": None, "low": None, "high": None, **more}
        return {**measure_one(self.metric, piece, seed=self.seed).to_json(), **more}


def _enough(piece: Judged, rows: int, of_class: int) -> bool:
    if piece.rows < rows or piece.task != "binary":
        return piece.rows >= rows
    return int(np.bincount(piece.target, minlength=2).min()) >= of_class
