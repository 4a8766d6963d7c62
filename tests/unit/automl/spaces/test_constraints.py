"""A user's fixed params and ranges in a search space, and columns' constraints as those of their features."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.checks.constraints import check_tuning
from automl.errors import InvalidRequest
from automl.learners.params import TUNABLE, check_params
from automl.profiling.columns import Profile
from automl.spaces.constraints import constrain, is_number, keepers, least_rate, meetings, signs, with_rows_left
from automl.spaces.portfolio import portfolio
from automl.spaces.space import build_space, defaults, to_params, to_vals
from automl.types import Family, Json, TrainRequest

SPACE = build_space(5000, categories=True, rarest=100)
VALUES = st.none() | st.booleans() | st.integers(-3, 2000) | st.floats() | st.sampled_from(["boosted", "cosine", "x"])


def test_a_fixed_value_is_in_every_proposal_whether_the_space_held_it_or_not() -> None:
    space = constrain(SPACE, "boosted", {"num_leaves": 5, "max_depth": 3, "schedule": "cosine", "linear_c": 2.0}, {})
    for params in [defaults(space), *portfolio(space), to_params(space, to_vals(space, defaults(SPACE)))]:
        assert (params["num_leaves"], params["max_depth"], params["schedule"]) == (5, 3, "cosine")
    assert space.keys() == SPACE.keys() | {"max_depth", "schedule"}, "and what is of other families is not"


def test_a_range_binds_the_defaults_and_the_portfolio_too() -> None:
    space = constrain(SPACE, "boosted", {}, {"learning_rate": [0.3, 0.9], "lambda_l2": [1, 5], "extra_trees": [True]})
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
    space = constrain(SPACE, "boosted", {}, ranges)
    scales = [space[name].scale for name in ranges]
    assert scales == ["whole", "linear", "log", "choice"]
    assert defaults(space)["max_depth"] == 6
    assert defaults(space)["schedule"] == "cosine"
    assert space["schedule"].options == ("cosine", "step")


def test_nothing_has_no_logarithm_and_counts_as_very_little() -> None:
    space = constrain(SPACE, "boosted", {}, {"lambda_l1": [0, 9], "path_smooth": [0.0, 1e-5], "max_delta_step": [0, 5]})
    assert space["lambda_l1"].low == SPACE["lambda_l1"].low
    assert space["path_smooth"].low == pytest.approx(1e-8)
    assert space["max_delta_step"].scale == "linear"


@given(st.dictionaries(st.sampled_from([*TUNABLE]), st.lists(VALUES, max_size=3), max_size=4))
def test_whatever_passes_the_checks_gives_params_that_may_be_used(ranges: dict[str, list[Json]]) -> None:
    try:
        check_tuning(Profile(10_000, (), ()), TrainRequest(target="y", ranges=ranges))
    except InvalidRequest:
        return
    space = constrain(SPACE, "boosted", {}, ranges)
    for params in [defaults(space), *portfolio(space)]:
        check_params(params)
    for end in ("low", "high"):
        params = to_params(space, {name: getattr(dimension, end) for name, dimension in space.items()})
        check_params(params)
        assert to_params(space, to_vals(space, params)) == params


@pytest.mark.parametrize(
    ("request_", "able"),
    [
        ({}, ["boosted", "forest", "linear", "neural"]),
        ({"families": ["neural", "forest"]}, ["forest", "neural"]),
        ({"params": {"bagging_fraction": 0.89, "bagging_freq": 5}, "families": ["forest"]}, ["forest"]),
        ({"ranges": {"bagging_fraction": [0.5, 1.0]}, "families": ["forest"]}, ["forest"]),
        ({"params": {"bagging_freq": 0}}, ["boosted", "linear", "neural"]),
        ({"params": {"bagging_fraction": 1.0}, "families": ["forest"]}, []),
        ({"ranges": {"bagging_fraction": [0.9, 1.0]}, "families": ["forest", "linear"]}, ["linear"]),
        ({"monotone": {"a": 1}}, ["boosted", "forest", "linear"]),
        ({"monotone": {"a": 0}, "families": ["neural"]}, ["neural"]),
        ({"interactions": [["a"]], "families": ["neural"]}, []),
    ],
)
def test_families_that_cannot_keep_what_is_asked_are_left_out(request_: dict[str, Any], able: list[Family]) -> None:
    assert keepers(TrainRequest(target="y", **request_)) == able


def test_a_forest_always_leaves_rows_out() -> None:
    assert with_rows_left({"bagging_fraction": [0.5, 1.0]}) == {"bagging_fraction": [0.5, 0.9]}
    assert with_rows_left({"num_leaves": [2, 9]}) == {"num_leaves": [2, 9]}


def test_the_least_learning_rate_is_the_fixed_one_or_the_range_s_lowest() -> None:
    assert least_rate({"learning_rate": 0.3}, {}) == 0.3
    assert least_rate({}, {"learning_rate": [0.1, 0.2]}) == 0.1
    assert least_rate({"num_leaves": 3}, {}) == 0


def test_a_range_has_ends_or_options() -> None:
    assert {name for name in TUNABLE if not is_number(name)} == {"boost_from", "extra_trees", "link", "schedule"}


def test_features_are_held_to_what_their_columns_are() -> None:
    sources = ("age", "seen", "seen", "note", "city")
    assert signs(sources, {"age": -1, "gone": 1}) == (-1, 0, 0, 0, 0)
    assert signs(sources, {"age": 0}) == signs(sources, {}) == ()
    assert meetings(sources, [["city", "seen"], ["gone"], ["age", "age"]]) == ((1, 2, 4), (0,))
