import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sklearn.metrics as sk
from hypothesis import given, settings
from hypothesis import strategies as st
from imblearn.metrics import geometric_mean_score

from automl.confusion import BY_CONFUSION, confusion_matrix
from automl.metrics import (
    LOSSES,
    METRICS,
    default_metric,
    measure,
    prepare,
    to_score,
)
from automl.types import Floats, Metric, Task

Scikit = Callable[..., float]


def _labels(score: Scikit, **options: Any) -> Scikit:
    return lambda target, outputs, **weights: score(target, outputs.argmax(axis=1), **options, **weights)


def _positive(score: Scikit) -> Scikit:
    return lambda target, outputs, **weights: score(target, outputs[:, 1], **weights)


SCIKIT: dict[Task, dict[Metric, Scikit]] = {
    "binary": {
        "average_precision": _positive(sk.average_precision_score),
        "roc_auc": _positive(sk.roc_auc_score),
        "f1": _labels(sk.f1_score, zero_division=0.0),
        "kappa": _labels(sk.cohen_kappa_score),
        "mcc": _labels(sk.matthews_corrcoef),
        "balanced_accuracy": _labels(sk.balanced_accuracy_score),
        "g_mean": _labels(geometric_mean_score, average="multiclass"),
        "accuracy": _labels(sk.accuracy_score),
        "log_loss": sk.log_loss,
        "brier": _positive(sk.brier_score_loss),
    },
    "multiclass": {
        "log_loss": sk.log_loss,
        "accuracy": _labels(sk.accuracy_score),
        "balanced_accuracy": _labels(sk.balanced_accuracy_score),
        "g_mean": _labels(geometric_mean_score, average="multiclass"),
        "f1_macro": _labels(sk.f1_score, average="macro", zero_division=0.0),
        "f1_weighted": _labels(sk.f1_score, average="weighted", zero_division=0.0),
        "average_precision_macro": sk.average_precision_score,
        "roc_auc": lambda target, outputs, **weights: np.mean(
            [sk.roc_auc_score(target == k, outputs[:, k], **weights) for k in range(outputs.shape[1])]
        ),
        "kappa": _labels(sk.cohen_kappa_score),
        "kappa_quadratic": _labels(sk.cohen_kappa_score, weights="quadratic"),
        "mcc": _labels(sk.matthews_corrcoef),
        "brier": sk.brier_score_loss,
    },
    "regression": {
        "rmse": sk.root_mean_squared_error,
        "mae": sk.mean_absolute_error,
        "r2": sk.r2_score,
    },
}
PAIRS = [(task, metric) for task in METRICS for metric in METRICS[task]]


def _case(task: Task, rows: int, seed: int, digits: int) -> tuple[Any, Floats]:
    """Random rows with all classes among them; few digits make many ties."""
    rng = np.random.default_rng(seed)
    if task == "regression":
        return rng.normal(size=rows), rng.normal(size=rows).round(digits)
    classes = 2 if task == "binary" else 4
    target = np.concatenate([np.arange(classes), rng.integers(0, classes, rows)])
    outputs = rng.random((rows + classes, classes)).round(digits) + 0.01
    return target, outputs / outputs.sum(axis=1, keepdims=True)


def _expected(task: Task, metric: Metric, target: Any, outputs: Floats, weights: Floats) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        value = SCIKIT[task][metric](target, outputs, sample_weight=weights)
    return 0.0 if math.isnan(value) else value  # kappa where all rows and all predictions are of one class


@pytest.mark.parametrize("task", METRICS)
@pytest.mark.parametrize("cases", [50, pytest.param(1000, marks=pytest.mark.slow)])
def test_agrees_with_scikit_learn(task: Task, cases: int) -> None:
    """Row weights of a size, of many sizes, and of 0."""

    @settings(max_examples=cases, deadline=None, derandomize=True)
    @given(
        rows=st.integers(2, 300),
        seed=st.integers(0, 2**32 - 1),
        digits=st.integers(1, 9),
        spread=st.sampled_from([0.0, 1.0, 5.0]),
        zeros=st.sampled_from([0.0, 0.3]),
    )
    def agrees(rows: int, seed: int, digits: int, spread: float, zeros: float) -> None:
        target, outputs = _case(task, rows, seed, digits)
        rng = np.random.default_rng(seed)
        weights = np.exp(spread * rng.normal(size=len(target))) * (rng.random(len(target)) >= zeros)
        weights[:5] = 1.0  # each class keeps a row
        for metric in METRICS[task]:
            expected = _expected(task, metric, target, outputs, weights)
            found = prepare(metric, target, outputs)(weights)
            assert found == pytest.approx(expected, rel=1e-12, abs=1e-12), metric

    agrees()


@pytest.mark.parametrize(("task", "metric"), PAIRS)
def test_weights_count_rows_as_often_as_they_say(task: Task, metric: Metric) -> None:
    target, outputs = _case(task, 60, 3, 2)
    times = np.random.default_rng(4).integers(0, 4, len(target))
    repeated = np.repeat(np.arange(len(target)), times)
    expected = measure(metric, target[repeated], outputs[repeated])
    assert prepare(metric, target, outputs)(times.astype(float)) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("task", "metric"), PAIRS)
def test_never_nan_where_little_is_known(task: Task, metric: Metric) -> None:
    classes = {"binary": 2, "multiclass": 3, "regression": 0}[task]
    for rows in (1, 5):
        if task == "regression":
            cases = [(np.full(rows, 2.0), np.full(rows, value)) for value in (2.0, 3.0)]
        else:
            certain = np.eye(classes)
            cases = [(np.full(rows, k), np.tile(row, (rows, 1))) for k in range(classes) for row in certain]
            cases += [(np.full(rows, k), np.full((rows, classes), 1 / classes)) for k in range(classes)]
        for target, outputs in cases:
            assert math.isfinite(measure(metric, target, outputs))


LIKELY, UNLIKELY = [0.2, 0.8], [0.6, 0.4]
FIRST, SECOND, THIRD = np.eye(3) * 0.7 + 0.1
LOG = math.log
EDGES: dict[str, tuple[Task, list[Any], list[Any], dict[str, float]]] = {
    "negatives alone": ("binary", [0, 0, 0], [LIKELY, UNLIKELY, UNLIKELY], {
        "average_precision": 0, "roc_auc": 0.5, "f1": 0, "kappa": 0, "mcc": 0, "balanced_accuracy": 2 / 3,
        "g_mean": 2 / 3, "accuracy": 2 / 3, "log_loss": -(LOG(0.2) + 2 * LOG(0.6)) / 3, "brier": (0.64 + 2 * 0.16) / 3,
    }),
    "positives alone": ("binary", [1, 1, 1], [LIKELY, UNLIKELY, UNLIKELY], {
        "average_precision": 1, "roc_auc": 0.5, "f1": 0.5, "kappa": 0, "mcc": 0, "balanced_accuracy": 1 / 3,
        "g_mean": 1 / 3, "accuracy": 1 / 3, "log_loss": -(LOG(0.8) + 2 * LOG(0.4)) / 3, "brier": (0.04 + 2 * 0.36) / 3,
    }),
    "one answer to all": ("binary", [1, 0, 0, 0], [LIKELY] * 4, {
        "average_precision": 0.25, "roc_auc": 0.5, "f1": 0.4, "kappa": 0, "mcc": 0, "balanced_accuracy": 0.5,
        "g_mean": 0, "accuracy": 0.25, "log_loss": -(LOG(0.8) + 3 * LOG(0.2)) / 4, "brier": (0.04 + 3 * 0.64) / 4,
    }),
    "ties, of which half are right": ("binary", [1, 0, 0, 1], [LIKELY, LIKELY, UNLIKELY, UNLIKELY], {
        "average_precision": 0.5, "roc_auc": 0.5, "f1": 0.5, "kappa": 0, "mcc": 0, "balanced_accuracy": 0.5,
        "g_mean": 0.5, "accuracy": 0.5, "log_loss": -(LOG(0.8) + LOG(0.2) + LOG(0.6) + LOG(0.4)) / 4, "brier": 0.3,
    }),
    "classes as likely as each other": ("binary", [1, 0], [[0.5, 0.5]] * 2, {
        "average_precision": 0.5, "roc_auc": 0.5, "f1": 0, "kappa": 0, "mcc": 0, "balanced_accuracy": 0.5,
        "g_mean": 0, "accuracy": 0.5, "log_loss": LOG(2), "brier": 0.25,
    }),
    "certain and wrong": ("binary", [1, 0], [[1, 0], [0, 1]], {
        "average_precision": 0.5, "roc_auc": 0, "f1": 0, "kappa": -1, "mcc": -1, "balanced_accuracy": 0,
        "g_mean": 0, "accuracy": 0, "log_loss": 52 * LOG(2), "brier": 1,
    }),
    "one class of three": ("multiclass", [1, 1, 1], [SECOND, FIRST, SECOND], {
        "log_loss": -(2 * LOG(0.8) + LOG(0.1)) / 3, "accuracy": 2 / 3, "balanced_accuracy": 2 / 3, "g_mean": 2 / 3,
        "f1_macro": 0.4, "f1_weighted": 0.8, "average_precision_macro": 1, "roc_auc": 0.5, "kappa": 0,
        "kappa_quadratic": 0, "mcc": 0, "brier": (2 * 0.06 + 1.46) / 3,
    }),
    "one answer of three": ("multiclass", [0, 1, 2, 2], [THIRD] * 4, {
        "log_loss": -(2 * LOG(0.8) + 2 * LOG(0.1)) / 4, "accuracy": 0.5, "balanced_accuracy": 1 / 3, "g_mean": 0,
        "f1_macro": 2 / 9, "f1_weighted": 1 / 3, "average_precision_macro": 1 / 3, "roc_auc": 0.5, "kappa": 0,
        "kappa_quadratic": 0, "mcc": 0, "brier": (2 * 0.06 + 2 * 1.46) / 4,
    }),
    "a class of three that is not there": ("multiclass", [0, 1], [FIRST, THIRD], {
        "log_loss": -(LOG(0.8) + LOG(0.1)) / 2, "accuracy": 0.5, "balanced_accuracy": 0.5, "g_mean": 0,
        "f1_macro": 1 / 3, "f1_weighted": 0.5, "average_precision_macro": 0.75, "roc_auc": 0.75, "kappa": 1 / 3,
        "kappa_quadratic": 2 / 3, "mcc": 0.5, "brier": (0.06 + 1.46) / 2,
    }),
    "one value": ("regression", [0.1] * 3, [0.1, 0.1, 0.4], {"rmse": 0.03**0.5, "mae": 0.1, "r2": 0}),
    "one value, which is answered": ("regression", [0.1] * 3, [0.1] * 3, {"rmse": 0, "mae": 0, "r2": 1}),
    "one answer, not the mean": ("regression", [0, 0, 3], [2] * 3, {"rmse": 3**0.5, "mae": 5 / 3, "r2": -0.5}),
}  # fmt: skip
"""What each metric says, as the documents do, where there is little to be said."""


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("absent", [0, 2])
def test_what_is_said_at_the_edges(edge: str, absent: int) -> None:
    """The same where other rows, which come first, weigh nothing."""
    task, target, outputs, said = EDGES[edge]
    assert said.keys() == set(METRICS[task])
    other = 0.7 if task == "regression" else target[0]
    rows = np.array([other] * absent + target), np.array([*outputs[::-1][:absent], *outputs], dtype=float)
    weights = np.array([0.0] * absent + [7.0] * len(target))
    for metric, value in said.items():
        found = prepare(metric, *rows)(weights if absent else None)
        assert found == pytest.approx(value, rel=1e-12, abs=1e-12), metric


def test_matthews_correlation_keeps_its_digits_however_uneven_weights_are() -> None:
    confusion = np.array([[1e12, 1.0], [1.0, 2e-12]])
    expected = 1 / ((1e12 + 1) * (1 + 2e-12))
    assert BY_CONFUSION["mcc"](confusion) == pytest.approx(expected, rel=1e-12, abs=0)


def test_f1_is_of_the_weights_whatever_their_size() -> None:
    confusion = np.array([[4.0, 1.0], [2.0, 3.0]])
    for size in (1e-40, 1e40):
        assert BY_CONFUSION["f1"](size * confusion) == pytest.approx(2 / 3, rel=1e-12)


def test_what_is_said_where_a_class_is_absent() -> None:
    outputs = np.array([[0.3, 0.7], [0.6, 0.4]])
    assert measure("average_precision", np.array([0, 0]), outputs) == 0.0
    assert measure("roc_auc", np.array([0, 0]), outputs) == 0.5
    assert measure("roc_auc", np.array([1, 1]), outputs) == 0.5
    assert measure("kappa", np.array([0]), outputs[1:]) == 0.0
    assert measure("r2", np.array([1.0]), np.array([1.0])) == 1.0
    assert measure("r2", np.array([1.0]), np.array([2.0])) == 0.0


@pytest.mark.parametrize("value", [0.1, 19.99, 1e-9, 123456.789])
def test_r2_knows_one_target_whatever_its_last_bit(value: float) -> None:
    target, outputs = np.full(60, value), np.full(60, 2 * value)
    r2 = prepare("r2", target, outputs)
    assert r2(None) == 0.0
    rng = np.random.default_rng(0)
    for _ in range(50):
        assert r2(rng.random(60)) == r2(rng.integers(0, 3, 60).astype(np.float64)) == 0.0
    r2 = prepare("r2", np.append(target, 5.0), np.append(outputs, 5.0))
    assert r2(np.append(np.ones(60), 0.0)) == 0.0, "the row that differs does not count"


@pytest.mark.parametrize("unit", [1e-200, 1e200])
def test_regression_metrics_hold_at_any_magnitude(unit: float) -> None:
    target, outputs = _case("regression", 40, 8, 9)
    for metric in METRICS["regression"]:
        expected = measure(metric, target, outputs) * (1.0 if metric == "r2" else unit)
        assert measure(metric, target * unit, outputs * unit) == pytest.approx(expected, rel=1e-9, abs=0.0)


def test_quadratic_kappa_keeps_the_distance_of_classes_that_no_row_has() -> None:
    target, outputs = np.array([0, 0, 3, 3]), np.eye(4)[[0, 3, 3, 3]]
    expected = sk.cohen_kappa_score(target, outputs.argmax(axis=1), weights="quadratic", labels=range(4))
    assert measure("kappa_quadratic", target, outputs) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("task", "counts", "metric"),
    [
        ("binary", {"no": 81, "yes": 19}, "average_precision"),
        ("binary", {"no": 80, "yes": 20}, "roc_auc"),
        ("binary", None, "roc_auc"),
        ("multiclass", {"a": 98, "b": 1, "c": 1}, "log_loss"),
        ("regression", None, "rmse"),
    ],
)
def test_default_metric(task: Task, counts: dict[str, int] | None, metric: Metric) -> None:
    assert default_metric(task, counts) == metric


def test_scores_rise_as_models_get_better() -> None:
    for task, metric in PAIRS:
        target, outputs = _case(task, 80, 5, 9)
        truth = target if task == "regression" else np.eye(outputs.shape[1])[target]
        better = (outputs + 3 * truth) / 4
        scores = [to_score(metric, measure(metric, target, each)) for each in (outputs, better)]
        assert scores[0] < scores[1], metric


def test_every_metric_can_be_measured_and_label_metrics_see_labels_only() -> None:
    assert not LOSSES - {metric for _, metric in PAIRS}
    target, outputs = _case("multiclass", 50, 6, 9)
    decided = np.eye(4)[outputs.argmax(axis=1)]
    for metric in BY_CONFUSION.keys() & set(METRICS["multiclass"]):
        assert measure(metric, target, outputs) == measure(metric, target, decided)


def test_confusion_matrix_has_true_classes_as_rows() -> None:
    counts = confusion_matrix(np.array([0, 0, 1]), np.array([1, 1, 1]), 2)
    assert counts.tolist() == [[0, 2], [0, 1]]


@pytest.mark.parametrize(("task", "metric"), PAIRS)
def test_rows_of_no_weight_count_alike(task: Task, metric: Metric) -> None:
    target, outputs = _case(task, 30, 0, 3)
    measured = prepare(metric, target, outputs)
    assert measured(np.zeros(len(target))) == measured(None)
