import numpy as np
import pytest
import sklearn.metrics as sk
from hypothesis import given, settings
from hypothesis import strategies as st
from imblearn.metrics import geometric_mean_score

from automl.decisions.criteria import WORTH, Tallies, aims_for, cost_matrix
from automl.types import Aim, Criterion

SCIKIT = {
    "f1": lambda y, p, w: sk.f1_score(y, p, sample_weight=w, zero_division=0.0),
    "f1_macro": lambda y, p, w: sk.f1_score(y, p, average="macro", sample_weight=w, zero_division=0.0),
    "f1_weighted": lambda y, p, w: sk.f1_score(y, p, average="weighted", sample_weight=w, zero_division=0.0),
    "kappa": lambda y, p, w: sk.cohen_kappa_score(y, p, sample_weight=w),
    "kappa_quadratic": lambda y, p, w: sk.cohen_kappa_score(y, p, weights="quadratic", sample_weight=w),
    "mcc": lambda y, p, w: sk.matthews_corrcoef(y, p, sample_weight=w),
    "balanced_accuracy": lambda y, p, w: sk.balanced_accuracy_score(y, p, sample_weight=w),
    "g_mean": lambda y, p, w: geometric_mean_score(y, p, average="multiclass", sample_weight=w),
    "accuracy": lambda y, p, w: sk.accuracy_score(y, p, sample_weight=w),
    "cost": lambda y, p, w: -np.average(np.abs(y - p), weights=w),
}


@pytest.mark.parametrize("classes", [2, 4])
@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), rows=st.integers(10, 200))
def test_they_agree_with_scikit_learn(classes: int, seed: int, rows: int) -> None:
    rng = np.random.default_rng(seed)
    target = np.append(np.arange(classes), rng.integers(0, classes, rows))
    called = np.append(np.arange(classes), rng.integers(0, classes, rows))
    weights = rng.random(len(target))
    labels = [str(k) for k in range(classes)]
    costs = {true: {other: abs(int(true) - int(other)) for other in labels} for true in labels}
    aims: tuple[Aim, ...] = (*aims_for(classes, ordered=True), "cost")
    for aim in aims:
        matrix = cost_matrix(Criterion(aim, costs=costs if aim == "cost" else None), list(range(classes)))
        found = WORTH[aim](Tallies.of(target, called, weights, matrix))
        assert found == pytest.approx(SCIKIT[aim](target, called, weights), rel=1e-9, abs=1e-12), aim


def test_nothing_is_nan_where_one_class_is_all() -> None:
    for called in (np.zeros(3, np.int64), np.ones(3, np.int64)):
        for aim, worth in WORTH.items():
            found = worth(Tallies.of(np.zeros(3, np.int64), called, None, cost_matrix(Criterion(aim), ["a", "b"])))
            assert np.isfinite(found).all(), aim


def test_costs_are_named_by_labels_as_text() -> None:
    costs = {"true": {"false": 10.0}, "false": {"true": 1.0, "false": 0.5}}
    assert cost_matrix(Criterion("cost", costs=costs), [False, True]).tolist() == [[0.5, 1.0], [10.0, 0.0]]
    assert cost_matrix(Criterion("kappa_quadratic"), ["a", "b", "c"])[0].tolist() == [0.0, 1.0, 4.0]
