"""The points that a report's pictures are drawn from, few enough to send as JSON."""

from typing import Any, Final

import numpy as np

from automl.evaluation.judged import Judged
from automl.evaluation.reliability import Reliability, calibration_curve
from automl.ranking import Ranking, average_precision, roc_auc, spread, thin
from automl.types import Json

_MOST_POINTS: Final = 200
_MOST_CLASSES: Final = 20
_POINTS_OF_EACH: Final = 60
"""Where there are many classes."""
_TINY: Final = 1e-300


def curves(judged: Judged) -> dict[str, Json]:
    """Of the positive class; of many classes each against the rest, the most frequent ones first; of values others."""
    if judged.task == "regression":
        return _scatter(judged)
    if judged.task == "binary":
        return _class_curves(judged, 1, judged.rankings[0], _MOST_POINTS)
    rows = np.bincount(judged.target, minlength=len(judged.classes))
    frequent = np.argsort(-rows, kind="stable")[: np.count_nonzero(rows)]
    return {
        "classes": [
            {"label": judged.classes[k], **_class_curves(judged, k, judged.rankings[k], _POINTS_OF_EACH)}
            for k in frequent[:_MOST_CLASSES].tolist()
        ]
    }


def _class_curves(judged: Judged, k: int, ranking: Ranking, most: int) -> dict[str, Json]:
    """Precision-recall, ROC, gain and lift, and calibration of one class against the rest.

    Points are "flag the rows that score at least this"; ROC and gain begin at the one that flags none.
    """
    hits, misses = ranking.counts(judged.weights)
    at = spread(hits, misses, most)
    flagged, found, wrong = hits[at] + misses[at], hits[at], misses[at]
    recall, false_alarms = found / (hits[-1] or 1.0), wrong / (misses[-1] or 1.0)
    share, prevalence = flagged / (hits[-1] + misses[-1]), float(hits[-1] / (hits[-1] + misses[-1]))
    precision = found / np.maximum(flagged, _TINY)
    reliability = Reliability.of(judged.outputs[:, k], judged.target == k)
    return {
        "precision_recall": {
            "baseline": prevalence,
            "average_precision": average_precision(hits, misses),
            "threshold": ranking.scores[at].tolist(),
            "precision": precision.tolist(),
            "recall": recall.tolist(),
        },
        "roc": {
            "area": roc_auc(hits, misses),
            "false_positive_rate": [0.0, *false_alarms.tolist()],
            "true_positive_rate": [0.0, *recall.tolist()],
        },
        "gain": {
            "flagged_share": share.tolist(),
            "recall": recall.tolist(),
            "lift": (precision / prevalence if prevalence else np.zeros(len(at))).tolist(),
        },
        "calibration": calibration_curve(reliability, judged.weights),
    }


def _scatter(judged: Judged) -> dict[str, Any]:
    """A sample of at most 200 rows."""
    rows = thin(judged.rows, _MOST_POINTS)
    return {"scatter": {"actual": judged.target[rows].tolist(), "predicted": judged.outputs[rows].tolist()}}
