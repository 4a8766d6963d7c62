"""The search space and how params stand in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.learners.params import ALLOWED, CHOICES, check_params
from automl.spaces.portfolio import portfolio
from automl.spaces.space import Dimension, build_space, defaults, to_params, to_vals, within

rows = st.integers(10, 10_000_000)


@given(rows, st.booleans(), st.floats(1e-6, 1e9), st.none() | st.integers(0, 10**7))
def test_whatever_is_in_it_is_allowed(rows: int, categories: bool, spread: float, rarest: int | None) -> None:  # noqa: FBT001 - drawn
    space = build_space(rows, categories=categories, spread=spread, rarest=rarest, recipes=["plain", "crosses"])
    check_params(defaults(space))
    for params in portfolio(space):
        check_params(params)
    for end in ("low", "high"):
        check_params(to_params(space, {name: getattr(dimension, end) for name, dimension in space.items()}))
    assert set(defaults(space)) <= ALLOWED.keys() | CHOICES.keys()
    assert ("cat_smooth" in space) == categories


@given(rows, st.data())
def test_params_and_vals_give_each_other(rows: int, data: st.DataObject) -> None:
    space = build_space(rows, categories=True, rarest=7, recipes=["plain", "crosses"])
    vals = {
        name: float(data.draw(st.integers(int(d.low), int(d.high))))
        if d.scale in ("whole", "choice")
        else data.draw(st.floats(d.low, d.high))
        for name, d in space.items()
    }
    params = to_params(space, vals)
    assert to_vals(space, params) == vals
    assert to_params(space, to_vals(space, params)) == params


def test_what_lies_outside_counts_as_the_nearest_end() -> None:
    space = build_space(1000, categories=False)
    vals = to_vals(space, defaults(space) | {"num_leaves": 4000})
    assert vals["lambda_l1"] == space["lambda_l1"].low
    assert vals["num_leaves"] == space["num_leaves"].high


def test_penalties_grow_with_the_target() -> None:
    near, far = (build_space(1000, categories=False, spread=spread) for spread in (1.0, 10.0))
    assert far["lambda_l1"].high == pytest.approx(10 * near["lambda_l1"].high)
    assert far["min_gain_to_split"].high == pytest.approx(100 * near["min_gain_to_split"].high)
    assert far["lambda_l2"] == near["lambda_l2"]


def test_rare_classes_and_few_rows_may_have_leaves_of_a_single_row() -> None:
    many = build_space(10_000, categories=False, rarest=3000)
    rare = build_space(10_000, categories=False, rarest=20)
    tiny = build_space(100, categories=False)
    assert many["min_data_in_leaf"].low == 2
    assert rare["min_data_in_leaf"].low == tiny["min_data_in_leaf"].low == 1
    assert rare["learning_rate"].low < many["learning_rate"].low
    assert "min_sum_hessian_in_leaf" in rare
    assert "min_sum_hessian_in_leaf" not in tiny


def test_one_recipe_leaves_nothing_to_choose() -> None:
    assert "recipe" not in build_space(100, categories=False)
    assert "schedule" not in build_space(100, categories=False)
    recipes = build_space(100, categories=False, recipes=["plain", "crosses"])["recipe"]
    assert (recipes.options, recipes.default) == (("plain", "crosses"), "plain")


def test_params_that_an_older_trial_lacks_are_the_defaults() -> None:
    space = build_space(1000, categories=False)
    assert to_vals(space, {"num_leaves": 9}) == to_vals(space, defaults(space) | {"num_leaves": 9})


def test_other_values_are_brought_inside_and_other_params_pass() -> None:
    space = {"a": Dimension("log", 1.0, 4.0, 0.0), "b": Dimension.choice([3], 9)}
    assert within(space, {"a": 9.0, "b": 5, "c": 1}) == {"a": 4.0, "b": 3, "c": 1}
    assert defaults(space) == {"a": 0.0, "b": 3}
