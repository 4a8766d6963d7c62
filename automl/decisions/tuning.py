"""Decisions tuned on what a model said out of fold."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from automl.bootstrap import Resamples
from automl.decisions.criteria import Tallies, aim_of, aims_for, cost_matrix
from automl.decisions.decision import Decision, Decisions, decide
from automl.decisions.figures import figures
from automl.decisions.offsets import tune_offsets
from automl.decisions.thresholds import Points
from automl.types import Criterion, Floats, Json, Metric

_DEMANDS: Final = (
    *(Criterion("precision", at) for at in (0.5, 0.8, 0.9, 0.95, 0.99)),
    *(Criterion("recall", at) for at in (0.5, 0.8, 0.9, 0.95, 0.99)),
    *(Criterion("alerts", at) for at in (1.0, 5.0, 10.0, 50.0, 100.0)),
)
"""Of two classes, what is told besides the metrics."""
MOST_CLASSES: Final = 20
"""Of which the offsets for every metric are told."""
MOST_ROWS: Final = 10_000
_MOST_CELLS: Final = 400_000
"""On which offsets are tuned."""


def default_criterion(metric: Metric, classes: int) -> Criterion:
    """The metric of the run if it is one of labels; else F1 of two classes, and of more the likeliest is called."""
    by = aim_of(metric, classes)
    return Criterion(by or ("f1" if classes == 2 else "likeliest"))  # noqa: PLR2004 - binary


def rows_to_tune_on(classes: int) -> int:
    """On how many rows offsets of so many classes are tuned."""
    return min(MOST_ROWS, _MOST_CELLS // classes)


@dataclass(frozen=True)
class Tuner:
    """Rows that decisions are tuned on.

    Attributes:
        target: class indices `(n,)`.
        outputs: probabilities out of fold `(n, k)`.
        weights: of the rows `(n,)`; all the same when None.
        classes: labels by class index.
        ordered: whether they stand in an order that means something.
        groups: of rows that go together `(n,)`, if any.
    """

    target: NDArray[Any]
    outputs: Floats
    weights: Floats | None
    classes: Sequence[Json]
    ordered: bool = False
    groups: NDArray[np.int64] | None = None

    def decisions(self, criterion: Criterion) -> Decisions:
        """The rule for a criterion, and those that are told besides."""
        aims = aims_for(len(self.classes), ordered=self.ordered) if len(self.classes) <= MOST_CLASSES else ()
        others = [Criterion("likeliest"), *map(Criterion, aims), *(_DEMANDS if self._points else ())]
        tuned = tuple(self.tune(other) for other in others if other != criterion)
        return Decisions(self.tune(criterion), tuned, None if self._points is None else self._points.thinned())

    def tune(self, criterion: Criterion) -> Decision:
        """The rule that is best by a criterion, with what it gives on these rows."""
        costs = cost_matrix(criterion, self.classes)
        if self._points is not None:
            threshold, met = self._points.tuned(criterion, costs)
            decision = Decision(criterion, threshold, met=met)
        else:
            offsets = () if criterion.by == "likeliest" else self._offsets(criterion, costs)
            decision = Decision(criterion, offsets=offsets)
        return replace(decision, gives=self.gives(decision))

    def gives(self, decision: Decision) -> dict[str, float]:
        """What a rule is worth on these rows: by every metric, of two classes by every demand, and by its own costs."""
        criterion = decision.criterion or Criterion("likeliest")
        called = decide(self.outputs, decision)
        tallies = Tallies.of(self.target, called, self.weights, cost_matrix(criterion, self.classes))
        ranks = None
        if self.ordered and self._points is None:
            costs = cost_matrix(Criterion("kappa_quadratic"), self.classes)
            ranks = Tallies.of(self.target, called, self.weights, costs)
        return figures(tallies, criterion, ranks=ranks)

    @cached_property
    def _points(self) -> Points | None:
        return Points.of(self.target, self.outputs[:, 1], self.weights) if len(self.classes) == 2 else None  # noqa: PLR2004 - binary

    def _offsets(self, criterion: Criterion, costs: Floats) -> tuple[float, ...]:
        some = Resamples(np.asarray(self.target, np.int64), seed=0, most=rows_to_tune_on(len(self.classes)))
        weights = some.each if self.weights is None else some.each * self.weights[some.rows]
        groups = None if self.groups is None else self.groups[some.rows]
        chosen = self.target[some.rows], self.outputs[some.rows]
        return tune_offsets(*chosen, weights, criterion.by, costs, groups=groups)
