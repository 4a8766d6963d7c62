"""What trials and blends are ranked by."""

from typing import get_args

import numpy as np
import pytest
import sklearn.metrics as sk
from hypothesis import given
from hypothesis import strategies as st
from imblearn.metrics import geometric_mean_score

from automl.decisions.worth import worth
from automl.metrics import METRICS, measure, to_score
from automl.types import Metric

SCIKIT = {
    "f1": sk.f1_score, "kappa": sk.cohen_kappa_score, "mcc": sk.matthews_corrcoef,
    "balanced_accuracy": sk.balanced_accuracy_score, "accuracy": sk.accuracy_score, "g_mean": geometric_mean_score,
}  # fmt: skip


def rare(seed: int, rows: int = 200) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities of a rare class that never reach a half, rounded so that some are equal."""
    rng = np.random.default_rng(seed)
    target = (rng.random(rows) < 0.1).astype(np.int64)
    target[:2] = 0, 1
    p = np.round(np.clip(0.1 * rng.random(rows) + 0.2 * target * rng.random(rows), 0, 0.4), 2)
    return target, np.c_[1 - p, p]


@given(st.integers(0, 1000), st.sampled_from(sorted(SCIKIT)))
def test_labels_of_two_classes_are_worth_what_the_best_threshold_makes_of_them(seed: int, metric: Metric) -> None:
    target, outputs = rare(seed)
    cuts = [*np.unique(outputs[:, 1]), 1.0]
    best = max(SCIKIT[metric](target, outputs[:, 1] >= cut) for cut in cuts)
    assert worth(metric, target, outputs) == pytest.approx(best)
    assert worth(metric, target, outputs, np.full(len(target), 3.0)) == pytest.approx(best)


def test_where_the_likeliest_is_called_a_half_is_the_threshold() -> None:
    target, outputs = rare(0)
    assert worth("f1", target, outputs, tuned=False) == 0.0 < worth("f1", target, outputs)


@pytest.mark.parametrize("metric", [name for name in get_args(Metric) if name != "f1"])
def test_all_else_is_the_metric(metric: Metric) -> None:
    rng = np.random.default_rng(0)
    if metric in METRICS["regression"]:
        target, outputs = rng.normal(size=50), rng.normal(size=50)
    elif metric in METRICS["multiclass"]:
        target, outputs = rng.integers(0, 3, 50), rng.dirichlet(np.ones(3), 50)
    else:
        target, outputs = rare(1)
    assert worth(metric, target, outputs) == to_score(metric, measure(metric, target, outputs))
