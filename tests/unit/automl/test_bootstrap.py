import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.bootstrap import Resamples, deviations
from automl.types import Floats


def mean_of(values: Floats) -> object:
    return lambda weights: np.array([np.average(values, weights=weights)])


def test_a_mean_deviates_as_theory_says() -> None:
    values = np.random.default_rng(0).normal(size=4000)
    found, drawn = deviations(mean_of(values), Resamples(np.zeros(4000, np.int64), seed=1))
    assert drawn == 200
    assert found == pytest.approx(1 / math.sqrt(4000), rel=0.15)


def test_some_rows_that_stand_for_many_deviate_as_the_many_do() -> None:
    rng = np.random.default_rng(0)
    strata = (rng.random(50_000) < 0.02).astype(np.int64)
    values = rng.normal(size=50_000) * np.where(strata, 5, 1)
    resamples = Resamples(strata, seed=1, most=3000)
    assert 2900 < len(resamples.rows) <= 3000
    assert (strata[resamples.rows] == 1).sum() == strata.sum(), "the rare stratum keeps its rows"
    assert resamples.each.sum() == pytest.approx(50_000)
    found, _ = deviations(mean_of(values[resamples.rows]), resamples)
    within = [values[strata == k].var() * (strata == k).mean() ** 2 / (strata == k).sum() for k in (0, 1)]
    assert found == pytest.approx(math.sqrt(sum(within)), rel=0.15)


@given(st.lists(st.integers(0, 4), min_size=1, max_size=60), st.integers(1, 40))
def test_each_stratum_weighs_what_it_has_in_every_resample(strata: list[int], most: int) -> None:
    groups = np.array(strata)
    resamples = Resamples(groups, seed=2, most=most)
    kept = groups[resamples.rows]
    assert set(kept) == set(strata)
    for _ in range(3):
        weights = resamples.draw()
        assert weights.min() >= 0
        np.testing.assert_allclose(np.bincount(kept, weights, minlength=5), np.bincount(groups, minlength=5))


def test_few_rows_are_all_drawn_from_as_they_are() -> None:
    resamples = Resamples(np.array([0, 1, 0, 0, 1, 0]), seed=2)
    assert resamples.rows.tolist() == [0, 1, 2, 3, 4, 5]
    draws = {tuple(resamples.draw()) for _ in range(50)}
    assert len(draws) > 10
    assert all(weight == int(weight) for draw in draws for weight in draw)


def test_the_same_seed_draws_the_same() -> None:
    strata = np.random.default_rng(3).integers(0, 2, 100)
    one, two = (Resamples(strata, seed=4, most=30) for _ in range(2))
    assert one.rows.tolist() == two.rows.tolist()
    assert one.draw().tolist() == two.draw().tolist()


def test_who_is_told_to_end_at_once_knows_nothing() -> None:
    found, drawn = deviations(mean_of(np.ones(3)), Resamples(np.zeros(3, np.int64), seed=0), over=lambda: True)
    assert (found, drawn) == (None, 0)
