"""The metrics that trials are ranked by and reports are made of.

Each metric is prepared once on some rows and then answers for any weights of those rows, so that a bootstrap of
hundreds of resamples sorts nothing anew. Values agree with scikit-learn's to rounding where that is defined; where it
is not (a class is absent, one row, constant predictions) the answer is the one of knowing nothing, never NaN.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.confusion import BY_CONFUSION
from automl.ranking import Ranking, average_precision, roc_auc
from automl.types import Floats, Metric, Task

Weighted = Callable[[Floats | None], float]
"""The metric's value when row i counts `weights[i]` times; None counts each once."""
_Prepare = Callable[[NDArray[Any], Floats], Weighted]

METRICS: dict[Task, tuple[Metric, ...]] = {
    "binary": (
        "average_precision",
        "roc_auc",
        "f1",
        "kappa",
        "mcc",
        "balanced_accuracy",
        "g_mean",
        "accuracy",
        "log_loss",
        "brier",
    ),
    "multiclass": (
        "log_loss",
        "accuracy",
        "balanced_accuracy",
        "g_mean",
        "f1_macro",
        "f1_weighted",
        "average_precision_macro",
        "roc_auc",
        "kappa",
        "kappa_quadratic",
        "mcc",
        "brier",
    ),
    "regression": ("rmse", "mae", "r2"),
}
LOSSES: frozenset[Metric] = frozenset({"log_loss", "brier", "rmse", "mae"})
_RARE = 0.2
_TINY = float(np.finfo(np.float64).eps)


def default_metric(task: Task, class_counts: Mapping[str, int] | None) -> Metric:
    """The metric that says most about a task: average precision where a binary task's rarer class is under 20 %."""
    if task == "regression":
        return "rmse"
    if task == "multiclass":
        return "log_loss"
    counts = (class_counts or {}).values()
    return "average_precision" if counts and min(counts) < _RARE * sum(counts) else "roc_auc"


def to_score(metric: Metric, value: float) -> float:
    """`value` turned so that higher is better."""
    return -value if metric in LOSSES else value


def measure(metric: Metric, target: NDArray[Any], outputs: Floats) -> float:
    """The metric's natural value on n >= 1 rows.

    Args:
        metric: one of `METRICS` for the task at hand.
        target: (n,) class indices, or values for regression.
        outputs: (n, k) class probabilities, where column 1 of two is the positive class, or (n,) values. Label metrics
            take the likeliest class.
    """
    return prepare(metric, target, outputs)(None)


def prepare(metric: Metric, target: NDArray[Any], outputs: Floats) -> Weighted:
    """`measure` that can be asked again for other weights of the same rows, cheaply.

    Where all weights are 0, all rows count alike.
    """
    value = _prepared(metric, target, outputs)
    return lambda weights: value(counting(weights))


def counting(weights: Floats | None) -> Floats | None:
    """The weights, or None, by which all rows count alike, where all are 0."""
    return weights if weights is not None and weights.any() else None


def _prepared(metric: Metric, target: NDArray[Any], outputs: Floats) -> Weighted:
    if metric in BY_RANKING:
        return _ranked(BY_RANKING[metric], target, outputs)
    if metric in BY_CONFUSION:
        return _labelled(BY_CONFUSION[metric], target, outputs)
    return _averaged(BY_ROW[metric], target, outputs) if metric in BY_ROW else _OF_VALUES[metric](target, outputs)


def _ranked(summary: Callable[[Floats, Floats], float], target: NDArray[Any], outputs: Floats) -> Weighted:
    """Of two classes the second one's ranking; of more the mean over the classes present, each against the rest."""
    classes = outputs.shape[1]
    rankings = [Ranking(target == k, outputs[:, k]) for k in (range(classes) if classes > 2 else (1,))]  # noqa: PLR2004

    def value(weights: Floats | None) -> float:
        counts = [ranking.counts(weights) for ranking in rankings]
        present = [pair for pair in counts if pair[0][-1] > 0] or counts
        return float(np.mean([summary(hits, misses) for hits, misses in present]))

    return value


def _labelled(summary: Callable[[Floats], float], target: NDArray[Any], outputs: Floats) -> Weighted:
    classes = outputs.shape[1]
    cells = target * classes + outputs.argmax(axis=1)

    def value(weights: Floats | None) -> float:
        counts = np.bincount(cells, weights, minlength=classes**2)
        return summary(counts.reshape(classes, classes).astype(np.float64))

    return value


def _averaged(loss: Callable[[NDArray[Any], Floats], Floats], target: NDArray[Any], outputs: Floats) -> Weighted:
    losses = loss(target, outputs)
    return lambda weights: float(np.average(losses, weights=weights))


def _log_losses(target: NDArray[Any], outputs: Floats) -> Floats:
    true = np.take_along_axis(outputs, target[:, None], axis=1)[:, 0]
    return -np.log(np.clip(true, _TINY, 1 - _TINY))


def _briers(target: NDArray[Any], outputs: Floats) -> Floats:
    """Squared distance from the truth, in [0, 1] for two classes (Brier's original, twice that, for more)."""
    squares: Floats = np.square(outputs - np.eye(outputs.shape[1])[target]).sum(axis=1)
    return squares / 2 if outputs.shape[1] == 2 else squares  # noqa: PLR2004


def _unit(target: NDArray[Any], outputs: Floats) -> float:
    """A power of two near the largest value: dividing by it is exact, and keeps squares within what floats hold."""
    _, exponent = np.frexp(max(np.abs(target).max(), np.abs(outputs).max()))
    return float(np.ldexp(1.0, min(int(exponent), 1023)))


def _mae(target: NDArray[Any], outputs: Floats) -> Weighted:
    unit = _unit(target, outputs)
    errors = np.abs(target / unit - outputs / unit)
    return lambda weights: unit * float(np.average(errors, weights=weights))


def _rmse(target: NDArray[Any], outputs: Floats) -> Weighted:
    unit = _unit(target, outputs)
    squares = np.square(target / unit - outputs / unit)
    return lambda weights: unit * float(np.sqrt(np.average(squares, weights=weights)))


def _r2(target: NDArray[Any], outputs: Floats) -> Weighted:
    unit = _unit(target, outputs)
    truth = target / unit
    squares = np.square(truth - outputs / unit)

    def value(weights: Floats | None) -> float:
        # Measured from a row that counts: of equal values a mean is another number by its last bit.
        apart = truth - truth[0 if weights is None else weights.argmax()]
        spread = np.average(np.square(apart - np.average(apart, weights=weights)), weights=weights)
        left = np.average(squares, weights=weights)
        if spread > 0:
            return float(1 - left / spread)
        return 1.0 if left == 0 else 0.0

    return value


BY_RANKING: dict[Metric, Callable[[Floats, Floats], float]] = {
    "average_precision": average_precision,
    "average_precision_macro": average_precision,
    "roc_auc": roc_auc,
}
"""From true and false positives, see `Ranking.counts`; of more than two classes the mean."""

LABEL_METRICS: frozenset[Metric] = frozenset(BY_CONFUSION)

BY_ROW: dict[Metric, Callable[[NDArray[Any], Floats], Floats]] = {"log_loss": _log_losses, "brier": _briers}
"""The mean of what each row loses."""

_OF_VALUES: dict[Metric, _Prepare] = {"mae": _mae, "rmse": _rmse, "r2": _r2}
