"""Slices that a request may name, and that it may not."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from automl import TrainRequest, train
from automl.checks.request import check_request
from automl.errors import InvalidRequest
from automl.profiling.profile import profile_table

ROWS = 200
RNG = np.random.default_rng(0)
TABLE = {
    "x": RNG.normal(size=ROWS),
    "city": RNG.choice(["a", "b"], ROWS),
    "note": [f"one more note about the number {i}, which is long" for i in range(ROWS)],
    "far": [np.inf, *RNG.normal(size=ROWS - 1)],
    "shop": RNG.choice(["s1", "s2", "s3", "s4"], ROWS),
    "y": RNG.choice(["n", "y"], ROWS),
}


@pytest.mark.parametrize(
    ("slices", "code", "said"),
    [
        (["cty"], "unknown-column", "Did you mean 'city'"),
        (["city", "y"], "unusable-slices", "is what is predicted"),
        (["note"], "unusable-slices", "free text"),
        (["far"], "unusable-slices", "infinite"),
        (["city"] * 11, "unusable-slices", "at most 10"),
    ],
)
def test_what_cannot_be_told_is_refused(slices: list[str], code: str, said: str) -> None:
    columns: dict[str, Any] = {name: values for name, values in TABLE.items() if name != "far" or "far" in slices}
    weights = {"weights": None, "split": "group", "split_column": "far"} if "far" in slices else {}
    with pytest.raises(InvalidRequest) as refused:
        check_request(profile_table(pa.table(columns)), TrainRequest(target="y", slices=slices, **weights))
    assert refused.value.code == code
    assert said in refused.value.detail
    assert (refused.value.faults[0].field or ())[0] == "slices"


def table(rows: int = ROWS) -> pa.Table:
    return pa.table({name: list(TABLE[name][:rows]) for name in ("x", "city", "shop", "y")})


def test_a_column_that_no_model_learns_from_has_slices_too() -> None:
    asked = TrainRequest(target="y", slices=("shop",), split="group", split_column="shop", max_trials=1, timeout_s=600)
    result = train(table(), asked)
    told = result.report["slices"]["asked"]["shop"]
    rows = [entry["holdout"]["rows"] for entry in told]
    assert sum(rows) == result.report["rows"]
    assert sorted(rows)[-2] == 0, "a group is on one side"


def test_a_test_table_needs_the_columns_too() -> None:
    asked = TrainRequest(target="y", slices=("shop",), max_trials=1, timeout_s=600)
    told = train(table(), asked, test=table(60)).report["slices"]["asked"]["shop"]
    assert sum(entry["holdout"]["rows"] for entry in told) == 60
    with pytest.raises(InvalidRequest) as refused:
        train(table(), asked, test=table(60).drop_columns(["shop"]))
    assert refused.value.code == "unusable-test"
