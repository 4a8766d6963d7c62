"""What a rule gives in figures: by every metric of labels, of two classes by every demand, and by its own costs."""

from collections.abc import Sequence
from typing import Final

from automl.decisions.criteria import WORTH, Tallies, aims_for, cost_matrix
from automl.decisions.decision import Decision
from automl.decisions.thresholds import Points
from automl.types import Criterion, Json

_TWO: Final = 2


def figures(tallies: Tallies, criterion: Criterion | None, *, ranks: Tallies | None = None) -> dict[str, float]:
    """Figures of one way to decide, by name.

    Args:
        tallies: of it, by the criterion's costs.
        criterion: what it is tuned for; None if somebody chose it.
        ranks: the same by the squared distance of ordered classes; None where they have no order.
    """
    found: dict[str, float] = {
        aim: float(WORTH[aim](ranks if ranks is not None and aim == "kappa_quadratic" else tallies)[0])
        for aim in aims_for(len(tallies.costs), ordered=ranks is not None)
    }
    if len(tallies.costs) == _TWO:
        found |= _of_positives(tallies)
    if criterion is not None and criterion.costs is not None:
        found["cost"] = -float(WORTH["cost"](tallies)[0])
    return found


def figures_near(points: Points, decision: Decision, classes: Sequence[Json]) -> tuple[dict[str, float], float]:
    """Figures of the point whose threshold is nearest to a rule's, and that threshold.

    Args:
        points: of two classes.
        decision: with a threshold.
        classes: labels by class index.
    """
    at = points.nearest(0.5 if decision.threshold is None else decision.threshold)
    tallies = points.tallies(cost_matrix(decision.criterion or Criterion("likeliest"), classes)).take(at)
    return figures(tallies, decision.criterion), float(points.thresholds[at])


def _of_positives(tallies: Tallies) -> dict[str, float]:
    hits, flagged, positives = tallies.right[0, 1], tallies.called[0, 1], tallies.true[1]
    return {
        "precision": float(hits / flagged) if flagged else 0.0,
        "recall": float(hits / positives) if positives else 0.0,
        "alerts": float(1000 * flagged / tallies.true.sum()),
    }
