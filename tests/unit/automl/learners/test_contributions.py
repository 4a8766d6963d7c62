"""Contributions add up to the answer, whatever functions they go through."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import softmax

from automl.learners.contributions import Contributions, mean, two_scores
from automl.types import Floats


@st.composite
def scores(draw: st.DrawFn) -> Contributions:
    """Of 1 to 4 rows, 2 to 5 classes and 1 to 6 features, of any size, among them none at all."""
    n, k, f = draw(st.integers(1, 4)), draw(st.integers(2, 5)), draw(st.integers(1, 6))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    size = draw(st.sampled_from([0.0, 1e-12, 1e-3, 1.0, 30.0]))
    return Contributions.summing(rng.normal(0, 3, k), size * rng.normal(size=(n, k, f)))


def total(found: Contributions) -> Floats:
    return np.asarray(found.base + found.parts.sum(axis=2))


@settings(deadline=None)
@given(scores())
def test_scores_become_probabilities_that_still_add_up(found: Contributions) -> None:
    probabilities = found.as_probabilities()
    np.testing.assert_allclose(probabilities.base, softmax(found.base), rtol=1e-12)
    np.testing.assert_allclose(probabilities.ends, softmax(found.ends, axis=1), rtol=1e-9)
    np.testing.assert_allclose(total(probabilities), probabilities.ends, atol=1e-12)


@settings(deadline=None)
@given(scores())
def test_functions_that_rise_change_no_sign(found: Contributions) -> None:
    cubed = found.through(lambda outputs: outputs**3 + outputs)
    np.testing.assert_allclose(total(cubed), cubed.ends, rtol=1e-6, atol=1e-9)
    assert (np.sign(cubed.parts) == np.sign(found.parts)).all()


@settings(deadline=None)
@given(scores(), st.floats(-100, 100))
def test_what_an_output_is_held_by_is_shared_out(found: Contributions, end: float) -> None:
    held = found.ending(np.full_like(found.ends, end))
    np.testing.assert_allclose(total(held), end, atol=1e-9)
    one = Contributions.summing(np.zeros(1), np.array([[[6.0, -2.0]]]))
    assert one.ending(np.array([[0.0]])).parts[0, 0].tolist() == [3.0, -3.0]


def test_of_two_classes_the_one_gets_what_the_other_loses() -> None:
    found = two_scores(-1.0, np.array([[2.0, -0.5, 0.0]])).as_probabilities()
    np.testing.assert_allclose(found.parts[:, 0], -found.parts[:, 1], rtol=1e-12)
    shares = found.parts[0, 1] / found.parts[0, 1].sum()
    np.testing.assert_allclose(shares, np.array([2.0, -0.5, 0.0]) / 1.5, rtol=1e-12)


def test_features_hand_on_what_they_add() -> None:
    found = Contributions.summing(np.zeros(1), np.array([[[1.0, 2.0, 4.0]]]))
    owners, places = np.array([0, 1, 0, 1]), np.array([0, 1, 2, 2])
    handed = found.gathered(3, owners, places, np.array([1.0, 1.0, 0.5, 0.5]))
    assert handed.parts[0, 0].tolist() == [3.0, 4.0, 0.0]


def test_means_are_weighted() -> None:
    one, other = (Contributions.summing(np.array([base]), np.full((1, 1, 1), base)) for base in (1.0, 3.0))
    assert mean([(0.25, one), (0.75, other)]).ends == pytest.approx(5.0)
