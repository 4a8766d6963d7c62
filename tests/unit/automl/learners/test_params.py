"""What may be told to LightGBM."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.errors import InvalidRequest
from automl.learners.params import ALLOWED, CHOICES, check_params, choice
from automl.types import Json


def test_defaults_pass() -> None:
    check_params({"learning_rate": 0.1, "num_leaves": 31, "max_depth": -1, "extra_trees": False, "lambda_l1": 0})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("learning_rate", -1),
        ("learning_rate", float("nan")),
        ("learning_rate", "0.1"),
        ("learning_rate", True),
        ("num_leaves", 31.5),
        ("num_leaves", 10**9),
        ("num_leaves", True),
        ("extra_trees", 1),
        ("lambda_l2", float("inf")),
        ("num_threads", 100_000),
        ("forcedsplits_filename", "/etc/passwd"),
        ("machines", "127.0.0.1:1"),
        ("num_class", 10**6),
        ("eta", 0.1),
        ("data_sample_strategy", "goss"),
        ("family", "deep"),
        ("family", ["boosted"]),
        ("schedule", None),
        ("recipe", "../plain"),
        ("recipe", 1),
        ("seed", -1),
        ("seed", 1.0),
        ("linear_c", 0.0),
    ],
)
def test_what_is_not_allowed_is_named(name: str, value: Json) -> None:
    with pytest.raises(InvalidRequest) as caught:
        check_params({"min_data_in_leaf": 5, name: value})
    assert caught.value.code == "invalid-param"
    assert [fault.field for fault in caught.value.faults] == [("params", name)]


def test_a_choice_that_is_missing_is_the_default() -> None:
    check_params(CHOICES)
    check_params({"family": "linear", "schedule": "one_cycle", "recipe": "crosses_2", "seed": 7})
    assert choice({"family": "forest"}, "family") == "forest"
    assert choice({}, "family") == "boosted"


@given(st.text())
def test_no_other_name_passes(name: str) -> None:
    if name not in ALLOWED.keys() | CHOICES.keys():
        with pytest.raises(InvalidRequest):
            check_params({name: 1})


def test_every_fault_is_told() -> None:
    with pytest.raises(InvalidRequest) as caught:
        check_params({"learning_rate": 2.0, "max_bin": 3})
    assert len(caught.value.faults) == 2
