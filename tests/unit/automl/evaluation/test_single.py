"""One metric is told as the whole report tells it."""

from dataclasses import replace

import numpy as np
import pytest

from automl.evaluation.evaluate import measure_all
from automl.evaluation.figures import Figure
from automl.evaluation.judged import Judged
from automl.evaluation.single import measure_some


def multiclass() -> Judged:
    """Two classes of thirty rows that are all right, and one of three that are all wrong."""
    target = np.repeat([0, 1, 2], [3, 30, 30])
    predicted = np.where(target == 0, 1, target)
    outputs = np.where(np.arange(3) == predicted[:, None], 0.8, 0.1)
    return Judged(
        task="multiclass", classes=["a", "b", "c"], ordered=True, target=target, outputs=outputs, predicted=predicted
    )


def binary() -> Judged:
    rng = np.random.default_rng(0)
    target = np.repeat([1, 0], [8, 60])
    p = 1 / (1 + np.exp(-rng.normal(size=68) - target))
    outputs = np.c_[1 - p, p]
    return Judged(
        task="binary", classes=["n", "y"], target=target, outputs=outputs, predicted=(p > 0.6).astype(np.int64)
    )


def regression() -> Judged:
    rng = np.random.default_rng(0)
    target = rng.normal(size=50)
    outputs = target + rng.normal(size=50)
    return Judged(task="regression", target=target, outputs=outputs, predicted=outputs)


ROWS = (multiclass(), binary(), regression())


@pytest.mark.parametrize("kind", ["plain", "weighted", "grouped"])
@pytest.mark.parametrize("judged", ROWS, ids=[judged.task for judged in ROWS])
def test_it_is_what_the_report_says(judged: Judged, kind: str) -> None:
    rng = np.random.default_rng(1)
    more = {"weighted": {"weights": rng.random(judged.rows)}, "grouped": {"groups": rng.integers(0, 20, judged.rows)}}
    judged = replace(judged, **more.get(kind, {}))  # type: ignore[arg-type]
    whole, _ = measure_all(judged, seed=3)
    for metric, single in zip(judged.metrics, measure_some(judged.metrics, judged, seed=3), strict=True):
        assert single.to_json() == pytest.approx(whole[Figure(metric)], rel=1e-9, abs=1e-9), metric


def test_a_class_of_three_rows_leaves_doubt() -> None:
    balanced, mean = measure_some(["balanced_accuracy", "g_mean"], multiclass(), seed=0)
    assert (balanced.low, balanced.high) == (pytest.approx(0.56, abs=0.01), pytest.approx(0.76, abs=0.01))
    assert (mean.value, mean.low, mean.high) == (0.0, 0.0, pytest.approx(0.891, abs=1e-3))


def test_without_time_there_is_the_value() -> None:
    (single,) = measure_some(["rmse"], regression(), over=lambda: True, seed=0)
    assert (single.low, single.high, single.deviation) == (None, None, None)
    assert single.value == pytest.approx(1, rel=0.2)
