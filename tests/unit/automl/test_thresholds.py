import numpy as np
import pytest
import sklearn.metrics as sk
from hypothesis import given, settings
from hypothesis import strategies as st

from automl.thresholds import Threshold, decide, threshold_table, tune_threshold
from automl.types import Metric

SCIKIT = {
    "f1": lambda target, labels: sk.f1_score(target, labels, zero_division=0.0),
    "kappa": sk.cohen_kappa_score,
    "mcc": sk.matthews_corrcoef,
    "balanced_accuracy": sk.balanced_accuracy_score,
    "accuracy": sk.accuracy_score,
}


@pytest.mark.parametrize("metric", sorted(SCIKIT))
@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), digits=st.integers(1, 6))
def test_no_threshold_is_better(metric: Metric, seed: int, digits: int) -> None:
    rng = np.random.default_rng(seed)
    target = np.concatenate([[0, 1], rng.integers(0, 2, 40)])
    probability = rng.random(42).round(digits)
    tuned = tune_threshold(target, probability, metric)
    score = SCIKIT[metric](target, probability >= tuned.value)
    assert tuned.score == pytest.approx(score, abs=1e-12)
    assert all(SCIKIT[metric](target, probability >= cut) <= score + 1e-12 for cut in np.unique(probability))


def test_the_threshold_lies_between_two_probabilities() -> None:
    tuned = tune_threshold(np.array([0, 0, 1, 1]), np.array([0.1, 0.2, 0.6, 0.9]))
    assert tuned == Threshold(pytest.approx(0.4), "f1", 1.0)


def test_of_equally_good_thresholds_the_middle_one_is_taken() -> None:
    probability = np.linspace(0.9, 0.1, 9)
    # Accuracy is 5/9 for flagging the first row, and for the first three, five, seven or nine.
    target = np.array([1, 0, 1, 0, 1, 0, 1, 0, 1])
    assert tune_threshold(target, probability, "accuracy").value == pytest.approx(0.45)


def test_neighbouring_floats_are_told_apart() -> None:
    low = 0.3
    high = float(np.nextafter(low, 1))
    tuned = tune_threshold(np.array([0, 1]), np.array([low, high]))
    assert low < tuned.value <= high


@pytest.mark.parametrize("target", [[0, 0, 0], [1, 1, 1], [1]])
def test_one_class_leaves_one_half(target: list[int]) -> None:
    assert tune_threshold(np.array(target), np.linspace(0.2, 0.8, len(target))).value == 0.5


def test_decide_takes_the_threshold_or_the_likeliest() -> None:
    outputs = np.array([[0.7, 0.3], [0.4, 0.6]])
    assert decide(outputs, Threshold(0.3, "f1", 1.0)).tolist() == [1, 1]
    assert decide(outputs, None).tolist() == [0, 1]


def test_table_tells_what_each_threshold_would_mean() -> None:
    table = threshold_table(np.array([1, 0, 1, 0]), np.array([0.9, 0.8, 0.7, 0.1]))
    assert [row["threshold"] for row in table] == [0.9, 0.8, 0.7, 0.1]
    assert table[2] == {
        "threshold": 0.7,
        "precision": pytest.approx(2 / 3),
        "recall": 1.0,
        "f1": pytest.approx(0.8),
        "flagged_share": 0.75,
    }


def test_table_is_short_however_many_rows_there_are() -> None:
    rng = np.random.default_rng(0)
    assert len(threshold_table(rng.integers(0, 2, 5000), rng.random(5000))) == 100
