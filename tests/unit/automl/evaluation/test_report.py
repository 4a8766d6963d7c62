import json
from typing import Any

import numpy as np
import pytest

from automl.evaluation.baselines import dummy_outputs
from automl.evaluation.report import build_report
from automl.metrics import METRICS, default_metric, measure
from automl.thresholds import Threshold
from automl.types import Floats, Json, Task

TASKS: list[Task] = ["binary", "multiclass", "regression"]
LABELS: dict[Task, list[Json]] = {"binary": ["no", "yes"], "multiclass": [1, 2, 3], "regression": []}


def _holdout(task: Task, rows: int = 300) -> tuple[Any, Floats]:
    rng = np.random.default_rng(0)
    if task == "regression":
        target = rng.normal(size=rows)
        return target, target + rng.normal(0, 0.5, rows)
    k = len(LABELS[task])
    target = rng.integers(0, k, rows)
    outputs = rng.random((rows, k)) + np.eye(k)[target] * 0.4
    return target, outputs / outputs.sum(axis=1, keepdims=True)


def _report(task: Task, **changes: Any) -> dict[str, Json]:
    target, outputs = _holdout(task)
    arguments = {
        "task": task,
        "metric": default_metric(task, None),
        "classes": LABELS[task],
        "target": target,
        "outputs": outputs,
        "baselines": {"dummy": dummy_outputs(task, target, len(LABELS[task]), len(target))},
        "threshold": Threshold(0.4, "f1", 0.7) if task == "binary" else None,
        "seconds": 60.0,
    }
    return build_report(**{**arguments, **changes})


@pytest.mark.parametrize("task", TASKS)
def test_every_metric_lies_within_its_interval(task: Task) -> None:
    report = _report(task)
    assert set(report["metrics"]) == set(METRICS[task]) == set(report["baselines"]["dummy"])
    for metric, found in report["metrics"].items():
        assert found["low"] <= found["value"] <= found["high"], metric
        assert found["low"] < found["high"], metric
    assert report["intervals"]["resamples"] == 200
    assert report["rows"] == 300


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("rows", [1, 2])
def test_a_tiny_holdout_gives_finite_json(task: Task, rows: int) -> None:
    target, outputs = _holdout(task, rows)
    report = _report(task, target=target, outputs=outputs, baselines={})
    assert json.loads(json.dumps(report, allow_nan=False)) == report


def test_a_loss_beyond_floats_is_null() -> None:
    largest = np.full(2, np.finfo(np.float64).max)
    with np.errstate(all="ignore"):
        report = _report("regression", target=largest, outputs=-largest, baselines={})
    assert report["metrics"]["rmse"]["value"] is None
    json.dumps(report, allow_nan=False)


def test_label_metrics_and_the_confusion_matrix_are_those_of_the_threshold() -> None:
    target, outputs = _holdout("binary")
    called = (outputs[:, 1] >= 0.4).astype(int)
    report = _report("binary")
    assert report["metrics"]["f1"]["value"] == measure("f1", target, np.eye(2)[called])
    assert report["metrics"]["roc_auc"]["value"] == measure("roc_auc", target, outputs)
    counts = [[int(np.sum((target == t) & (called == c))) for c in (0, 1)] for t in (0, 1)]
    assert report["confusion_matrix"] == {"labels": ["no", "yes"], "counts": counts}
    assert report["threshold"]["value"] == 0.4
    assert report["threshold"]["tuned_for"] == "f1"
    assert 1 < len(report["threshold"]["table"]) <= 100


def test_shape_of_each_tasks_curves() -> None:
    assert set(_report("binary")["curves"]) == {"precision_recall", "roc", "calibration"}
    assert {curve["label"] for curve in _report("multiclass")["curves"]["classes"]} == {1, 2, 3}
    regression = _report("regression")
    assert set(regression["curves"]) == {"residuals", "scatter"}
    assert regression["confusion_matrix"] is regression["threshold"] is None


def test_no_time_for_a_bootstrap_leaves_the_values() -> None:
    report = _report("binary", seconds=0.0)
    assert report["intervals"]["resamples"] == 0
    assert all(found["low"] is None and found["value"] is not None for found in report["metrics"].values())
    assert "(" not in report["verdict"]


def test_importances_are_handed_on() -> None:
    importances = [{"column": "age", "gain": 1.0, "split": 3.0}]
    report = _report("regression", importances=importances)
    assert report["importances"] == importances
