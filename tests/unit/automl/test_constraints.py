"""A user's fixed params and ranges."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.constraints import constrain
from automl.errors import InvalidRequest
from automl.params import ALLOWED, check_params
from automl.portfolio import portfolio
from automl.space import build_space, defaults, to_params, to_vals
from automl.types import Json

SPACE = build_space(5000, categories=True, rarest=100)
VALUES = st.none() | st.booleans() | st.integers(-3, 2000) | st.floats() | st.sampled_from(["boosted", "cosine", "x"])


def test_a_fixed_value_is_in_every_proposal_whether_the_space_held_it_or_not() -> None:
    space = constrain(SPACE, {"num_leaves": 5, "max_depth": 3, "schedule": "cosine"}, {})
    for params in [defaults(space), *portfolio(space), to_params(space, to_vals(space, defaults(SPACE)))]:
        assert (params["num_leaves"], params["max_depth"], params["schedule"]) == (5, 3, "cosine")
    assert space.keys() == SPACE.keys() | {"max_depth"}


def test_a_range_binds_the_defaults_and_the_portfolio_too() -> None:
    space = constrain(SPACE, {}, {"learning_rate": [0.3, 0.9], "lambda_l2": [1, 5], "extra_trees": [True]})
    for params in [defaults(space), *portfolio(space)]:
        assert 0.3 <= params["learning_rate"] <= 0.9
        assert 1 <= params["lambda_l2"] <= 5
        assert params["extra_trees"] is True
    assert (space["learning_rate"].scale, space["lambda_l2"].scale) == ("log", "log")


def test_a_range_may_bring_in_what_the_space_did_not_hold() -> None:
    ranges: dict[str, list[Json]] = {
        "max_depth": [3, 12],
        "feature_fraction_bynode": [0.4, 1.0],
        "max_delta_step": [0.1, 10],
        "schedule": ["cosine", "step"],
    }
    space = constrain(SPACE, {}, ranges)
    scales = [space[name].scale for name in ranges]
    assert scales == ["whole", "linear", "log", "choice"]
    assert defaults(space)["max_depth"] == 6
    assert defaults(space)["schedule"] == "cosine"
    assert space["schedule"].options == ("cosine", "step")


def test_nothing_has_no_logarithm_and_counts_as_very_little() -> None:
    space = constrain(SPACE, {}, {"lambda_l1": [0, 9], "path_smooth": [0.0, 1e-5], "max_delta_step": [0, 5]})
    assert space["lambda_l1"].low == SPACE["lambda_l1"].low
    assert space["path_smooth"].low == pytest.approx(1e-8)
    assert space["max_delta_step"].scale == "linear"


@pytest.mark.parametrize(
    ("fixed", "ranges", "code"),
    [
        ({"num_threads": 2}, {}, "invalid-param"),
        ({"num_leaves": 1}, {}, "invalid-param"),
        ({}, {"num_leaves": [2, 10**6]}, "invalid-range"),
        ({}, {"num_leaves": [20, 10]}, "invalid-range"),
        ({}, {"num_leaves": [10]}, "invalid-range"),
        ({}, {"num_leaves": []}, "invalid-range"),
        ({}, {"num_leaves": [2.5, 10]}, "invalid-range"),
        ({}, {"max_depth": [-1, 5]}, "invalid-range"),
        ({}, {"schedule": ["cosine", "sine"]}, "invalid-range"),
        ({}, {"machines": ["a", "b"]}, "invalid-range"),
        ({"num_leaves": 7}, {"num_leaves": [5, 10]}, "invalid-range"),
    ],
)
def test_what_is_impossible_is_named(fixed: dict[str, Json], ranges: dict[str, list[Json]], code: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        constrain(SPACE, fixed, ranges)
    assert caught.value.code == code
    assert [fault.field[-1] for fault in caught.value.faults if fault.field] == [*(ranges or fixed)]


@given(st.dictionaries(st.sampled_from([*ALLOWED, "schedule", "seed"]), st.lists(VALUES, max_size=3), max_size=4))
def test_whatever_passes_gives_params_that_may_be_used(ranges: dict[str, list[Json]]) -> None:
    try:
        space = constrain(SPACE, {}, ranges)
    except InvalidRequest:
        return
    for params in [defaults(space), *portfolio(space)]:
        check_params(params)
    for end in ("low", "high"):
        params = to_params(space, {name: getattr(dimension, end) for name, dimension in space.items()})
        check_params(params)
        assert to_params(space, to_vals(space, params)) == params
