"""Every figure of a report beside scikit-learn's, and g-mean beside imbalanced-learn's, to 1e-12.

Matthews correlation stands beside what fractions give: scikit-learn's loses half of its digits with uneven weights.
"""

import math
import warnings
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sklearn.metrics as sk
from hypothesis import given, settings
from hypothesis import strategies as st
from imblearn.metrics import geometric_mean_score

from automl.decisions.decision import Decision, decide
from automl.evaluation.evaluate import measure_all
from automl.evaluation.figures import Figure, figures_of
from automl.evaluation.judged import Judged
from automl.types import Criterion, Floats, Task

TASKS: list[Task] = ["binary", "multiclass", "regression"]
OTHERS = {
    "binary": {"expected_calibration_error"},
    "multiclass": {"expected_calibration_error"},
    "regression": {"residual", "absolute_error"},
}
"""That scikit-learn has not; quantiles are NumPy's in `test_figures.py`."""
CLASSES = {"binary": 2, "multiclass": 4, "regression": 0}


def drawn(
    task: Task, *, rows: int, seed: int, digits: int, spread: float, size: float, zeros: float, there: int
) -> Judged:
    """Rows of the first classes only, probabilities with ties, labels by a tuned rule, and weights of any size."""
    rng = np.random.default_rng(seed)
    weights = size * np.exp(spread * rng.normal(size=rows)) * (rng.random(rows) >= zeros)
    if task == "regression":
        target, outputs = rng.normal(size=rows), rng.normal(size=rows).round(digits)
        return Judged(task=task, target=target, outputs=outputs, predicted=outputs, weights=weights)
    classes = CLASSES[task]
    target = rng.permutation(classes)[rng.integers(0, min(there, classes), rows)]
    outputs = rng.random((rows, classes)).round(digits) + 0.01
    outputs /= outputs.sum(axis=1, keepdims=True)
    return Judged(
        task=task,
        classes=list(range(classes)),
        ordered=True,
        target=target,
        outputs=outputs,
        predicted=decide(outputs, _rule(task, rng)),
        weights=weights,
    )


def _rule(task: Task, rng: np.random.Generator) -> Decision:
    if task == "binary":
        return Decision(Criterion("f1"), float(rng.random()))
    return Decision(Criterion("kappa"), offsets=tuple(rng.normal(size=CLASSES[task]).tolist()))


def expected(judged: Judged) -> dict[Figure, float]:
    """What the libraries say of the rows that weigh anything, if any does: a row of no weight is not there."""
    weights = np.ones(judged.rows) if judged.weights is None or not judged.weights.any() else judged.weights
    kept = weights > 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what has no answer there
        of = _of_values if judged.task == "regression" else _of_classes
        return of(judged.take(np.flatnonzero(kept)), weights[kept])


def _of_values(judged: Judged, weights: Floats) -> dict[Figure, float]:
    told = (judged.target, judged.outputs)
    r2 = sk.r2_score(*told, sample_weight=weights)
    return {
        Figure("rmse"): sk.root_mean_squared_error(*told, sample_weight=weights),
        Figure("mae"): sk.mean_absolute_error(*told, sample_weight=weights),
        Figure("r2"): r2 if np.ptp(judged.target) > 0 else 0.0,
    }


def _of_classes(judged: Judged, weights: Floats) -> dict[Figure, float]:
    target, called, classes = judged.target, judged.predicted, range(len(judged.classes))
    given: dict[str, Any] = {"sample_weight": weights}
    there = np.unique(target)
    parts = sk.precision_recall_fscore_support(target, called, labels=classes, zero_division=0.0, **given)
    kappa, quadratic = (
        sk.cohen_kappa_score(target, called, labels=classes, weights=how, **given) for how in (None, "quadratic")
    )
    ranked = {k: _ranked(target == k, judged.outputs[:, k], weights) for k in judged.ranked}
    present = [ranked[k] for k in ranked if k in there] or list(ranked.values())
    precision, area = np.mean(present, axis=0)
    binary = judged.task == "binary"
    f1 = {"f1": parts[2][1]} if binary else {
        "f1_macro": sk.f1_score(target, called, average="macro", zero_division=0.0, **given),
        "f1_weighted": sk.f1_score(target, called, average="weighted", zero_division=0.0, **given),
        "kappa_quadratic": 0.0 if math.isnan(quadratic) else quadratic,
    }  # fmt: skip
    whole = {
        **f1,
        "average_precision" if binary else "average_precision_macro": precision,
        "roc_auc": area,
        "kappa": 0.0 if math.isnan(kappa) else kappa,
        "mcc": _mcc(judged, weights),
        "balanced_accuracy": sk.balanced_accuracy_score(target, called, **given),
        "g_mean": geometric_mean_score(target, called, labels=there, average="multiclass", **given),
        "accuracy": sk.accuracy_score(target, called, **given),
        "log_loss": sk.log_loss(target, judged.outputs, labels=classes, **given),
        "brier": sk.brier_score_loss(target == 1, judged.outputs[:, 1], pos_label=True, **given)
        if binary
        else sk.brier_score_loss(target, judged.outputs, labels=classes, scale_by_half=False, **given),
    }
    of_each = dict(zip(("precision", "recall", "f1"), parts, strict=False))
    return {
        **{Figure(name): float(value) for name, value in whole.items()},
        **{Figure(name, k): float(values[k]) for name, values in of_each.items() for k in classes},
        **{Figure("average_precision", k): found[0] for k, found in ranked.items()},
        **{Figure("roc_auc", k): found[1] for k, found in ranked.items()},
    }


def _mcc(judged: Judged, weights: Floats) -> float:
    """Exact, and near scikit-learn's."""
    cells = [[Fraction(0)] * len(judged.classes) for _ in judged.classes]
    for true, called, weight in zip(judged.target, judged.predicted, weights.tolist(), strict=True):
        cells[true][called] += Fraction(weight)
    of_true, of_called = ([sum(row) for row in table] for table in (cells, zip(*cells, strict=True)))
    whole, right = sum(of_true), sum(row[k] for k, row in enumerate(cells))
    together = right * whole - sum(map(Fraction.__mul__, of_true, of_called))
    spread = math.prod(whole**2 - sum(each**2 for each in side) for side in (of_true, of_called))
    value = math.copysign(math.sqrt(together**2 / spread), together) if spread else 0.0
    given = {} if (weights == weights[0]).all() else {"sample_weight": weights}
    due = sk.matthews_corrcoef(judged.target, judged.predicted, **given)
    assert value == pytest.approx(due, **({"abs": 1e-6} if given else {"rel": 1e-12}))
    return value


def _ranked(true: Any, score: Floats, weights: Floats) -> tuple[float, float]:
    """Average precision, and the area under the curve, which scikit-learn does not know where a class is absent."""
    precision = sk.average_precision_score(true, score, sample_weight=weights) if true.any() else 0.0
    area = sk.roc_auc_score(true, score, sample_weight=weights) if 0 < true.sum() < len(true) else 0.5
    return float(precision), float(area)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("cases", [50, pytest.param(1000, marks=pytest.mark.slow)])
def test_figures_are_the_libraries(task: Task, cases: int) -> None:
    @settings(max_examples=cases, deadline=None, derandomize=True)
    @given(
        rows=st.integers(1, 300),
        seed=st.integers(0, 2**32 - 1),
        digits=st.integers(0, 9),
        spread=st.sampled_from([0.0, 1.0, 5.0]),
        size=st.sampled_from([1.0, 1e-20, 1e20]),
        zeros=st.sampled_from([0.0, 0.3, 0.9]),
        there=st.integers(1, 4),
    )
    def agree(**case: Any) -> None:
        judged = drawn(task, **case)
        figures, values = figures_of(judged)
        found = dict(zip(figures, values(judged.weights).tolist(), strict=True))
        due = expected(judged)
        assert {figure.name for figure in found.keys() - due.keys()} == OTHERS[task]
        for figure, value in due.items():
            assert found[figure] == pytest.approx(value, rel=1e-12, abs=1e-12), figure

    agree()


@pytest.mark.parametrize("task", TASKS)
def test_a_report_tells_these_figures(task: Task) -> None:
    judged = drawn(task, rows=120, seed=5, digits=2, spread=1.0, size=1.0, zeros=0.3, there=4)
    measured, _ = measure_all(judged, seed=0)
    for figure, value in expected(judged).items():
        assert measured[figure]["value"] == pytest.approx(value, rel=1e-12, abs=1e-12), figure
