"""The report on the holdout: what the model is worth on rows that no step has seen."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.evaluation.bootstrap import intervals
from automl.evaluation.curves import class_curves, regression_curves
from automl.evaluation.verdict import verdict
from automl.metrics import LABEL_METRICS, METRICS, Weighted, confusion_matrix, prepare
from automl.thresholds import Threshold, decide, threshold_table
from automl.types import Floats, Json, Metric, Task

_MOST_CURVES = 20
_METHODS: dict[Task, str] = {
    "binary": "percentile bootstrap, stratified by class",
    "multiclass": "percentile bootstrap, stratified by class",
    "regression": "percentile bootstrap",
}


def build_report(
    *,
    task: Task,
    metric: Metric,
    classes: Sequence[Json],
    target: NDArray[Any],
    outputs: Floats,
    baselines: Mapping[str, Floats],
    threshold: Threshold | None = None,
    importances: Sequence[Mapping[str, Json]] = (),
    seconds: float = 2.0,
    seed: int = 0,
) -> dict[str, Json]:
    """Everything that a person needs to judge a model, as finite JSON.

    Args:
        task: what is predicted.
        metric: what the run ranked by.
        classes: labels by class index, the positive one last of two; empty for regression.
        target: (n,) class indices or values of the holdout, n >= 1.
        outputs: (n, k) probabilities or (n,) values that the model gives for it.
        baselines: outputs of simpler answers on the same rows, by name: `dummy` (see `baselines`), `default_lightgbm`.
        threshold: decides the labels of a binary model; baselines are decided at 0.5.
        importances: from `importances.column_importances`.
        seconds: the bootstrap stops early rather than make the report take longer.
        seed: of the bootstrap.
    """
    deadline = time.monotonic() + seconds
    prepared = _prepare_all(task, target, outputs, threshold)
    report: dict[str, Json] = {
        "task": task,
        "metric": metric,
        "rows": len(target),
        "baselines": {name: _values(task, target, other) for name, other in baselines.items()},
        "threshold": _threshold(threshold, target, outputs),
        "curves": _curves(task, classes, target, outputs),
        "confusion_matrix": _confusion(classes, target, outputs, threshold),
        "importances": [dict(row) for row in importances],
    }
    # Last, so that it has only what the rest has left of the time.
    strata = np.zeros(len(target), np.int64) if task == "regression" else target
    bounds, resamples = intervals(prepared, strata, outputs=max(1, len(classes)), deadline=deadline, seed=seed)
    report["metrics"] = {name: _interval(value(None), bounds.get(name)) for name, value in prepared.items()}
    report["intervals"] = {"share": 0.95, "resamples": resamples, "method": _METHODS[task]}
    finite: dict[str, Json] = _finite({"verdict": verdict(report), **report})
    return finite


def _prepare_all(
    task: Task, target: NDArray[Any], outputs: Floats, threshold: Threshold | None
) -> dict[Metric, Weighted]:
    decided = outputs if threshold is None else np.eye(2)[decide(outputs, threshold)]
    return {name: prepare(name, target, decided if name in LABEL_METRICS else outputs) for name in METRICS[task]}


def _values(task: Task, target: NDArray[Any], outputs: Floats) -> dict[Metric, float]:
    return {name: value(None) for name, value in _prepare_all(task, target, outputs, None).items()}


def _interval(value: float, bounds: tuple[float, float] | None) -> dict[str, Json]:
    low, high = bounds or (None, None)
    return {"value": value, "low": low, "high": high}


def _threshold(threshold: Threshold | None, target: NDArray[Any], outputs: Floats) -> dict[str, Json] | None:
    if threshold is None:
        return None
    table = threshold_table(target, outputs[:, 1])
    return {"value": threshold.value, "tuned_for": threshold.metric, "table": table}


def _confusion(
    classes: Sequence[Json], target: NDArray[Any], outputs: Floats, threshold: Threshold | None
) -> dict[str, Json] | None:
    if not classes:
        return None
    counts = confusion_matrix(target, decide(outputs, threshold), len(classes)).astype(np.int64)
    return {"labels": list(classes), "counts": counts.tolist()}


def _curves(task: Task, classes: Sequence[Json], target: NDArray[Any], outputs: Floats) -> dict[str, Json]:
    """Of the positive class; of many classes each against the rest, the most frequent ones first."""
    if task == "regression":
        return regression_curves(target, outputs)
    if task == "binary":
        return class_curves(target == 1, outputs[:, 1])
    frequent = np.argsort(-np.bincount(target, minlength=len(classes)), kind="stable")[:_MOST_CURVES]
    return {"classes": [{"label": classes[k], **class_curves(target == k, outputs[:, k])} for k in frequent]}


def _finite(value: Json) -> Json:
    """JSON has no infinities; an overflowed loss becomes null rather than a broken document."""
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value
