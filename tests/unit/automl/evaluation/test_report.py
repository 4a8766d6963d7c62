import json
from typing import Any

import numpy as np
import pytest

from automl.decisions.decision import Decision, Decisions, decide
from automl.evaluation.baselines import dummy_outputs
from automl.evaluation.ground import Ground
from automl.evaluation.judged import Judged
from automl.evaluation.report import build_report
from automl.metrics import METRICS, default_metric, measure
from automl.types import Column, Criterion, Floats, Json, Metric, Task

TASKS: list[Task] = ["binary", "multiclass", "regression"]
RULES: dict[Task, Decision | None] = {
    "binary": Decision(Criterion("f1"), 0.4, gives={"f1": 0.7}),
    "multiclass": Decision(Criterion("kappa"), offsets=(0.5, 0.0, -0.5)),
    "regression": None,
}
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


def _report(task: Task, rows: int = 300, **changes: Any) -> dict[str, Json]:
    target, outputs = _holdout(task, rows)
    return _of(task, target, outputs, **changes)


def _of(task: Task, target: Any, outputs: Floats, *, weights: Floats | None = None, **changes: Any) -> dict[str, Json]:
    decisions = None if task == "regression" else Decisions(RULES[task], (Decision(Criterion("likeliest")),))
    judged = Judged(
        task=task,
        classes=LABELS[task],
        ordered=True,
        target=target,
        outputs=outputs,
        predicted=outputs if task == "regression" else decide(outputs, RULES[task]),
        weights=weights,
    )
    ground = Ground(judged, {"n": np.arange(len(target)) % 7.0})
    arguments = {
        "target": "y",
        "metric": default_metric(task, None),
        "holdout": ground,
        "out_of_fold": ground,
        "columns": [Column("n", "numeric")],
        "baselines": {"dummy": dummy_outputs(task, target, len(LABELS[task]), len(target))},
        "trials": (outputs, outputs),
        "sliced": [Column("n", "numeric")],
        "decisions": decisions,
        "seconds": None,
    }
    return build_report(**{**arguments, **changes})


@pytest.mark.parametrize("task", TASKS)
def test_every_metric_lies_within_its_interval(task: Task) -> None:
    report = _report(task)
    more = set() if task == "regression" else {"expected_calibration_error"}
    assert set(report["metrics"]) == {*METRICS[task], *more}
    assert set(report["baselines"]["dummy"]) == set(report["metrics"])
    for metric, found in report["metrics"].items():
        assert found["low"] <= found["value"] <= found["high"], metric
        assert found["low"] < found["high"], metric
    assert report["intervals"]["resamples"] == 200
    assert report["rows"] == 300


@pytest.mark.parametrize("task", TASKS)
def test_out_of_fold_is_told_as_the_holdout_is(task: Task) -> None:
    report = _report(task)
    assert report["out_of_fold"] == {name: report[name] for name in report["out_of_fold"]}


@pytest.mark.parametrize("task", TASKS)
def test_the_same_rows_give_the_same_report(task: Task) -> None:
    assert _report(task) == _report(task)
    assert _report(task, seed=1) != _report(task)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("rows", [1, 2])
def test_a_tiny_holdout_gives_finite_json(task: Task, rows: int) -> None:
    report = _report(task, rows)
    assert json.loads(json.dumps(report, allow_nan=False)) == report


ODD_ROWS = 120


def _edges(task: Task) -> dict[str, tuple[Any, Any]]:
    target, outputs = _holdout(task, ODD_ROWS)
    if task == "regression":
        one = np.full(ODD_ROWS, 0.1)
        return {"one truth": (one, outputs), "one answer": (target, one), "right": (one, one)}
    certain = np.eye(len(LABELS[task]))
    return {
        "one truth": (np.full(ODD_ROWS, 1), outputs),
        "another truth": (np.full(ODD_ROWS, 0), outputs),
        "one answer": (target, np.tile(outputs[0], (ODD_ROWS, 1))),
        "certain": (target, np.tile(certain[1], (ODD_ROWS, 1))),
        "right": (np.full(ODD_ROWS, 1), np.tile(certain[1], (ODD_ROWS, 1))),
        "wrong": (target, certain[(target + 1) % len(certain)]),
        "ties": (target, outputs[np.arange(ODD_ROWS) % 2]),
    }


WEIGHTS = {
    "none": lambda target: None,
    "zeros": lambda target: np.arange(ODD_ROWS) % 3.0,
    "one row": lambda target: (np.arange(ODD_ROWS) == 5) * 1.0,
    "a class without any": lambda target: (target == target[0]) * 1.0,
}


ODD = [(task, edge, weights) for task in TASKS for edge in _edges(task) for weights in WEIGHTS]


@pytest.mark.parametrize(("task", "edge", "weights"), ODD)
def test_there_is_a_report_of_the_oddest_rows(task: Task, edge: str, weights: str) -> None:
    """By each metric in turn."""
    target, outputs = _edges(task)[edge]
    metric = METRICS[task][ODD.index((task, edge, weights)) % len(METRICS[task])]
    report = _of(task, target, outputs, weights=WEIGHTS[weights](target), metric=metric)
    assert json.loads(json.dumps(report, allow_nan=False)) == report
    for name, found in report["metrics"].items():
        assert found["value"] is not None, name
        assert found["low"] is None or found["low"] <= found["value"] <= found["high"], name


def test_each_class_is_told_with_its_intervals() -> None:
    report = _report("multiclass")
    assert [row["label"] for row in report["classes"]] == [1, 2, 3]
    assert [row["rows"] for row in report["classes"]] == np.sum(report["confusion_matrix"]["counts"], axis=1).tolist()
    for row in report["classes"]:
        for name in ("precision", "recall", "f1", "average_precision", "roc_auc"):
            assert row[name]["low"] < row[name]["value"] < row[name]["high"]
    negative, positive = _report("binary")["classes"]
    assert negative["average_precision"] is None
    assert positive["average_precision"]["value"] == _report("binary")["metrics"]["average_precision"]["value"]


def test_the_model_is_compared_with_the_baselines_and_the_best_trial_with_the_next() -> None:
    comparisons = _report("multiclass")["comparisons"]
    assert [(entry["ours"], entry["against"], entry["on"]) for entry in comparisons] == [
        ("model", "dummy", "holdout"), ("best_trial", "runner_up", "out_of_fold"),
    ]  # fmt: skip
    assert comparisons[0]["difference"] > 0
    assert comparisons[0]["p_value"] < 0.001
    assert comparisons[1]["p_value"] == 1.0
    assert len(_report("multiclass", trials=None)["comparisons"]) == 1


def test_the_model_is_compared_with_its_best_member_on_the_holdout() -> None:
    target, outputs = _holdout("regression")
    worse = Judged(task="regression", target=target, outputs=outputs + 1, predicted=outputs + 1)
    found = _report("regression", member=worse)["comparisons"][1]
    assert (found["ours"], found["against"], found["on"]) == ("model", "best_member", "holdout")
    assert found["difference"] > 0
    assert found["p_value"] < 0.001


@pytest.mark.parametrize("task", TASKS)
def test_baselines_have_intervals_too(task: Task) -> None:
    target, outputs = _holdout(task)
    worse = np.roll(outputs, 1, axis=0)
    report = _report(task, baselines={"same": outputs, "worse": worse})
    for name, values in report["baselines"].items():
        ends = report["baseline_intervals"][name]
        assert ends.keys() == values.keys()
        assert all(ends[metric]["low"] <= value <= ends[metric]["high"] for metric, value in values.items())
    loss: Metric = "rmse" if task == "regression" else "log_loss"
    own = report["metrics"][loss]
    assert report["baseline_intervals"]["same"][loss] == {"low": own["low"], "high": own["high"]}
    assert report["baselines"]["worse"][loss] == pytest.approx(measure(loss, target, worse))


def test_slices_stand_beside_all_rows() -> None:
    metrics: tuple[Metric, ...] = ("average_precision", "f1")
    for metric in metrics:
        report = _report("binary", metric=metric)
        whole = report["slices"]["all_rows"]["holdout"]
        assert {name: whole[name] for name in ("value", "low", "high")} == report["metrics"][metric]
        assert (whole["rows"], whole["positive_share"]) == (300, report["curves"]["precision_recall"]["baseline"])
        assert whole.get("roc_auc") == (report["metrics"]["roc_auc"] if metric == "average_precision" else None)


def test_of_a_class_without_rows_nothing_is_known() -> None:
    target, outputs = _holdout("multiclass")
    gone = np.where(target == 2, 0, target)
    absent = _of("multiclass", gone, outputs)["classes"][2]
    assert absent["rows"] == 0
    for name in ("recall", "average_precision", "roc_auc"):
        assert absent[name] == {"value": None, "low": None, "high": None}
    assert absent["precision"]["value"] == 0.0, "all that were called it are wrong"
    report = _of("multiclass", np.zeros(300, np.int64), outputs)
    assert report["classes"][0]["roc_auc"]["value"] is None, "there is nothing to rank it against"
    assert report["classes"][0]["recall"]["value"] is not None
    assert [curve["label"] for curve in report["curves"]["classes"]] == [1]


@pytest.mark.parametrize("value", [0.1, 19.99])
def test_r2_of_one_target_claims_nothing(value: float) -> None:
    report = _of("regression", np.full(60, value), np.full(60, 2 * value), metric="r2")
    assert report["metrics"]["r2"] == {"value": 0.0, "low": None, "high": None}


def test_slices_that_were_asked_for_are_told() -> None:
    slices = _report("regression")["slices"]
    assert [entry["column"] for entry in slices["asked"]["n"]] == ["n"] * 6
    assert slices["tried"] == 2, "the others have fewer than 50 rows"


def test_a_loss_beyond_floats_is_null() -> None:
    largest = np.full(2, np.finfo(np.float64).max)
    with np.errstate(all="ignore"):
        report = _of("regression", largest, -largest, baselines={})
    assert report["metrics"]["rmse"]["value"] is None
    assert report["verdict"].startswith("Beyond what numbers can hold: ")
    json.dumps(report, allow_nan=False)


def test_label_metrics_and_the_confusion_matrix_are_those_of_the_threshold() -> None:
    target, outputs = _holdout("binary")
    called = (outputs[:, 1] >= 0.4).astype(int)
    report = _report("binary")
    assert report["metrics"]["f1"]["value"] == measure("f1", target, np.eye(2)[called])
    assert report["metrics"]["roc_auc"]["value"] == measure("roc_auc", target, outputs)
    counts = [[int(np.sum((target == t) & (called == c))) for c in (0, 1)] for t in (0, 1)]
    assert report["confusion_matrix"] == {"labels": ["no", "yes"], "counts": counts, "weights": None}
    assert report["threshold"]["value"] == 0.4
    assert (report["threshold"]["tuned_for"], report["threshold"]["met"]) == ("f1", True)
    assert 1 < len(report["threshold"]["table"]) <= 100
    rule, likeliest = report["threshold"]["criteria"]
    assert (rule["by"], rule["threshold"], rule["out_of_fold"]) == ("f1", 0.4, {"f1": 0.7})
    assert rule["holdout"]["f1"] == pytest.approx(report["metrics"]["f1"]["value"])
    assert rule["holdout"]["recall"] == pytest.approx(counts[1][1] / sum(counts[1]))
    assert likeliest["by"] == "likeliest"


def test_rules_of_many_classes_are_offsets() -> None:
    told = _report("multiclass")["threshold"]
    assert (told["value"], told["table"]) == (None, None)
    assert told["offsets"] == [{"label": 1, "offset": 0.5}, {"label": 2, "offset": 0.0}, {"label": 3, "offset": -0.5}]
    assert [rule["by"] for rule in told["criteria"]] == ["kappa", "likeliest"]


def test_shape_of_each_tasks_curves() -> None:
    assert set(_report("binary")["curves"]) == {"precision_recall", "roc", "gain", "calibration"}
    assert {curve["label"] for curve in _report("multiclass")["curves"]["classes"]} == {1, 2, 3}
    regression = _report("regression")
    assert set(regression["curves"]) == {"residuals", "absolute_errors", "scatter"}
    assert regression["confusion_matrix"] is regression["threshold"] is regression["classes"] is None
    for row in regression["curves"]["residuals"] + regression["curves"]["absolute_errors"]:
        assert row["low"] < row["value"] < row["high"]


def test_no_time_for_a_bootstrap_leaves_the_values() -> None:
    report = _report("binary", seconds=0.0)
    assert report["intervals"]["resamples"] == 0
    assert all(found["low"] is None and found["value"] is not None for found in report["metrics"].values())
    assert report["verdict"].startswith("Without an interval, as there was no time: ")


def test_noise_does_not_beat_the_one_label_that_is_best_by_the_metric() -> None:
    rng = np.random.default_rng(0)
    target, chance = (rng.random(400) < 0.3).astype(int), rng.uniform(0.3, 0.6, 400)
    noise = np.column_stack([1 - chance, chance])
    dummy = {"dummy": dummy_outputs("binary", target, 2, 400, "f1")}
    report = _of("binary", target, noise, metric="f1", baselines=dummy)
    share = target.mean()
    assert report["dummy_label"] == "yes"
    assert report["baselines"]["dummy"]["f1"] == pytest.approx(2 * share / (1 + share))
    assert report["baselines"]["dummy"]["accuracy"] == pytest.approx(1 - share), "by accuracy none is better"
    assert report["verdict"].startswith("No better than knowing nothing: ")
    assert "by flagging all" in report["verdict"]
    against = next(entry for entry in report["comparisons"] if entry["against"] == "dummy")
    assert against["difference"] <= 0
    assert against["difference"] == pytest.approx(report["metrics"]["f1"]["value"] - report["baselines"]["dummy"]["f1"])
    by_accuracy = _of("binary", target, noise, metric="accuracy", baselines=dummy)
    assert by_accuracy["dummy_label"] == "no"


@pytest.mark.parametrize(("task", "positive"), [("binary", "yes"), ("multiclass", None), ("regression", None)])
def test_the_report_names_its_target_and_the_positive_class(task: Task, positive: Json) -> None:
    report = _report(task)
    assert (report["target"], report["positive"], report["weighted"]) == ("y", positive, False)
    assert "'y'" in report["verdict"]


@pytest.mark.parametrize("task", TASKS)
def test_a_verdict_on_weighted_rows_says_so(task: Task) -> None:
    target, outputs = _holdout(task)
    weighted = _of(task, target, outputs, weights=np.linspace(0.5, 2, len(target)))
    assert weighted["weighted"]
    assert " weighted " in weighted["verdict"].split(" against ")[0]
