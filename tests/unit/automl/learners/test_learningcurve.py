"""The best case of a fit under way."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from automl.learners.learningcurve import best_case


def falling(rate: float, looks: int) -> list[float]:
    return [0.2 + 0.5 * math.exp(-rate * look) for look in range(looks)]


@given(st.floats(0.001, 0.5), st.integers(12, 80), st.integers(1, 200))
def test_a_curve_that_flattens_does_no_better(rate: float, looks: int, length: int) -> None:
    whole = falling(rate, max(length, 2 * looks))
    assert best_case(whole[:looks], length) <= min(whole) + 1e-12


def test_anything_may_happen_at_first() -> None:
    assert best_case(falling(0.1, 11), 100) == -math.inf


def test_a_curve_that_has_flattened_has_no_prospects() -> None:
    assert np.isclose(best_case(falling(1.0, 60), 100), 0.2, atol=1e-6)
    rising = [*falling(1.0, 30), *np.linspace(0.2, 0.4, 30)]
    assert best_case(rising, 100) == min(rising)
