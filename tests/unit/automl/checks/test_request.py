from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from automl.checks.request import check_request
from automl.errors import InvalidRequest
from automl.profiling.profile import profile_table
from automl.types import TrainRequest

ROWS = 120
X = np.random.default_rng(0).normal(size=ROWS)
CLASSES = ["a", "b", "c"] * 40


def _refusal(columns: dict[str, Any], **request: Any) -> InvalidRequest:
    with pytest.raises(InvalidRequest) as refusal:
        check_request(profile_table(pa.table(columns)), TrainRequest(**{"target": "y"} | request))
    return refusal.value


@pytest.mark.parametrize(
    ("target", "request_", "task"),
    [
        (CLASSES, {}, "multiclass"),
        (["a", "b"] * 60, {"positive": "a", "metric": "f1"}, "binary"),
        (CLASSES, {"metric": "kappa_quadratic", "class_order": ["b", "a", "c"]}, "multiclass"),
        ([1, 2, 3] * 40, {"metric": "kappa_quadratic"}, "multiclass"),
        (X, {"metric": "mae"}, "regression"),
        ([1, 2, 3] * 40, {"task": "regression"}, "regression"),
        (["a"] * 118 + ["b"] * 2, {"folds": 10}, "binary"),
    ],
)
def test_what_is_possible_passes(target: Any, request_: dict[str, Any], task: str) -> None:
    profile = profile_table(pa.table({"x": X, "y": target}))

    assert check_request(profile, TrainRequest(target="y", **request_)) == task


@pytest.mark.parametrize(
    ("columns", "request_", "code", "said"),
    [
        ({"y": CLASSES}, {"target": "z"}, "unknown-target", "'x'"),
        ({"churn": CLASSES}, {"target": "chrun"}, "unknown-target", "Did you mean 'churn'"),
        ({"y": [None] * ROWS}, {}, "null-target", "120 of 120"),
        ({"y": [*CLASSES[:-1], None]}, {}, "null-target", "1 of 120"),
        ({"y": [np.inf, *X[1:]]}, {}, "infinite-target", "0"),
        ({"y": ["a"] * ROWS}, {}, "one-class", "same value"),
        ({"y": pa.array(range(ROWS), pa.timestamp("s"))}, {}, "unsupported-target", "datetime"),
        ({"y": [row * -1e200 for row in range(ROWS)]}, {"task": "regression"}, "unsupported-target", "divide it"),
        ({"y": CLASSES}, {"task": "regression"}, "task-not-for-target", "numbers"),
        ({"y": CLASSES}, {"task": "binary"}, "task-not-for-target", "two values"),
        ({"y": ["a", "b"] * 60}, {"task": "multiclass"}, "task-not-for-target", "more than two"),
        ({"y": X}, {"task": "clustering"}, "out-of-range", "binary"),
        ({"y": X}, {"metric": "f1"}, "metric-not-for-task", "rmse"),
        ({"y": X}, {"metric": "vibes"}, "unknown-metric", "rmse"),
        ({"y": X}, {"positive": "a"}, "unknown-class", "no positive"),
        ({"y": CLASSES}, {"positive": "a"}, "unknown-class", "binary"),
        ({"y": ["a", "b"] * 60}, {"positive": "z"}, "unknown-class", "'a', 'b'"),
        ({"y": CLASSES}, {"metric": "kappa_quadratic"}, "metric-not-for-task", "class_order"),
        ({"y": X}, {"class_order": ["a", "b", "c"]}, "unknown-class", "more than two"),
        ({"y": ["a", "b"] * 60}, {"class_order": ["a", "b"]}, "unknown-class", "more than two"),
        ({"y": CLASSES}, {"class_order": ["a", "b"]}, "unknown-class", "'a', 'b', 'c'"),
        ({"y": CLASSES}, {"class_order": ["a", "b", "c", "c"]}, "unknown-class", "once"),
        ({"y": X}, {"task": "multiclass"}, "too-many-classes", "120"),
        (
            {"y": [f"v{i}" for i in range(ROWS)] + [f"w{i}" for i in range(ROWS)], "x": [*X, *X]},
            {},
            "too-many-classes",
            "240",
        ),
        ({"y": ["a"] * 119 + ["b"]}, {}, "rare-class", "'b'"),
        ({"y": CLASSES, "x": [1] * ROWS}, {}, "no-features", "'y'"),
        ({"y": CLASSES, "x": [*X[1:], np.inf]}, {}, "infinite-value", "'x'"),
        ({"y": X}, {"timeout_s": 0}, "out-of-range", "timeout_s"),
        ({"y": X}, {"timeout_s": float("nan")}, "out-of-range", "timeout_s"),
        ({"y": X}, {"holdout": 0.9}, "out-of-range", "holdout"),
        ({"y": X}, {"folds": 1}, "out-of-range", "folds"),
        ({"y": X}, {"max_trials": 0}, "out-of-range", "max_trials"),
        ({"y": X}, {"algorithm": "magic"}, "out-of-range", "tpe"),
        ({"y": X}, {"seed": -1}, "out-of-range", "seed"),
        ({"y": X}, {"seed": 2**32}, "out-of-range", "seed"),
        ({"y": X}, {"repeats": 6}, "out-of-range", "repeats"),
        ({"y": X}, {"split": "clever"}, "out-of-range", "group"),
        ({"y": X}, {"gap": float("inf")}, "out-of-range", "gap"),
    ],
)
def test_what_is_not_is_refused_with_what_to_do(
    columns: dict[str, Any], request_: dict[str, Any], code: str, said: str
) -> None:
    refusal = _refusal({"x": X} | columns, **request_)

    assert refusal.code == code
    assert said in refusal.detail
    assert refusal.faults


def test_too_few_rows_to_judge_a_model() -> None:
    assert _refusal({"x": X[:19], "y": X[:19]}).code == "too-few-rows"


def test_an_infinite_feature_is_told_with_its_rows() -> None:
    fault = _refusal({"x": [*X[1:], np.inf], "y": CLASSES}).faults[0]

    assert (fault.row, fault.column) == (ROWS - 1, "x")
