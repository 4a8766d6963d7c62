import numpy as np
import pytest

from automl.evaluation.judged import Judged
from automl.evaluation.paired import compare
from automl.types import Floats


def values(outputs: Floats, target: Floats, weights: Floats | None = None) -> Judged:
    return Judged(task="regression", target=target, outputs=outputs, predicted=outputs, weights=weights)


def test_rows_that_are_hard_for_both_hide_nothing() -> None:
    """Errors from row to row differ a hundred times more than the two models do."""
    rng = np.random.default_rng(0)
    target = rng.normal(size=400) * 10
    shared = rng.normal(size=400) * 10
    better, worse = (values(target + shared * factor, target) for factor in (1.0, 1.02))
    found = compare("mae", better, worse)
    assert found["difference"] > 0
    assert found["low"] > 0
    assert found["p_value"] < 0.001
    other = compare("mae", worse, better)
    assert other["difference"] == -found["difference"]
    assert other["p_value"] == pytest.approx(found["p_value"])
    assert found["rows"] == 400


def test_the_same_answers_do_not_differ() -> None:
    target = np.arange(50.0)
    found = compare("rmse", values(target + 1, target), values(target + 1, target))
    assert (found["difference"], found["p_value"]) == (0.0, 1.0)


def test_the_deviation_is_that_of_the_mean_difference() -> None:
    rng = np.random.default_rng(1)
    target, one, two = rng.normal(size=(3, 500))
    found = compare("mae", values(one, target), values(two, target))
    gaps = np.abs(two - target) - np.abs(one - target)
    assert found["difference"] == pytest.approx(gaps.mean())
    reach = 1.96 * gaps.std() / np.sqrt(500)
    assert (found["high"] - found["low"]) / 2 == pytest.approx(reach, rel=0.15)


def test_rows_count_as_they_weigh() -> None:
    rng = np.random.default_rng(2)
    target, one, two = rng.normal(size=(3, 80))
    times = rng.integers(0, 3, 80)
    again = np.repeat(np.arange(80), times)
    weighted = compare("rmse", values(one, target, times.astype(float)), values(two, target, times.astype(float)))
    repeated = compare("rmse", values(one[again], target[again]), values(two[again], target[again]))
    assert weighted["difference"] == pytest.approx(repeated["difference"])


def test_without_time_or_rows_there_is_no_interval() -> None:
    target = np.arange(50.0)
    pair = values(target + 1, target), values(target + 2, target)
    assert compare("rmse", *pair, over=lambda: True)["p_value"] is None
    assert compare("rmse", *(each.take(np.array([0])) for each in pair))["low"] is None


def test_two_rows_prove_nothing_though_no_resample_deviates() -> None:
    """All resamples of each class say the same: F1 of 1 against 0."""
    target = np.array([1, 1, *[0] * 58])

    def said(outputs: Floats) -> Judged:
        both = np.column_stack([1 - outputs, outputs])
        return Judged(task="binary", classes=("no", "yes"), target=target, outputs=both, predicted=both.argmax(axis=1))

    found = compare("f1", said(target.astype(float)), said(np.zeros(60)))
    assert (found["difference"], found["p_value"]) == (1.0, 0.5)
    assert found["low"] == pytest.approx(0.025**0.5)
