"""Weights for candidates that answer together."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automl.metrics import measure, to_score
from automl.search.ensemble import helps, select
from automl.types import Metric

ROWS = 300


def candidates(metric: Metric, count: int, seed: int) -> tuple[list[np.ndarray], np.ndarray]:
    rng = np.random.default_rng(seed)
    signal = rng.normal(size=ROWS)
    noisy = [signal + rng.normal(size=ROWS) for _ in range(count)]
    if metric == "rmse":
        return noisy, signal
    chances = [1 / (1 + np.exp(-each)) for each in noisy]
    return [np.column_stack([1 - chance, chance]) for chance in chances], (signal > 0).astype(np.int64)


@pytest.mark.parametrize("metric", ["rmse", "log_loss", "average_precision", "f1"])
@given(count=st.integers(1, 5), seed=st.integers(0, 1000))
@settings(max_examples=15)
def test_together_they_are_never_worse_than_the_best_alone(metric: Metric, count: int, seed: int) -> None:
    outputs, target = candidates(metric, count, seed)
    weights = select(outputs, target, metric)
    assert weights.sum() == pytest.approx(1)
    assert (weights >= 0).all()
    blended = to_score(metric, measure(metric, target, sum(w * each for w, each in zip(weights, outputs, strict=True))))
    assert blended >= max(to_score(metric, measure(metric, target, each)) for each in outputs) - 1e-12


def test_errors_that_cancel_out_are_found() -> None:
    outputs, target = candidates("rmse", 4, 0)
    assert (select(outputs, target, "rmse") > 0.1).all()


def test_no_more_answer_together_than_can_be_afforded() -> None:
    outputs, target = candidates("rmse", 4, 0)
    pair = select(outputs, target, "rmse", affordable=lambda chosen: len(chosen) <= 2)
    assert (pair > 0).sum() == 2
    assert (select(outputs, target, "rmse", affordable=lambda _: False) > 0).sum() == 1


def test_a_useless_candidate_has_no_part() -> None:
    outputs, target = candidates("rmse", 1, 0)
    assert select([*outputs, outputs[0] + 100.0], target, "rmse").tolist() == [1.0, 0.0]


def test_who_errs_otherwise_helps_and_who_errs_more_does_not() -> None:
    (best, other), target = candidates("rmse", 2, 0)
    assert helps(best, other, target, "rmse")
    assert not helps(best, best, target, "rmse")
    assert not helps(best, best + 1.0, target, "rmse")
    heavy = np.where(np.abs(best - target) < np.abs(other - target), 1.0, 0.0)
    assert not helps(best, other + 1.0, target, "rmse", weights=heavy)


def test_weighted_rows_decide() -> None:
    target = np.array([0.0, 1.0] * 20)
    first, second = np.zeros(40), np.ones(40)
    late = np.where(target == 1, 1.0, 0.0)
    assert select([first, second], target, "rmse", weights=late).tolist() == [0.0, 1.0]


def test_many_rows_are_sampled_by_seed() -> None:
    rng = np.random.default_rng(0)
    target = rng.normal(size=50_000)
    outputs = [target + rng.normal(size=50_000) for _ in range(3)]
    one, two = select(outputs, target, "rmse", seed=1), select(outputs, target, "rmse", seed=1)
    np.testing.assert_array_equal(one, two)
    assert (one > 0.2).all()
