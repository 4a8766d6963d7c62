"""Decisions and calibrations that a request may ask for, and that it may not."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from automl.checks.request import check_request
from automl.errors import InvalidRequest
from automl.profiling.profile import profile_table
from automl.types import Criterion, TrainRequest

ROWS = 120
X = np.random.default_rng(0).normal(size=ROWS)
TARGETS: dict[str, Any] = {
    "two": ["a", "b"] * 60,
    "three": ["a", "b", "c"] * 40,
    "numbers": [1, 2, 3] * 40,
    "values": X,
}
COSTS = {"a": {"b": 1.0}, "b": {"a": 10.0}}


def check(target: str, **request: Any) -> None:
    table = pa.table({"x": X, "y": TARGETS[target]})
    check_request(profile_table(table), TrainRequest(target="y", **request))


@pytest.mark.parametrize(
    ("target", "criterion"),
    [
        ("two", Criterion("likeliest")),
        ("two", Criterion("f1")),
        ("two", Criterion("precision", 0.9)),
        ("two", Criterion("alerts", 5.0)),
        ("two", Criterion("cost", costs=COSTS)),
        ("three", Criterion("f1_macro")),
        ("three", Criterion("g_mean")),
        ("numbers", Criterion("kappa_quadratic")),
    ],
)
def test_what_is_possible_passes(target: str, criterion: Criterion) -> None:
    check(target, decision=criterion, calibration="isotonic")


@pytest.mark.parametrize(
    ("target", "criterion", "code", "said"),
    [
        ("values", Criterion("f1"), "decision-not-for-task", "no labels"),
        ("three", Criterion("f1"), "decision-not-for-task", "f1_macro"),
        ("three", Criterion("precision", 0.9), "decision-not-for-task", "3 classes"),
        ("three", Criterion("kappa_quadratic"), "decision-not-for-task", "without an order"),
        ("two", Criterion("f1_macro"), "decision-not-for-task", "f1"),
        ("two", Criterion("luck"), "decision-not-for-task", "luck"),  # type: ignore[arg-type]
        ("two", Criterion("precision"), "out-of-range", "from 0 to 1"),
        ("two", Criterion("recall", 1.5), "out-of-range", "from 0 to 1"),
        ("two", Criterion("alerts", -1.0), "out-of-range", "from 0 to 1000"),
        ("two", Criterion("alerts", float("nan")), "out-of-range", "from 0 to 1000"),
        ("two", Criterion("f1", 0.5), "out-of-range", "no number"),
        ("two", Criterion("f1", costs=COSTS), "unusable-costs", "no costs"),
        ("two", Criterion("cost"), "unusable-costs", "'b for a', 'a for b'"),
        ("two", Criterion("cost", costs={"a": {"b": 1.0}}), "unusable-costs", "'a for b'"),
        ("two", Criterion("cost", costs={**COSTS, "z": {"a": 1.0}}), "unusable-costs", "no class 'z'"),
        ("two", Criterion("cost", costs={"a": {"b": -1.0}, "b": {"a": 1.0}}), "unusable-costs", "0 or more"),
        ("two", Criterion("cost", costs={"a": {"b": float("inf")}, "b": {"a": 1.0}}), "unusable-costs", "0 or more"),
        ("two", Criterion("cost", costs={"a": {"b": 0.0}, "b": {"a": 0.0}}), "unusable-costs", "At least one"),
    ],
)
def test_what_is_not_is_refused(target: str, criterion: Criterion, code: str, said: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        check(target, decision=criterion)
    assert refused.value.code == code
    assert said in refused.value.detail
    assert (refused.value.faults[0].field or ())[0] == "decision"


def test_values_are_not_calibrated() -> None:
    check("values", calibration="none")
    with pytest.raises(InvalidRequest) as refused:
        check("values", calibration="platt")
    assert refused.value.code == "calibration-not-for-task"
