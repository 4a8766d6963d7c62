"""What a model must beat."""

from itertools import chain, count

import numpy as np
import pytest

from automl.confusion import BY_CONFUSION, confusion_matrix
from automl.evaluation import baselines
from automl.evaluation.baselines import constant_call, default_booster, dummy_outputs
from automl.learners.boosting import TrainingData
from automl.metrics import LABEL_METRICS, METRICS
from automl.types import Task


def test_the_dummy_says_the_shares_of_the_classes_also_of_absent_ones() -> None:
    assert dummy_outputs("multiclass", np.array([0, 0, 0, 1]), 3, 2).tolist() == [[0.75, 0.25, 0.0]] * 2


def test_the_dummy_says_the_mean_or_for_absolute_errors_the_median() -> None:
    target = np.array([0.0, 1.0, 8.0])
    assert dummy_outputs("regression", target, 0, 2).tolist() == [3.0, 3.0]
    assert dummy_outputs("regression", target, 0, 1, "mae").tolist() == [1.0]


def test_the_dummy_counts_rows_as_they_weigh() -> None:
    weights = np.array([1.0, 1.0, 6.0])
    target = np.array([0.0, 4.0, 8.0])
    assert dummy_outputs("regression", target, 0, 1, weights=weights).tolist() == [6.5]
    assert dummy_outputs("regression", target, 0, 1, "mae", weights=weights).tolist() == [8.0]
    assert dummy_outputs("binary", np.array([0, 0, 1]), 2, 1, weights=weights).tolist() == [[0.25, 0.75]]


@pytest.mark.parametrize(("task", "counts"), [("binary", [70, 30]), ("binary", [30, 70]), ("multiclass", [20, 50, 30])])
def test_no_constant_call_is_better_than_the_dummys(task: Task, counts: list[int]) -> None:
    target, k = np.repeat(np.arange(len(counts)), counts), len(counts)
    for metric in LABEL_METRICS & set(METRICS[task]):
        worth = [BY_CONFUSION[metric](confusion_matrix(target, np.full(len(target), call), k)) for call in range(k)]
        called = constant_call(metric, np.array(counts) / len(target))
        assert worth[called] == pytest.approx(max(worth)), metric


def test_the_default_has_a_hundred_rounds_or_is_left_out() -> None:
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(200, 3))
    data = TrainingData(matrix, matrix[:, 0], task="regression")
    default = default_booster(data, lambda: 60.0)
    assert default is not None
    assert default.rounds == 100
    assert default_booster(data, lambda: 0.0) is None
    lefts = iter([60.0, 60.0, 54.0, 53.4, 52.8])
    assert default_booster(data, lambda: next(lefts)) is None, "the 98 rounds to come would take 58.8 s"


def test_no_round_begins_where_the_first_could_outlast_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(baselines, "cores", lambda: 2)
    rng = np.random.default_rng(0)
    data = TrainingData(rng.normal(size=(2000, 5)), np.arange(2000) % 40, task="multiclass", n_classes=40)
    lefts = iter([0.005])
    assert default_booster(data, lambda: next(lefts)) is None, "nothing asks again for the time that is left"


def test_a_pause_in_a_round_does_not_cost_the_default() -> None:
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(200, 3))
    data = TrainingData(matrix, matrix[:, 0], task="regression")
    clock = chain([60.0, 60.0, 60.0, 59.9, 53.0], count(52.9, -0.1))
    default = default_booster(data, lambda: next(clock))
    assert default is not None
    assert default.rounds == 100


def test_dummy_answers_with_class_shares_or_the_mean() -> None:
    assert dummy_outputs("binary", np.array([0, 0, 0, 1]), 2, 2).tolist() == [[0.75, 0.25]] * 2
    assert dummy_outputs("multiclass", np.array([0, 2]), 3, 1).tolist() == [[0.5, 0.0, 0.5]]
    assert dummy_outputs("regression", np.array([1.0, 3.0]), 0, 2).tolist() == [2.0, 2.0]
