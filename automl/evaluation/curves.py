"""The points that a report's pictures are drawn from, few enough to send as JSON."""

import numpy as np
from numpy.typing import NDArray

from automl.ranking import Ranking, thin
from automl.types import Floats, Json

_MOST_POINTS = 200
_BINS = 10
_QUANTILES = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)


def class_curves(positive: NDArray[np.bool_], probability: Floats) -> dict[str, Json]:
    """Precision-recall, ROC and calibration of one class against the rest; both arguments are (n,)."""
    ranking = Ranking(positive, probability)
    hits, misses = ranking.counts()
    hits, misses = np.insert(hits, 0, 0.0), np.insert(misses, 0, 0.0)
    recall, false_alarms = hits / max(hits[-1], 1), misses / max(misses[-1], 1)
    points = thin(len(hits), _MOST_POINTS)
    flagged = points[1:]
    return {
        "precision_recall": {
            "threshold": ranking.scores[flagged - 1].tolist(),
            "precision": (hits[flagged] / (hits[flagged] + misses[flagged])).tolist(),
            "recall": recall[flagged].tolist(),
        },
        "roc": {
            "false_positive_rate": false_alarms[points].tolist(),
            "true_positive_rate": recall[points].tolist(),
        },
        "calibration": calibration(positive, probability),
    }


def calibration(positive: NDArray[np.bool_], probability: Floats) -> list[dict[str, Json]]:
    """Ten bins of equal width, empty ones left out: what was predicted, what came true, in how many rows."""
    bins = np.minimum((probability * _BINS).astype(np.int64), _BINS - 1)
    rows = np.bincount(bins, minlength=_BINS)
    predicted = np.bincount(bins, probability, minlength=_BINS)
    observed = np.bincount(bins, positive, minlength=_BINS)
    return [
        {"predicted": float(predicted[i] / rows[i]), "observed": float(observed[i] / rows[i]), "rows": int(rows[i])}
        for i in np.flatnonzero(rows)
    ]


def regression_curves(target: Floats, outputs: Floats) -> dict[str, Json]:
    """Quantiles of the residuals (truth minus prediction) and a sample of at most 200 rows; both arguments are (n,)."""
    residuals = np.quantile(target - outputs, _QUANTILES)
    rows = thin(len(target), _MOST_POINTS)
    return {
        "residuals": [{"quantile": q, "value": float(value)} for q, value in zip(_QUANTILES, residuals, strict=True)],
        "scatter": {"actual": target[rows].tolist(), "predicted": outputs[rows].tolist()},
    }
