"""What the report says of how labels are called: the model's rule, and what others would give."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

from automl.decisions.decision import Decision, Decisions
from automl.decisions.thresholds import Points
from automl.decisions.tuning import Tuner
from automl.evaluation.judged import Judged
from automl.evaluation.judgement import Judgement
from automl.metrics import counting
from automl.ranking import spread
from automl.types import Criterion, Json

_MOST_POINTS: Final = 100


def tell_rules(decisions: Decisions | None, holdout: Judged) -> dict[str, Json] | None:
    """The rule, each other one with what it gives out of fold and on the holdout, and of two classes each threshold.

    None for regression.
    """
    if decisions is None:
        return None
    chosen, tuner = decisions.chosen, _tuner(holdout)
    return {
        "value": chosen.threshold,
        "offsets": _offsets(chosen, holdout),
        "tuned_for": chosen.criterion.by if chosen.criterion else None,
        "met": chosen.met,
        "criteria": [
            {
                **asdict(each.criterion or Criterion("likeliest")),
                "threshold": each.threshold,
                "offsets": _offsets(each, holdout),
                "met": each.met,
                "out_of_fold": dict(each.gives),
                "holdout": tuner.gives(each),
            }
            for each in (chosen, *decisions.others)
        ],
        "table": _table(Points.of(holdout.target, holdout.outputs[:, 1], holdout.weights))
        if holdout.task == "binary"
        else None,
    }


def kept_tuner(kept: Judgement, labels: Sequence[str]) -> Tuner:
    """What rules between these labels can be tuned and tried on, long after the run: rows that were kept of it."""
    judged, own = kept.judged, counting(kept.judged.weights)
    weights = kept.each if own is None else kept.each * own
    return Tuner(judged.target, judged.outputs, weights, labels, judged.ordered)


def _tuner(judged: Judged) -> Tuner:
    return Tuner(judged.target, judged.outputs, judged.weights, judged.classes, judged.ordered)


def _offsets(decision: Decision, judged: Judged) -> list[dict[str, Json]] | None:
    if judged.task == "binary":
        return None
    values = decision.offsets or (0.0,) * len(judged.classes)
    return [{"label": label, "offset": offset} for label, offset in zip(judged.classes, values, strict=True)]


def _table(points: Points) -> list[dict[str, Json]]:
    """What at most 100 thresholds, falling, would mean on the holdout."""
    flagged = points.hits + points.misses
    kept = [i for i in spread(points.hits, points.misses, _MOST_POINTS).tolist() if flagged[i] > 0]
    positives = points.hits[-1]
    return [
        {
            "threshold": float(points.thresholds[i]),
            "precision": float(points.hits[i] / flagged[i]),
            "recall": float(points.hits[i] / (positives or 1)),
            "f1": float(2 * points.hits[i] / (flagged[i] + positives)),
            "flagged_share": float(flagged[i] / flagged[-1]),
        }
        for i in kept
    ]
