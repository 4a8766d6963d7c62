"""How probabilities become labels: what was decided, what it was tuned for, and what else can be decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from automl.decisions.criteria import cost_matrix
from automl.decisions.offsets import shifted
from automl.decisions.thresholds import Points
from automl.types import Criterion, Floats, Json


@dataclass(frozen=True, slots=True)
class Decision:
    """A rule to call classes by.

    Attributes:
        criterion: what it was tuned for; None if somebody chose it.
        threshold: of two classes, the positive one is called from this probability on; None for more.
        offsets: of more classes, what is added to the log-probability of each before the likeliest is called; none are
            all 0.
        met: whether what the criterion demands could be had.
        gives: figures on the rows that it was tuned on, by name.
    """

    criterion: Criterion | None = None
    threshold: float | None = None
    offsets: tuple[float, ...] = ()
    met: bool = True
    gives: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decisions:
    """The rule of a model, and those that could take its place without learning anything anew.

    Attributes:
        chosen: the rule that the model has.
        others: rules for other criteria.
        points: of two classes, what each threshold gave out of fold.
    """

    chosen: Decision
    others: tuple[Decision, ...] = ()
    points: Points | None = None

    def find(self, criterion: Criterion, classes: Sequence[Json]) -> Decision | None:
        """The rule for a criterion: one that was tuned on all rows, or else, of two classes, one by the points."""
        known = next((each for each in (self.chosen, *self.others) if each.criterion == criterion), None)
        if known is not None or self.points is None:
            return known
        threshold, met = self.points.tuned(criterion, cost_matrix(criterion, classes))
        return Decision(criterion, threshold, met=met)


def decide(outputs: Floats, decision: Decision | None) -> NDArray[np.int64]:
    """Class indices `(n,)` from probabilities `(n, k)`; without a rule the likeliest."""
    if decision is not None and decision.threshold is not None:
        return np.asarray(outputs[:, 1] >= decision.threshold, dtype=np.int64)
    if decision is not None and decision.offsets:
        return shifted(outputs, decision.offsets)
    return np.asarray(np.argmax(outputs, axis=1), dtype=np.int64)
