"""What a split or weights cannot be made of is refused, with what to do."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from automl.checks.request import check_request, feature_columns
from automl.checks.splits import check_sides
from automl.errors import InvalidRequest
from automl.profiling.profile import profile_table
from automl.types import Sample, TrainRequest

ROWS = 60
TABLE: dict[str, Any] = {
    "x": np.random.default_rng(0).normal(size=ROWS).tolist(),
    "customer": [f"c{i % 9}" for i in range(ROWS)],
    "pair": ["one", "two"] * 30,
    "when": [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=i) for i in range(ROWS)],
    "hole": [None, *range(1, ROWS)],
    "side": ["train"] * 40 + ["valid"] * 10 + ["test"] * 10,
    "odd": ["train"] * 40 + ["dev"] * 20,
    "judged": ["valid"] * 40 + ["holdout"] * 20,
    "fold": [i % 4 for i in range(ROWS)],
    "weight": [i % 3 for i in range(ROWS)],
    "minus": [-1.0, *range(1, ROWS)],
    "nothing": [0] * ROWS,
    "huge": [1e60, *range(1, ROWS)],
    "tiny": [1e-60 * i for i in range(ROWS)],
    "endless": [float("inf"), *map(float, range(1, ROWS))],
    "y": ["a", "b"] * 30,
}
PROFILE = profile_table(pa.table(TABLE))
FINITE = profile_table(pa.table(TABLE).drop(["endless"]))


@pytest.mark.parametrize(
    ("request_", "apart"),
    [
        ({"split": "group", "split_column": "customer"}, "customer"),
        ({"split": "group", "split_column": "fold"}, "fold"),
        ({"split": "time", "split_column": "when", "gap": 3600.0}, None),
        ({"split": "time", "split_column": "weight"}, None),
        ({"split": "column", "split_column": "side"}, "side"),
        ({"split": "column", "split_column": "fold"}, "fold"),
        ({"repeats": 5}, None),
        ({"weights": "weight"}, "weight"),
    ],
)
def test_what_can_be_done_passes_and_helps_no_model(request_: dict[str, Any], apart: str | None) -> None:
    request = TrainRequest(target="y", **request_)
    assert check_request(FINITE, request) == "binary"
    left_out = {column.name for column in FINITE.columns} - {one.name for one in feature_columns(FINITE, request)}
    assert left_out == {"y", "nothing", *([apart] if apart else [])}


@pytest.mark.parametrize(
    ("request_", "code", "said", "field"),
    [
        ({"split": "group"}, "unusable-split", "Name the column", "split_column"),
        ({"split_column": "customer"}, "unusable-split", "takes no column", "split_column"),
        ({"split": "group", "split_column": "custmer"}, "unknown-column", "Did you mean 'customer'", "split_column"),
        ({"split": "group", "split_column": "y"}, "unusable-split", "is the target", "split_column"),
        ({"split": "group", "split_column": "pair"}, "unusable-split", "'group' needs 3", "split_column"),
        ({"split": "group", "split_column": "hole"}, "unusable-split", "missing in 1 of 60", "split_column"),
        ({"split": "group", "split_column": "customer", "gap": 1.0}, "unusable-split", "along time", "gap"),
        ({"split": "time", "split_column": "customer"}, "unusable-split", "categorical", "split_column"),
        ({"split": "time", "split_column": "endless"}, "unusable-split", "infinite", "split_column"),
        ({"split": "time", "split_column": "nothing"}, "unusable-split", "1 different", "split_column"),
        ({"split": "time", "split_column": "when", "repeats": 2}, "unusable-split", "'repeats' at 1", "repeats"),
        ({"split": "column", "split_column": "odd"}, "unusable-split", "'dev'", "split_column"),
        ({"split": "column", "split_column": "judged"}, "unusable-split", "'train'", "split_column"),
        ({"split": "column", "split_column": "x"}, "unusable-split", "60 different", "split_column"),
        ({"split": "column", "split_column": "side", "repeats": 2}, "unusable-split", "drawn anew", "repeats"),
        ({"weights": "wieght"}, "unknown-column", "'weight'", "weights"),
        ({"weights": "y"}, "unusable-weights", "is the target", "weights"),
        ({"weights": "customer"}, "unusable-weights", "not numeric", "weights"),
        ({"weights": "hole"}, "unusable-weights", "missing in 1", "weights"),
        ({"weights": "minus"}, "unusable-weights", "-1.0", "weights"),
        ({"weights": "nothing"}, "unusable-weights", "0 in every row", "weights"),
        ({"weights": "endless"}, "unusable-weights", "infinity", "weights"),
        ({"weights": "huge"}, "unusable-weights", "up to 1e+60", "weights"),
        ({"weights": "tiny"}, "unusable-weights", "up to 5.9e-59", "weights"),
    ],
)
def test_what_cannot_is_refused(request_: dict[str, Any], code: str, said: str, field: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        check_request(PROFILE, TrainRequest(target="y", **request_))
    assert refusal.value.code == code
    assert said in refusal.value.detail
    assert refusal.value.faults[0].field == (field,)


def _side(target: list[int], weights: list[float] | None = None) -> Sample:
    return Sample({}, np.array(target), None if weights is None else np.array(weights))


FOLDS = [(np.array([0]), np.array([1]))]


@pytest.mark.parametrize(
    ("folds", "holdout", "said"),
    [
        ([], _side([0, 1]), "No fold"),
        ([(np.empty(0, np.int64), np.array([0, 1]))], _side([0, 1]), "A fold has no rows to learn from"),
        (FOLDS, _side([]), "no holdout rows"),
        (FOLDS, _side([1, 1, 1]), "All 3 holdout rows are of one class"),
        (FOLDS, _side([0, 1], [0.0, 0.0]), "weights of all 2 holdout rows"),
    ],
)
def test_sides_without_anything_to_learn_or_judge(folds: Any, holdout: Sample, said: str) -> None:
    with pytest.raises(InvalidRequest, match=said) as refusal:
        check_sides("binary", folds, {"training": _side([0, 1]), "holdout": holdout})
    assert refusal.value.code == "unusable-split"


def test_each_fold_has_rows_that_count() -> None:
    sides = {"training": _side([0, 1], [1.0, 0.0]), "holdout": _side([0, 1])}
    with pytest.raises(InvalidRequest, match="all rows to learn from, or to validate") as refusal:
        check_sides("binary", FOLDS, sides)
    assert refusal.value.code == "unusable-weights"


def test_a_regression_may_hold_out_equal_values() -> None:
    check_sides("regression", FOLDS, {"training": _side([0, 1]), "holdout": _side([1, 1], [0.0, 1.0])})
