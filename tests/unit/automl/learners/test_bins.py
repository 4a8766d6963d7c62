"""Bins of numbers: what networks see of them, and what a bundle may hold."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from automl.learners.bins import MOST_INPUTS, Bins, many_valued
from automl.types import Floats, Json


def fitted(numbers: Floats, most: int = 4) -> Bins:
    return Bins.fit(np.nan_to_num(numbers), np.isnan(numbers), most)


def through(bins: Bins, numbers: Floats) -> Floats:
    """Inputs as they were before they were standardised."""
    inputs = bins.apply(np.nan_to_num(numbers), np.isnan(numbers))
    return np.asarray(inputs * bins.deviation + bins.mean)


def test_each_bin_is_come_through_one_after_the_other() -> None:
    numbers = np.linspace(0, 8, 81)[:, np.newaxis]
    bins = fitted(numbers)
    np.testing.assert_allclose(bins.low, [0, 2, 4, 6])
    said = through(bins, np.array([[-1.0], [1.0], [4.5], [99.0]]))
    np.testing.assert_allclose(said, [[0, 0, 0, 0], [0.5, 0, 0, 0], [1, 1, 0.25, 0], [1, 1, 1, 1]], atol=1e-12)
    standardised = bins.apply(numbers, np.isnan(numbers))
    np.testing.assert_allclose([standardised.mean(axis=0), standardised.std(axis=0)], [[0] * 4, [1] * 4], atol=1e-12)


def test_what_is_missing_is_as_usual_and_few_values_have_no_bins() -> None:
    rng = np.random.default_rng(0)
    numbers = np.column_stack([rng.normal(size=300), rng.integers(0, 2, 300), np.full(300, np.nan)])
    numbers[::5, 0] = np.nan
    bins = fitted(numbers)
    assert set(bins.feature) == {0}
    assert not bins.apply(np.nan_to_num(numbers), np.isnan(numbers))[::5].any()
    assert many_valued(numbers) == 1
    assert many_valued(numbers, [0]) == 0


def test_wide_tables_have_fewer_bins_or_none() -> None:
    rng = np.random.default_rng(0)
    assert len(fitted(rng.normal(size=(100, 200)), most=20)) == MOST_INPUTS
    wide = rng.normal(size=(100, 400))
    assert len(fitted(wide, most=20)) == many_valued(wide) == 0
    assert many_valued(np.empty((5, 0))) == 0


@given(arrays(np.float64, st.tuples(st.integers(1, 30), st.integers(1, 3)), elements=st.floats(-9, 9)))
def test_whatever_the_numbers_inputs_are_finite_and_text_brings_them_back(numbers: Floats) -> None:
    bins = fitted(numbers)
    inputs = bins.apply(numbers, np.isnan(numbers))
    assert np.isfinite(inputs).all()
    again = Bins.from_json(bins.to_json(), numbers.shape[1])
    np.testing.assert_array_equal(again.apply(numbers, np.isnan(numbers)), inputs)


@pytest.mark.parametrize(
    "change",
    [
        lambda entry: [],
        lambda entry: {**entry, "more": 1},
        lambda entry: {**entry, "low": entry["low"][1:]},
        lambda entry: {**entry, "feature": [*entry["feature"][1:], 1]},
        lambda entry: {**entry, "width": [0.0, *entry["width"][1:]]},
        lambda entry: {**entry, "deviation": [0.0, *entry["deviation"][1:]]},
        lambda entry: {**entry, "mean": [float("nan"), *entry["mean"][1:]]},
        lambda entry: {name: value * 300 for name, value in entry.items()},
    ],
)
def test_entries_that_it_cannot_have_written_are_refused(change: Callable[[Json], Json]) -> None:
    entry = fitted(np.linspace(0, 1, 50)[:, np.newaxis]).to_json()
    Bins.from_json(entry, 1)
    with pytest.raises(ValueError, match=r"."):
        Bins.from_json(change(entry), 1)
