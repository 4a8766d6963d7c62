import numpy as np
import pytest

from automl.evaluation.slicing import Slicing
from automl.types import Column, ColumnType, Json


def slicing(kind: ColumnType, values: object) -> Slicing:
    found = Slicing.of(Column("c", kind), np.array(values))
    assert found
    return found


def described(found: Slicing) -> list[Json]:
    return [{key: value for key, value in found.describe(i).items() if key != "column"} for i in range(found.count)]


def test_categories_by_value_the_frequent_ones_first() -> None:
    values = np.array(["a", "b", None, "b"], dtype=object)
    found = slicing("categorical", values)
    assert described(found) == [{"value": "b"}, {"value": "a"}, {"value": None}]
    assert found.codes(values).tolist() == [1, 0, 2, 0]
    assert found.codes(np.array(["new", None], dtype=object)).tolist() == [-1, 2]


def test_rare_values_of_very_many_have_no_slice() -> None:
    values = np.array([f"v{i}" for i in range(60)] + ["v59"], dtype=object)
    found = slicing("categorical", values)
    assert (found.count, found.levels[0]) == (51, "v59")
    assert (found.codes(values) == -1).sum() == 10


def test_numbers_by_fifths() -> None:
    values = np.append(np.arange(1.0, 101.0), np.nan)
    found = slicing("numeric", values)
    assert described(found) == [
        {"from": None, "to": 20.0}, {"from": 20.0, "to": 40.0}, {"from": 40.0, "to": 60.0},
        {"from": 60.0, "to": 80.0}, {"from": 80.0, "to": None}, {"value": None},
    ]  # fmt: skip
    codes = found.codes(values)
    assert codes[[0, 18, 19, 99, 100]].tolist() == [0, 0, 1, 4, 5]


def test_truths_and_moments_are_shown_as_what_they_are() -> None:
    assert described(slicing("boolean", [0.0, 1.0, 1.0, 1.0]))[:2] == [{"value": False}, {"value": True}]
    moments = slicing("datetime", np.arange(0.0, 86_400.0 * 10, 86_400.0))
    assert described(moments)[1] == {"from": "1970-01-02T00:00:00Z", "to": "1970-01-04T00:00:00Z"}


@pytest.mark.parametrize(
    ("kind", "values"),
    [("text", np.array(["a b"], dtype=object)), ("numeric", [1.0, 1.0]), ("numeric", [np.nan]), ("boolean", [0.0])],
)
def test_some_columns_have_no_slices(kind: ColumnType, values: object) -> None:
    assert Slicing.of(Column("c", kind), np.array(values)) is None


def test_what_few_rows_have_is_a_slice() -> None:
    assert described(slicing("boolean", [0.0] * 9 + [1.0]))[:2] == [{"value": False}, {"value": True}]
    amounts = slicing("numeric", [0.0] * 90 + [5.0, 7.0] * 5)
    assert described(amounts)[:2] == [{"from": None, "to": 5.0}, {"from": 5.0, "to": None}]
