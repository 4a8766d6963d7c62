import math
import time

import numpy as np
import pytest

from automl.evaluation.bootstrap import intervals
from automl.metrics import prepare

FOREVER = math.inf


def test_intervals_are_as_wide_as_theory_says() -> None:
    errors = np.random.default_rng(0).normal(size=4000)
    prepared = {"r2": prepare("r2", errors, np.zeros(4000)), "mae": prepare("mae", errors, np.zeros(4000))}
    bounds, resamples = intervals(prepared, np.zeros(4000, np.int64), deadline=FOREVER, seed=1)
    low, high = bounds["mae"]
    assert resamples == 200
    # The mean of |x| has a standard error of sqrt(1 - 2/pi) / sqrt(n).
    assert high - low == pytest.approx(2 * 1.96 * math.sqrt((1 - 2 / math.pi) / 4000), rel=0.2)
    assert low < np.abs(errors).mean() < high


def test_rows_are_drawn_within_their_class() -> None:
    target = np.array([0, 1, 0, 0, 1, 0])
    seen: list[np.ndarray] = []

    def look(weights: np.ndarray | None) -> float:
        assert weights is not None
        seen.append(weights)
        return 0.0

    intervals({"f1": look}, target, deadline=FOREVER, seed=2)
    assert all(weights[target == 1].sum() == 2 and weights[target == 0].sum() == 4 for weights in seen)
    assert len({tuple(weights) for weights in seen}) > 10


def test_the_same_seed_draws_the_same() -> None:
    rng = np.random.default_rng(3)
    target, outputs = rng.integers(0, 2, 100), rng.random((100, 2))
    prepared = {"roc_auc": prepare("roc_auc", target, outputs)}
    first, second = (intervals(prepared, target, deadline=FOREVER, seed=4) for _ in range(2))
    assert first == second


def test_a_past_deadline_gives_no_intervals() -> None:
    prepared = {"mae": prepare("mae", np.ones(3), np.ones(3))}
    assert intervals(prepared, np.zeros(3, np.int64), deadline=time.monotonic() - 1, seed=0) == ({}, 0)
