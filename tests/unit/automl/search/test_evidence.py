"""Better beyond noise."""

import math

import numpy as np
import pytest
from scipy import stats

from automl.search.evidence import gain
from automl.splits.split import split_folds

FOLDS = split_folds(np.tile([0, 1], 50), np.arange(100), 5, 0)


def test_the_interval_is_the_corrected_resampled_t_test_s() -> None:
    scores, others = [0.8, 0.9, 0.85, 0.7, 0.75], [0.7, 0.85, 0.7, 0.72, 0.7]
    found = gain(scores, others, FOLDS)
    differences = np.subtract(scores, others)
    error = differences.std(ddof=1) * math.sqrt(1 / 5 + 1 / 4)
    low, high = stats.t.interval(0.95, 4, differences.mean(), error)
    assert (found.value, found.low, found.high) == pytest.approx((differences.mean(), low, high))


def test_few_folds_prove_nothing() -> None:
    found = gain([1.0, 1.0], [0.0, 0.0, 0.0], FOLDS)
    assert (found.value, found.low, found.high) == (1.0, -math.inf, math.inf)


def test_the_same_gain_on_every_fold_is_proven() -> None:
    assert gain([0.6] * 5, [0.5] * 5, FOLDS).low == pytest.approx(0.1)
    assert gain([0.5] * 5, [0.5] * 5, FOLDS).low == 0
