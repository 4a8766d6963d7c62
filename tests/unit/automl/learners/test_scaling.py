"""Numbers of one size, gaps flagged, categories as slots."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from automl.learners.scaling import Scaling
from automl.types import Floats, Json

NAN = float("nan")


def table(rows: int = 500) -> Floats:
    """A normal, a skewed and a constant column, two of codes, one without a value; gaps in the first."""
    rng = np.random.default_rng(3)
    matrix = np.column_stack(
        [
            rng.normal(50, 10, rows),
            np.exp(3 * rng.normal(size=rows)),
            np.full(rows, 7.0),
            rng.integers(0, 3, rows),
            np.minimum(rng.geometric(0.3, rows) - 1, 30),
            np.full(rows, NAN),
        ]
    )
    matrix[::7, 0] = NAN
    matrix[::9, 3] = NAN
    return matrix


def test_numbers_are_standardised_and_gaps_stand_at_the_mean() -> None:
    matrix = table()
    numbers, missing, _ = Scaling.fit(matrix, [3, 4]).apply(matrix)
    known = ~np.isnan(matrix[:, 0])
    assert missing[:, 0].tolist() == (~known).tolist()
    assert np.all(numbers[~known, 0] == 0)
    for column in (numbers[known, 0], numbers[:, 1]):
        assert column.mean() == pytest.approx(0, abs=1e-9)
        assert column.std() == pytest.approx(1)
    assert np.all(numbers[:, 2:] == 0)


def test_outliers_are_clipped_and_skewed_numbers_bent() -> None:
    matrix = table(5000)
    scaling = Scaling.fit(matrix, [3, 4])
    assert (scaling.bend > 0).tolist() == [False, True, False, False]
    straight = (np.log(matrix[:, 1]) - np.log(matrix[:, 1]).mean()) / np.log(matrix[:, 1]).std()
    numbers = scaling.apply(matrix).numbers
    clipped = np.clip(matrix[:, 1], scaling.low[1], scaling.low[1] + scaling.width[1])
    before = np.mean(((clipped - clipped.mean()) / clipped.std()) ** 3)
    assert abs(np.mean(numbers[:, 1] ** 3)) < before / 3
    assert np.corrcoef(numbers[:, 1], straight)[0, 1] > 0.75
    wild = matrix[:1].copy()
    wild[0, 0] = 1e300
    assert scaling.apply(wild).numbers[0, 0] == np.nanmax(numbers[:, 0])


def test_a_flag_that_is_hardly_ever_set_still_counts() -> None:
    flags = np.zeros((1000, 1))
    flags[:3] = 1
    assert len(np.unique(Scaling.fit(flags, []).apply(flags).numbers)) == 2


def test_categories_have_slots_rare_ones_and_missing_ones_share_theirs() -> None:
    matrix = table()
    scaling = Scaling.fit(matrix, [3, 4])
    common = scaling.kept[1]
    assert scaling.kept[0] == 3
    assert np.count_nonzero(matrix[:, 4] == common - 1) >= 10
    rows = np.tile(matrix[:1], (5, 1))
    rows[:, 3] = [0, 2, 3, 999, NAN]
    rows[:, 4] = [0, common - 1, common, 999, NAN]
    slots = scaling.apply(rows).slots
    assert slots[:, 0].tolist() == [0, 2, 3, 3, 4]
    assert (slots[:, 1] - 5).tolist() == [0, common - 1, common, common, common + 1]
    assert slots.max() + 1 == scaling.slots


def test_very_many_categories_stay_within_bounds() -> None:
    codes = np.tile(np.arange(1000.0)[:, np.newaxis], (20, 200))
    assert Scaling.fit(codes, range(200)).slots <= 10_400


def test_quartiles_that_hardly_differ_are_no_measure() -> None:
    column = np.array([[0.0], [0.0], [5e-309], [1.0]])
    assert np.isfinite(Scaling.fit(column, []).apply(column).numbers).all()


@settings(max_examples=60, deadline=None)
@given(
    matrix=hnp.arrays(
        np.float64,
        st.tuples(st.integers(1, 30), st.integers(1, 4)),
        elements=st.floats(allow_infinity=False) | st.sampled_from([0.0, 1.0, NAN, 1.7e308, -1.7e308, 5e-324]),
    )
)
def test_any_numbers_become_finite_ones_and_survive_json(matrix: Floats) -> None:
    scaling = Scaling.fit(matrix, [])
    again = Scaling.from_json(json.loads(json.dumps(scaling.to_json(), allow_nan=False)), matrix.shape[1])
    for one, other in zip(scaling.apply(matrix), again.apply(matrix), strict=True):
        assert np.all(np.isfinite(one))
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    "changes",
    [
        {"low": [0.0]},
        {"low": None},
        {"mean": [0.0, 0.0, 0.0, float("inf")]},
        {"mean": [0, 0, 0, 0]},
        {"mean": [[0.0]] * 4},
        {"width": [1.0, 1.0, 1.0, 0.0]},
        {"deviation": [1.0, -1.0, 1.0, 1.0]},
        {"bend": [-1.0, 0.0, 0.0, 0.0]},
        {"bend": [5e-324, 0.0, 0.0, 0.0]},
        {"categorical": [3]},
        {"categorical": [3, 3]},
        {"categorical": [3, 6]},
        {"categorical": [3, -1]},
        {"categorical": [3, True]},
        {"kept": [3]},
        {"kept": [3, -1]},
        {"kept": [3, 2**70]},
        {"kept": [3, 101]},
        {"kept": [3, 1.0]},
    ],
)
def test_what_was_not_learnt_is_refused(changes: dict[str, Any]) -> None:
    document: Json = Scaling.fit(table(), [3, 4]).to_json()
    Scaling.from_json(document, 6)
    with pytest.raises(ValueError, match=r"."):
        Scaling.from_json({**document, **changes}, 6)
