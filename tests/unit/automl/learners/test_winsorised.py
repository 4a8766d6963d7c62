"""Members of a regression that are held near their median."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from automl.learners.winsorised import held, mean, usual_reach
from automl.types import Floats

NUMBERS = st.floats(-1e6, 1e6)


@st.composite
def ensembles(draw: st.DrawFn) -> tuple[Floats, Floats]:
    """Values (m, n) and weights (m,)."""
    members, rows = draw(st.integers(1, 5)), draw(st.integers(1, 6))
    weights = draw(arrays(np.float64, members, elements=st.floats(0.05, 1.0)))
    return draw(arrays(np.float64, (members, rows), elements=NUMBERS)), weights / weights.sum()


def test_one_that_strays_is_brought_as_near_as_the_others_usually_are() -> None:
    weights = np.array([0.4, 0.3, 0.3])
    values = np.array([[10.0, 500.0], [11.0, 20.0], [12.0, 22.0]])
    assert held(values, weights, 3.0).tolist() == [[10.0, 25.0], [11.0, 20.0], [12.0, 22.0]]
    np.testing.assert_allclose(mean(values, weights, 3.0), [10.9, 22.6])
    np.testing.assert_allclose(mean(values, weights, None), weights @ values)


def test_where_two_halves_disagree_neither_is_preferred() -> None:
    assert held(np.array([[0.0], [10.0]]), np.array([0.5, 0.5]), 2.0).ravel().tolist() == [3.0, 7.0]
    thirds = np.array([0.5, 0.25, 0.25])
    assert held(np.array([[0.0], [10.0], [20.0]]), thirds, 1.0).ravel().tolist() == [4.0, 6.0, 6.0]


def test_the_reach_leaves_nearly_all_values_as_they_are() -> None:
    values = np.random.default_rng(0).normal(size=(3, 4000))
    reach = usual_reach(values, np.full(3, 1 / 3))
    assert reach
    moved = held(values, np.full(3, 1 / 3), reach) != values
    assert moved.sum() == pytest.approx(0.005 * 8000, abs=2), "of three members two are not the median"


def test_who_is_alone_or_agrees_needs_no_reach() -> None:
    assert usual_reach(np.array([[1.0, 2.0]]), np.array([1.0])) is None
    assert usual_reach(np.array([[1.0, 2.0], [1.0, 2.0]]), np.array([0.6, 0.4])) is None


@given(ensembles(), st.floats(0.01, 1e3))
def test_the_mean_is_within_reach_of_the_members_and_the_same_for_each_row_alone(
    ensemble: tuple[Floats, Floats], reach: float
) -> None:
    values, weights = ensemble
    together = mean(values, weights, reach)
    slack = 1e-9 * np.abs(values).max() + 1e-9
    assert np.all(together >= values.min(axis=0) - slack)
    assert np.all(together <= values.max(axis=0) + slack)
    assert np.ptp(held(values, weights, reach), axis=0).max() <= 2 * reach + slack
    alone = [mean(values[:, [row]], weights, reach)[0] for row in range(values.shape[1])]
    assert alone == together.tolist()
