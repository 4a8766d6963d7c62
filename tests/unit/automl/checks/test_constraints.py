"""What may be asked of params, columns and families, and what is said of the rest."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from automl.checks.request import check_request, feature_columns
from automl.errors import InvalidRequest
from automl.profiling.profile import profile_table
from automl.types import Json, TrainRequest

ROWS = 120
RNG = np.random.default_rng(0)
PROFILE = profile_table(
    pa.table(
        {
            "age": RNG.normal(size=ROWS),
            "member": [True, False] * (ROWS // 2),
            "city": RNG.choice(["a", "b", "c"], ROWS),
            "seen": pa.array(range(ROWS), pa.timestamp("s")),
            "note": [f"some words and the number {i} make a text" for i in range(ROWS)],
            "shop": RNG.integers(0, 9, ROWS),
            "weight": RNG.integers(1, 9, ROWS),
            "same": [1] * ROWS,
            "y": ["a", "b"] * (ROWS // 2),
            "kind": ["a", "b", "c"] * (ROWS // 3),
        }
    )
)


def _refusal(**request: Any) -> InvalidRequest:
    with pytest.raises(InvalidRequest) as refusal:
        check_request(PROFILE, TrainRequest(**{"target": "y"} | request))
    return refusal.value


@pytest.mark.parametrize(
    "request_",
    [
        {"ignore": ["city", "city", "same"]},
        {"split": "time", "split_column": "seen", "ignore": ["seen"]},
        {"monotone": {"age": 1, "member": -1, "city": 0, "same": 1}},
        {"monotone": {"city": 0}, "target": "kind"},
        {"interactions": [["age", "city"], ["city", "note", "note"], ["seen"], ["same"]]},
        {"params": {"extra_trees": True, "lambda_l1": 0}, "ranges": {"num_leaves": [2, 4096], "schedule": ["step"]}},
        {"families": ["linear", "linear"], "params": {"linear_c": 1}, "monotone": {"age": 1}},
        {"families": ["forest"], "ranges": {"bagging_fraction": [0.2, 1]}},
        {"params": {"bagging_freq": 0}},
        {"params": {"path_smooth": 0}, "monotone": {"age": 1}},
        {"params": {"path_smooth": 5}, "monotone": {"age": 0}},
        {"params": {"link": "log"}, "target": "shop", "task": "regression"},
        {"ranges": {"link": ["log", "identity"]}, "target": "shop", "task": "regression"},
        {"params": {"link": "identity", "boost_from": "average"}},
        {"params": {"boost_from": "linear"}, "target": "age", "metric": "mae"},
        {"params": {"link": "identity"}, "target": "age", "metric": "mae"},
        {"ranges": {"link": ["identity"]}, "target": "age"},
    ],
)
def test_what_can_be_kept_passes(request_: dict[str, Any]) -> None:
    check_request(PROFILE, TrainRequest(**{"target": "y"} | request_))


@pytest.mark.parametrize(
    ("request_", "code", "place", "said"),
    [
        ({"ignore": ["age", "aeg"]}, "unknown-column", ("ignore", 1), "Did you mean 'age'"),
        ({"ignore": ["y"]}, "unusable-constraint", ("ignore", 0), "'y' is the target"),
        ({"ignore": ["weight"], "weights": "weight"}, "unusable-constraint", ("ignore", 0), "has the weights"),
        (
            {"ignore": ["shop"], "split": "group", "split_column": "shop"},
            "unusable-constraint",
            ("ignore", 0),
            "rows are split",
        ),
        (
            {"ignore": ["age", "member", "city", "seen", "note", "shop", "weight", "kind"]},
            "no-features",
            ("ignore",),
            "learnt from",
        ),
        ({"monotone": {"z": 1}}, "unknown-column", ("monotone", "z"), "'z'"),
        ({"monotone": {"y": 1}}, "unusable-constraint", ("monotone", "y"), "is the target"),
        ({"monotone": {"age": 1}, "ignore": ["age"]}, "unusable-constraint", ("monotone", "age"), "is ignored"),
        (
            {"monotone": {"shop": 1}, "split": "group", "split_column": "shop"},
            "unusable-constraint",
            ("monotone", "shop"),
            "rows are split",
        ),
        ({"monotone": {"age": 2}}, "unusable-constraint", ("monotone", "age"), "nothing else"),
        ({"monotone": {"age": True}}, "unusable-constraint", ("monotone", "age"), "nothing else"),
        ({"monotone": {"age": 1.0}}, "unusable-constraint", ("monotone", "age"), "nothing else"),
        ({"monotone": {"city": 1}}, "unusable-constraint", ("monotone", "city"), "is categorical"),
        ({"monotone": {"note": 1}}, "unusable-constraint", ("monotone", "note"), "is text"),
        ({"monotone": {"seen": 1}}, "unusable-constraint", ("monotone", "seen"), "is datetime"),
        ({"monotone": {"age": 1}, "target": "kind"}, "unusable-constraint", ("monotone", "age"), "more than two"),
        (
            {"monotone": {"age": 1}, "params": {"path_smooth": 0.1}},
            "unusable-constraint",
            ("params", "path_smooth"),
            "fix it at 0",
        ),
        (
            {"monotone": {"age": 1}, "ranges": {"path_smooth": [0, 1]}},
            "unusable-constraint",
            ("ranges", "path_smooth"),
            "fix it at 0",
        ),
        ({"interactions": [["age"], []]}, "unusable-constraint", ("interactions", 1), "one column at least"),
        ({"interactions": [["age"], ["city", "z"]]}, "unknown-column", ("interactions", 1, 1), "'z'"),
        ({"interactions": [["y"]]}, "unusable-constraint", ("interactions", 0, 0), "is the target"),
        ({"interactions": [["age"]], "ignore": ["age"]}, "unusable-constraint", ("interactions", 0, 0), "is ignored"),
        ({"interactions": [["age"] * 30] * 999}, "unusable-constraint", ("interactions",), "20000"),
        (
            {"families": ["neural"], "monotone": {"age": 1}},
            "unusable-constraint",
            ("families",),
            "neural networks keep no",
        ),
        (
            {"families": ["neural"], "interactions": [["age"]]},
            "unusable-constraint",
            ("families",),
            "neural networks keep no",
        ),
        (
            {"families": ["forest", "neural"], "interactions": [["age"]], "params": {"bagging_freq": 0}},
            "unusable-constraint",
            ("families",),
            "None of these families",
        ),
        ({"params": {"link": "log"}}, "unusable-constraint", ("params", "link"), "classes have none"),
        (
            {"ranges": {"link": ["log"]}, "target": "shop", "task": "regression", "metric": "mae"},
            "unusable-constraint",
            ("ranges", "link"),
            "'mae' is for medians",
        ),
        (
            {"params": {"link": "log"}, "target": "age"},
            "unusable-constraint",
            ("params", "link"),
            "the target goes down to -",
        ),
        ({"params": {"link": "probit"}, "target": "age"}, "invalid-param", ("params", "link"), "identity, log"),
        ({"params": {"link": "log"}, "families": ["forest"]}, "invalid-param", ("params", "link"), "linear"),
        ({"ranges": {"boost_from": ["linear"]}}, "unusable-constraint", ("ranges", "boost_from"), "classes have none"),
        ({"families": []}, "out-of-range", ("families",), "boosted, forest, linear, neural"),
        ({"families": ["deep"]}, "out-of-range", ("families",), "boosted, forest, linear, neural"),
        (
            {"families": ["forest"], "params": {"bagging_freq": 0}},
            "unusable-constraint",
            ("families",),
            "'bagging_freq'",
        ),
        (
            {"params": {"bagging_fraction": 0.08}},
            "unusable-constraint",
            ("params", "bagging_fraction"),
            "0.08 of 120 rows are hardly any",
        ),
        (
            {"ranges": {"bagging_fraction": [0.05, 0.5]}},
            "unusable-constraint",
            ("ranges", "bagging_fraction"),
            "must leave 10",
        ),
        (
            {"params": {"num_threads": 9}},
            "invalid-param",
            ("params", "num_threads"),
            "is not one of learning_rate, num",
        ),
        ({"params": {"family": "linear"}}, "invalid-param", ("params", "family"), "is not one of"),
        ({"params": {"num_leaves": 1}}, "invalid-param", ("params", "num_leaves"), "from 2 to 4096"),
        ({"params": {"num_leaves": 10**400}}, "invalid-param", ("params", "num_leaves"), "from 2 to 4096"),
        ({"params": {"lambda_l1": float("nan")}}, "invalid-param", ("params", "lambda_l1"), "from 0 to 1e+30"),
        ({"params": {"extra_trees": 1}}, "invalid-param", ("params", "extra_trees"), "true or false"),
        (
            {"params": {"learning_rate": 0.1}, "families": ["forest", "linear"]},
            "invalid-param",
            ("params", "learning_rate"),
            "is of boosted models only",
        ),
        (
            {"ranges": {"linear_c": [1, 9]}, "families": ["boosted"]},
            "invalid-range",
            ("ranges", "linear_c"),
            "is of linear models only",
        ),
        ({"ranges": {"machines": ["a", "b"]}}, "invalid-range", ("ranges", "machines"), "is not one of"),
        ({"ranges": {"num_leaves": [2, 10**6]}}, "invalid-range", ("ranges", "num_leaves"), "from 2 to 4096"),
        ({"ranges": {"num_leaves": [20, 10]}}, "invalid-range", ("ranges", "num_leaves"), "clearly higher"),
        ({"ranges": {"num_leaves": [10, 10]}}, "invalid-range", ("ranges", "num_leaves"), "clearly higher"),
        ({"ranges": {"num_leaves": [10]}}, "invalid-range", ("ranges", "num_leaves"), "clearly higher"),
        ({"ranges": {"num_leaves": []}}, "invalid-range", ("ranges", "num_leaves"), "clearly higher"),
        ({"ranges": {"lambda_l1": [0, 1e-310]}}, "invalid-range", ("ranges", "lambda_l1"), "clearly higher"),
        ({"ranges": {"num_leaves": [2.5, 10]}}, "invalid-range", ("ranges", "num_leaves"), "a whole number"),
        ({"ranges": {"max_depth": [-1, 5]}}, "invalid-range", ("ranges", "max_depth"), "begin at 1"),
        ({"ranges": {"schedule": ["cosine", "sine"]}}, "invalid-range", ("ranges", "schedule"), "one_cycle"),
        ({"ranges": {"schedule": []}}, "invalid-range", ("ranges", "schedule"), "one option"),
        ({"ranges": {"extra_trees": [True, True]}}, "invalid-range", ("ranges", "extra_trees"), "none twice"),
        (
            {"params": {"num_leaves": 7}, "ranges": {"num_leaves": [5, 10]}},
            "invalid-range",
            ("ranges", "num_leaves"),
            "fixed value",
        ),
    ],
)
def test_what_cannot_is_refused_with_its_place(
    request_: dict[str, Any], code: str, place: tuple[str | int, ...], said: str
) -> None:
    refusal = _refusal(**request_)
    assert (refusal.code, [fault.field for fault in refusal.faults]) == (code, [place])
    assert said in refusal.detail


def test_every_wrong_param_is_told_up_to_twenty() -> None:
    wrong: dict[str, Json] = {f"p{i}": 1 for i in range(30)}
    assert len(_refusal(params=wrong).faults) == 20
    assert [fault.field for fault in _refusal(params={"eta": 1, "num_leaves": 0}).faults] == [
        ("params", "eta"),
        ("params", "num_leaves"),
    ]


def test_what_is_ignored_is_no_feature() -> None:
    request = TrainRequest(target="y", ignore=["note", "kind"], split="time", split_column="seen")
    assert {column.name for column in feature_columns(PROFILE, request)} == {
        "age", "member", "city", "seen", "shop", "weight",
    }  # fmt: skip


def test_an_ignored_column_may_hold_anything() -> None:
    profile = profile_table(
        pa.table({"x": [np.inf, *range(ROWS - 1)], "z": range(ROWS), "y": ["a", "b"] * (ROWS // 2)})
    )
    assert check_request(profile, TrainRequest(target="y", ignore=["x"])) == "binary"
