import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from automl.errors import InvalidData
from automl.ingest import Limits, read_table

_KEYS = st.sampled_from(["a", "b", "c"])
_in_tmp_path = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def _read(tmp_path: Path, content: str, **limits: Any) -> pa.Table:
    source = tmp_path / "data"
    source.write_bytes(content.encode())
    return read_table(source, "application/x-ndjson", Limits(**limits))


def test_keys_may_differ_by_line_and_blank_lines_are_skipped(tmp_path: Path) -> None:
    table = _read(tmp_path, '\ufeff{"a": 1, "b": "x"}\r\n\n{"b": "y", "c": 1.5}\n{"a": null}')

    assert table.to_pylist() == [
        {"a": 1, "b": "x", "c": None},
        {"a": None, "b": "y", "c": 1.5},
        {"a": None, "b": None, "c": None},
    ]


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1", "2"], [1, 2]),
        (["1", "2.5"], [1.0, 2.5]),
        (["true", "null"], [True, None]),
        (["null", "null"], [None, None]),
        (["9007199254740993", "1"], [9007199254740993, 1]),
        (["9007199254740993", "1.5"], ["9007199254740993", "1.5"]),
        (["99999999999999999999", "1"], ["99999999999999999999", "1"]),
        (["1", '"x"', "true", "2.0"], ["1", "x", "true", "2"]),
        (['"\\ud83d\\ude00"', '"2026-01-31"'], ["😀", "2026-01-31"]),
        (['"007"', '""'], ["007", None]),
    ],
)
@pytest.mark.parametrize("gap", [0, 10_000])
def test_types_hold_for_the_whole_column(tmp_path: Path, cells: list[str], values: list[Any], gap: int) -> None:
    lines = [f'{{"x": {cell}}}\n' for cell in cells]

    table = _read(tmp_path, ('{"x": null}\n' * gap).join(lines))

    found = table["x"].to_pylist()
    assert found[:: gap + 1] == values
    assert [type(value) for value in found[:: gap + 1]] == [type(value) for value in values]


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        ('{"a": 1}\n{"a":\n', "not-ndjson", 2),
        ("[1]\n", "not-ndjson", 1),
        ("<html>\n", "not-ndjson", 1),
        ('{\n  "a": 1\n}\n', "not-ndjson", 1),
        ('{"a": 1}\n{"a": NaN}\n', "not-ndjson", 2),
        ('{"a": -Infinity}\n', "not-ndjson", 1),
        ('{"a": 1.0}\n{"a": 1e999}\n', "not-ndjson", 2),
        ('{"a": "x"}\n{"a": -1e999}\n', "not-ndjson", 2),
        ('{"a": "\\ud800"}\n', "not-ndjson", 1),
        ('{"\\uDC00": 1}\n', "not-ndjson", 1),
        ('{"a": 1}\n\n{"a": 1, "a": 2}\n', "duplicate-key", 3),
        ('{"a": 1}\n{"a": {"b": 1}}\n', "nested-value", 2),
        ('{"a": []}\n', "nested-value", 1),
        ('{"a": ' + "[" * 100_000, "nested-value", 1),
        ('{"a": ' + "9" * 5000 + "}\n", "not-ndjson", 1),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, content: str, code: str, line: int) -> None:
    with pytest.raises(InvalidData) as refusal:
        _read(tmp_path, content)

    assert refusal.value.code == code
    assert [fault.line for fault in refusal.value.faults] == [line]


@pytest.mark.parametrize(
    ("content", "limits", "code"),
    [
        ("", {}, "empty-dataset"),
        ("\n \n", {}, "empty-dataset"),
        (" " * 3000, {}, "no-rows"),
        ("{}\n", {}, "no-columns"),
        ('{"": 1}\n', {}, "empty-column-name"),
        ('{"a": 1}\n{"b": 1}\n', {"max_columns": 1}, "too-many-columns"),
        ('{"a": 1}\n{"a": 1}\n', {"max_rows": 1}, "too-large"),
        ('{"a": 1, "b": 1}\n', {"max_cells": 1}, "too-large"),
    ],
)
def test_the_shape_is_checked(tmp_path: Path, content: str, limits: dict[str, int], code: str) -> None:
    with pytest.raises(InvalidData) as refusal:
        _read(tmp_path, content, **limits)

    assert refusal.value.code == code


@_in_tmp_path
@given(st.lists(st.dictionaries(_KEYS, st.none() | st.integers(-(2**63), 2**63 - 1), min_size=1), min_size=1))
def test_integers_come_back_exactly(tmp_path: Path, rows: list[dict[str, int | None]]) -> None:
    table = _read(tmp_path, "\n".join(map(json.dumps, rows)))

    names = list(dict.fromkeys(name for row in rows for name in row))
    assert table.to_pylist() == [{name: row.get(name) for name in names} for row in rows]
