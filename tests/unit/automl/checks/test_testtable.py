"""What a separate test table must be like."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from automl import TrainRequest, load_bundle, train
from automl.checks.request import check_request
from automl.errors import InvalidRequest
from automl.problem import pose
from automl.profiling.profile import profile_table

RNG = np.random.default_rng(0)
COLUMNS: dict[str, Any] = {
    "x": RNG.normal(size=120).tolist(),
    "city": ["rome", "oslo", "lima"] * 40,
    "when": pa.array(range(120), pa.timestamp("s")),
    "weight": [1, 2, 3] * 40,
    "part": ["train"] * 90 + ["test"] * 30,
    "y": ["a", "b"] * 60,
    "number": RNG.normal(size=120).tolist(),
}
TABLE = pa.table(COLUMNS)
TEST = TABLE.slice(0, 30)


def _with(**columns: Any) -> pa.Table:
    return pa.table({name: columns.get(name, TEST[name]) for name in COLUMNS})


@pytest.mark.parametrize(
    ("test", "request_", "said"),
    [
        (TEST.drop(["x"]), {}, "'x' is missing from the test table"),
        (TEST.drop(["y"]), {}, "'y' is missing"),
        (TEST.drop(["weight"]), {"weights": "weight"}, "'weight' is missing"),
        (_with(weight=[-1.0, *range(29)]), {"weights": "weight"}, "down to -1.0"),
        (_with(weight=[None, *range(29)]), {"weights": "weight"}, "missing in 1"),
        (_with(weight=[0.0] * 30), {"weights": "weight"}, "0 in every row"),
        (_with(weight=[1e60, *range(29)]), {"weights": "weight"}, "up to 1e+60"),
        (_with(x=["a"] * 30), {}, "numeric to learn from and categorical"),
        (_with(when=["a"] * 30), {}, "datetime to learn from and categorical"),
        (_with(y=["a", None] * 15), {}, "missing in 15 rows"),
        (_with(y=["a", "c"] * 15), {}, "'c'"),
        (_with(y=["a"] * 30), {}, "same value"),
        (_with(number=[np.inf, *range(29)]), {"target": "number"}, "infinite in 1"),
        (_with(number=["high"] * 30), {"target": "number"}, "numeric to learn from"),
    ],
)
def test_what_cannot_judge_is_refused(test: pa.Table, request_: dict[str, Any], said: str) -> None:
    request = TrainRequest(**{"target": "y", **request_})
    with pytest.raises(InvalidRequest) as refusal:
        check_request(profile_table(TABLE), request, profile_table(test))
    assert refusal.value.code == "unusable-test"
    assert said in refusal.value.detail
    assert refusal.value.faults[0].field == ("test_dataset",)


def test_rows_marked_to_judge_and_a_test_table_are_one_too_many() -> None:
    request = TrainRequest(target="y", split="column", split_column="part")
    with pytest.raises(InvalidRequest, match="which of them judges"):
        check_request(profile_table(TABLE), request, profile_table(TEST))


def test_a_cell_that_cannot_be_read_is_told_with_its_place() -> None:
    test = _with(x=[float("inf"), *map(float, range(29))])
    with pytest.raises(InvalidRequest, match="The test table") as refusal:
        pose(TABLE, TrainRequest(target="y"), test)
    assert (refusal.value.faults[0].row, refusal.value.faults[0].column) == (0, "x")


def test_types_that_mean_the_same_are_read_alike() -> None:
    table = pa.table({"x": RNG.normal(size=60), "flag": [True, False] * 30})
    test = pa.table({"flag": [False, True, True], "x": [1, 2, None]})
    problem = pose(table, TrainRequest(target="flag", positive="true"), test)
    assert problem.test is not None
    assert problem.test.target.tolist() == [0, 1, 1]
    np.testing.assert_array_equal(problem.test.frame["x"], [1, 2, np.nan])


def test_the_report_is_on_the_test_table_and_nothing_is_held_out() -> None:
    x = RNG.normal(size=300)
    label = np.where(x > 0, "a", "b")
    table, test = pa.table({"x": x, "y": label}), pa.table({"x": [1.0, 2.0, -1.0, -2.0], "y": ["a", "a", "b", "b"]})
    result = train(table, TrainRequest(target="y", max_trials=1, timeout_s=600), test=test)
    assert result.report["rows"] == 4
    assert result.report["metrics"]["accuracy"]["value"] == 1.0
    assert result.bundle.manifest["lineage"]["rows"] == 300
    swapped = test.set_column(1, "y", pa.array(["b", "b", "a", "a"]))
    other = train(table, TrainRequest(target="y", max_trials=1, timeout_s=600), test=swapped)
    assert other.report["metrics"]["accuracy"]["value"] == 0.0
    answers = [load_bundle(each.bundle.data).predict([{"x": 0.3}]).probabilities for each in (result, other)]
    np.testing.assert_array_equal(*answers)
