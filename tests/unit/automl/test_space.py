"""The search space and how params stand in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.params import ALLOWED, check_params
from automl.space import build_space, defaults, portfolio, to_params, to_vals

rows = st.integers(10, 10_000_000)


@given(rows, st.booleans(), st.floats(1e-6, 1e9))
def test_whatever_is_in_it_is_allowed(rows: int, categories: bool, spread: float) -> None:  # noqa: FBT001 - drawn
    space = build_space(rows, categories=categories, spread=spread)
    check_params(defaults(space))
    for params in portfolio(space):
        check_params(params)
    for end in ("low", "high"):
        check_params(to_params(space, {name: getattr(dimension, end) for name, dimension in space.items()}))
    assert set(defaults(space)) <= set(ALLOWED)
    assert ("cat_smooth" in space) == categories


@given(rows, st.data())
def test_params_and_vals_give_each_other(rows: int, data: st.DataObject) -> None:
    space = build_space(rows, categories=True)
    vals = {
        name: float(data.draw(st.integers(int(d.low), int(d.high))))
        if d.scale in ("whole", "switch")
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
