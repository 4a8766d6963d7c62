"""From which probability on a row is called positive."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.ranking import Ranking, thin
from automl.types import Floats, Json, Metric

_MOST_ROWS = 100
_TINY = 1e-300


@dataclass(frozen=True, slots=True)
class Threshold:
    """Rows with a positive probability of at least `value` are called positive.

    Attributes:
        value: a probability.
        metric: what `value` was tuned for.
        score: what that metric was on the rows that it was tuned on.
    """

    value: float
    metric: Metric
    score: float


def tune_threshold(target: NDArray[Any], positive_probability: Floats, metric: Metric = "f1") -> Threshold:
    """The threshold with the best `metric`; of equally good ones the middle one; 0.5 when a class is absent.

    Args:
        target: (n,) class indices, 1 the positive one.
        positive_probability: (n,) out-of-fold probabilities of class 1.
        metric: `f1`, `kappa`, `mcc`, `balanced_accuracy` or `accuracy`.
    """
    ranking = Ranking(target == 1, positive_probability)
    hits, misses = ranking.counts()
    values = _BY_COUNTS[metric](hits, misses, hits[-1] - hits, misses[-1] - misses)
    if hits[-1] == 0 or misses[-1] == 0:
        return Threshold(0.5, metric, float(values.max()))
    best = np.flatnonzero(values >= values.max() - 1e-12)
    cut = int(best[len(best) // 2])
    return Threshold(_between(ranking.scores, cut), metric, float(values[cut]))


def decide(outputs: Floats, threshold: Threshold | None) -> NDArray[np.int64]:
    """Class indices (n,) from probabilities (n, k): by the threshold on column 1, or without one the likeliest."""
    if threshold is None:
        return np.asarray(np.argmax(outputs, axis=1), dtype=np.int64)
    return np.asarray(outputs[:, 1] >= threshold.value, dtype=np.int64)


def threshold_table(target: NDArray[Any], positive_probability: Floats) -> list[dict[str, Json]]:
    """What at most 100 thresholds, falling, would mean on these rows; arguments as for `tune_threshold`."""
    ranking = Ranking(target == 1, positive_probability)
    hits, misses = ranking.counts()
    f1 = _f1(hits, misses, hits[-1] - hits, misses[-1] - misses)
    return [
        {
            "threshold": float(ranking.scores[i]),
            "precision": float(hits[i] / (hits[i] + misses[i])),
            "recall": float(hits[i] / max(hits[-1], 1)),
            "f1": float(f1[i]),
            "flagged_share": float((hits[i] + misses[i]) / len(target)),
        }
        for i in thin(len(ranking.scores), _MOST_ROWS)
    ]


def _between(scores: Floats, cut: int) -> float:
    """Half way to the next lower score, so that a hair's breadth of change in a probability flips no row."""
    lower = float(scores[cut + 1]) if cut + 1 < len(scores) else 0.0
    middle = (float(scores[cut]) + lower) / 2
    return middle if middle > lower else float(scores[cut])


def _f1(tp: Floats, fp: Floats, fn: Floats, tn: Floats) -> Floats:  # noqa: ARG001 - one signature for all
    return 2 * tp / np.maximum(2 * tp + fp + fn, _TINY)


def _accuracy(tp: Floats, fp: Floats, fn: Floats, tn: Floats) -> Floats:
    return (tp + tn) / (tp + fp + fn + tn)


def _balanced_accuracy(tp: Floats, fp: Floats, fn: Floats, tn: Floats) -> Floats:
    return (tp / np.maximum(tp + fn, _TINY) + tn / np.maximum(tn + fp, _TINY)) / 2


def _kappa(tp: Floats, fp: Floats, fn: Floats, tn: Floats) -> Floats:
    spread = (tp + fp) * (fp + tn) + (tp + fn) * (fn + tn)
    return 2 * (tp * tn - fp * fn) / np.maximum(spread, _TINY)


def _mcc(tp: Floats, fp: Floats, fn: Floats, tn: Floats) -> Floats:
    spread = np.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
    return (tp * tn - fp * fn) / np.maximum(spread, _TINY)


_BY_COUNTS: dict[Metric, Callable[[Floats, Floats, Floats, Floats], Floats]] = {
    "f1": _f1,
    "accuracy": _accuracy,
    "balanced_accuracy": _balanced_accuracy,
    "kappa": _kappa,
    "mcc": _mcc,
}
