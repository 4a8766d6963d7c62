from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.errors import InvalidRows
from automl.tables.coerce import MAX_FAULTS, extra_columns, frame_from_rows, frame_from_table
from automl.types import Column, ColumnType, Frame

_FLOATS = st.floats(allow_nan=False, allow_infinity=False)
_INTEGERS = st.integers(-(2**63), 2**63 - 1)
_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
_DATES = st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat)
_KINDS: list[tuple[ColumnType, pa.DataType, st.SearchStrategy[Any]]] = [
    ("numeric", pa.float64(), _FLOATS),
    ("numeric", pa.int64(), _INTEGERS),
    ("numeric", pa.bool_(), st.booleans()),
    ("numeric", pa.string(), _FLOATS.map(str)),
    ("boolean", pa.bool_(), st.booleans()),
    ("boolean", pa.string(), st.sampled_from(["true", "False", "TRUE", ""])),
    ("boolean", pa.int64(), st.integers(0, 1)),
    ("datetime", pa.string(), _DATES),
    ("categorical", pa.string(), _TEXT),
    ("categorical", pa.float64(), _FLOATS),
    ("categorical", pa.int64(), _INTEGERS),
    ("categorical", pa.bool_(), st.booleans()),
    ("text", pa.string(), _TEXT),
]


def _same(left: Frame, right: Frame) -> bool:
    return left.keys() == right.keys() and all(
        left[name].dtype == right[name].dtype
        and np.array_equal(left[name], right[name], equal_nan=left[name].dtype != object)
        for name in left
    )


@given(st.data())
def test_equal_rows_and_tables_give_identical_frames(data: st.DataObject) -> None:
    kinds = data.draw(st.lists(st.sampled_from(_KINDS), min_size=1, max_size=4))
    columns = [Column(f"c{i}", kind) for i, (kind, _, _) in enumerate(kinds)]
    cells = st.tuples(*(st.none() | values for _, _, values in kinds))
    drawn = data.draw(st.lists(cells, min_size=1, max_size=8))
    rows = [dict(zip((column.name for column in columns), row, strict=True)) for row in drawn]
    table = pa.table({f"c{i}": pa.array([row[i] for row in drawn], kind[1]) for i, kind in enumerate(kinds)})

    frame = frame_from_rows(rows, columns)

    assert _same(frame, frame_from_table(table, columns))
    assert all(len(values) == len(rows) for values in frame.values())


@given(st.lists(st.none() | st.datetimes(), min_size=1))
def test_timestamps_and_their_text_agree(moments: list[datetime | None]) -> None:
    columns = [Column("at", "datetime")]
    table = pa.table({"at": pa.array(moments, pa.timestamp("us"))})
    rows = [{"at": at.isoformat() if at else None} for at in moments]

    assert _same(frame_from_table(table, columns), frame_from_rows(rows, columns))


def test_a_category_is_one_whatever_type_it_came_in() -> None:
    columns = [Column("c", "categorical")]
    tables = [pa.table({"c": [1, 2]}), pa.table({"c": [1.0, 2.0]}), pa.table({"c": ["1", "2"]})]

    for table in tables:
        assert frame_from_table(table, columns)["c"].tolist() == ["1", "2"]
    assert frame_from_rows([{"c": 1}, {"c": 2.0}], columns)["c"].tolist() == ["1", "2"]


def test_order_and_extra_columns_do_not_matter() -> None:
    columns = [Column("a", "numeric"), Column("b", "text")]

    assert _same(
        frame_from_rows([{"b": "x", "a": 1}], columns), frame_from_rows([{"z": [], "a": 1, "b": "x"}], columns)
    )
    assert list(frame_from_table(pa.table({"z": [[1]], "b": ["x"], "a": [1]}), columns)) == ["a", "b"]


def test_extra_columns_are_named_for_a_warning() -> None:
    columns = [Column("a", "numeric")]

    assert extra_columns([{"a": 1}, {"z": 1, "a": 2, "b": 3}, {"z": 0}], columns) == ["b", "z"]
    assert extra_columns(pa.table({"z": [1], "a": [1]}), columns) == ["z"]


@pytest.mark.parametrize(
    ("kind", "cell", "code"),
    [
        ("numeric", "abc", "invalid-value"),
        ("numeric", [1], "invalid-value"),
        ("numeric", float("inf"), "infinite-value"),
        ("numeric", "-inf", "infinite-value"),
        ("numeric", 10**400, "infinite-value"),
        ("boolean", "maybe", "invalid-value"),
        ("datetime", "31.01.2026", "invalid-value"),
        ("datetime", 12, "invalid-value"),
        ("categorical", {"a": 1}, "invalid-value"),
    ],
)
def test_a_fault_has_its_row_and_column(kind: ColumnType, cell: Any, code: str) -> None:
    with pytest.raises(InvalidRows) as refusal:
        frame_from_rows([{"a": None}, {"a": cell}], [Column("a", kind)])

    assert refusal.value.code == code
    assert [(fault.row, fault.column) for fault in refusal.value.faults] == [(1, "a")]


@pytest.mark.parametrize(
    ("cells", "code"), [(["1", None, "abc"], "invalid-value"), ([1.0, None, np.inf], "infinite-value")]
)
def test_a_table_s_faults_are_told_alike(cells: list[Any], code: str) -> None:
    with pytest.raises(InvalidRows) as refusal:
        frame_from_table(pa.table({"a": cells}), [Column("a", "numeric")])

    assert refusal.value.code == code
    assert [(fault.row, fault.column) for fault in refusal.value.faults] == [(2, "a")]


def test_faults_are_counted_out_at_twenty() -> None:
    columns = [Column("a", "numeric"), Column("b", "numeric")]
    with pytest.raises(InvalidRows) as of_rows:
        frame_from_rows([{"a": "x", "b": "y" * 1000}] * 30, columns)
    with pytest.raises(InvalidRows) as of_table:
        frame_from_table(pa.table({"a": ["x"] * 30, "b": ["y"] * 30}), columns)

    assert len(of_rows.value.faults) == len(of_table.value.faults) == MAX_FAULTS
    assert all(len(fault.detail) < 100 for fault in of_rows.value.faults)


@pytest.mark.parametrize("row", [{}, {"b": 1}])
def test_a_missing_column_is_no_missing_value(row: Mapping[str, Any]) -> None:
    columns = [Column("a", "numeric")]
    with pytest.raises(InvalidRows) as of_rows:
        frame_from_rows([{"a": 1}, row], columns)
    with pytest.raises(InvalidRows) as of_table:
        frame_from_table(pa.table({"b": [1]}), columns)

    assert of_rows.value.code == of_table.value.code == "missing-column"
    assert (of_rows.value.faults[0].row, of_rows.value.faults[0].column) == (1, "a")


def test_no_rows_are_refused() -> None:
    for refused in (lambda: frame_from_rows([], []), lambda: frame_from_table(pa.table({"a": []}), [])):
        with pytest.raises(InvalidRows) as refusal:
            refused()
        assert refusal.value.code == "no-rows"


def test_a_name_that_stands_twice_is_refused() -> None:
    table = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"])
    with pytest.raises(InvalidRows) as refusal:
        frame_from_table(table, [Column("a", "numeric")])

    assert refusal.value.code == "duplicate-column"
