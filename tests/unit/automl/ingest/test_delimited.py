import csv
import io
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from automl.errors import AutomlError, InvalidData
from automl.ingest import Limits, read_table
from automl.tables.cells import MISSING_WORDS

CSV = "text/csv"
_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
_in_tmp_path = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def _read(tmp_path: Path, content: bytes | str, media_type: str = CSV, **limits: Any) -> pa.Table:
    source = tmp_path / "data"
    source.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_table(source, media_type, Limits(**limits))


def _refusal(tmp_path: Path, content: bytes | str, **limits: Any) -> InvalidData:
    with pytest.raises(InvalidData) as refusal:
        _read(tmp_path, content, **limits)
    return refusal.value


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("a,b\n1,x\n2,y\n", [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]),
        ("a,b\r\n1,x\r\n", [{"a": 1, "b": "x"}]),
        ("a,b\r1,x\r2,y", [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]),
        ("\ufeffa,b\n1,x\n", [{"a": 1, "b": "x"}]),
        ("\n\na,b\n\n1,x\n\n", [{"a": 1, "b": "x"}]),
        (" a , b\n1, 2\n2, ?\n", [{"a": 1, "b": 2}, {"a": 2, "b": None}]),
        ('a,b\n1,"x\ny, ""z"""\n', [{"a": 1, "b": 'x\ny, "z"'}]),
        ('a,b\n1,5" pipe\n', [{"a": 1, "b": '5" pipe'}]),
        ("a,b\n1,\n", [{"a": 1, "b": None}]),
    ],
)
def test_what_is_csv(tmp_path: Path, content: str, rows: list[dict[str, Any]]) -> None:
    assert _read(tmp_path, content).to_pylist() == rows


def test_tabs_separate_by_their_own_type(tmp_path: Path) -> None:
    table = _read(tmp_path, "a\tb\n1,5\tx\n", "text/tab-separated-values")

    assert table.to_pylist() == [{"a": "1,5", "b": "x"}]


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1", "-2", ""], [1, -2, None]),
        (["1", "2.5", "+3e2"], [1.0, 2.5, 300.0]),
        (["007", "12"], ["007", "12"]),
        (["00.5", "1"], ["00.5", "1"]),
        (["0x10", "1"], ["0x10", "1"]),
        (["0", "0.5"], [0.0, 0.5]),
        (["9007199254740993", "1"], [9007199254740993, 1]),
        (["9223372036854775808", "1"], ["9223372036854775808", "1"]),
        (["9007199254740993", "1.5"], ["9007199254740993", "1.5"]),
        (["1", "two"], ["1", "two"]),
        (["1", "true"], ["1", "true"]),
        (["inf", "-Infinity", "1e999", "1"], [float("inf"), float("-inf"), float("inf"), 1.0]),
        (["2026-01-31", "2026-02-01"], ["2026-01-31", "2026-02-01"]),
        ([*sorted(MISSING_WORDS), "1"], [None] * len(MISSING_WORDS) + [1]),
        (['"NA"', "x"], [None, "x"]),
        (["NA", "NA"], [None, None]),
    ],
)
def test_numbers_only_where_nothing_is_lost(tmp_path: Path, cells: list[str], values: list[Any]) -> None:
    table = _read(tmp_path, "x,y\n" + "".join(f"{cell},1\n" for cell in cells))

    assert table["x"].to_pylist() == values


def test_a_late_text_turns_the_whole_column_to_text(tmp_path: Path) -> None:
    table = _read(tmp_path, "x,y\n" + "17,1\n" * 400_000 + "oops,1\n")

    assert table["x"].to_pylist() == ["17"] * 400_000 + ["oops"]
    assert table["y"].type == pa.int64()


def test_a_row_may_be_longer_than_a_block(tmp_path: Path) -> None:
    essay = "word " * 600_000

    assert _read(tmp_path, f"x,y\n{essay},1\n")["x"].to_pylist() == [essay]


def test_names_may_be_anything_that_is_unique(tmp_path: Path) -> None:
    header = '"a""b",{c},<script>alert(1)</script>,"e\nf",[g],日本\n'

    table = _read(tmp_path, header + "1,2,3,4,5,6\n")

    assert table.column_names == ['a"b', "{c}", "<script>alert(1)</script>", "e\nf", "[g]", "日本"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "empty-dataset"),
        ("\ufeff\n \n", "empty-dataset"),
        ("a,b", "no-rows"),
        ("a,b\n", "no-rows"),
        ("a,b\n\n\n", "no-rows"),
        ("<!DOCTYPE html>\n<html></html>\n", "not-csv"),
        ("<html><body>502, Bad Gateway</body></html>\n", "not-csv"),
        ("<p>502 Bad Gateway</p>\n<p>sorry</p>\n", "not-csv"),
        ('{"a": 1, "b": 2}\n', "not-csv"),
        ('{\n  "rows": [\n', "not-csv"),
        ('[{"a": 1}]', "not-csv"),
        ("[1,2,3]\n[4,5,6]\n", "not-csv"),
        ("a;b;c\n1;2;3\n", "not-csv"),
        ("a\tb\n1\t2\n", "not-csv"),
        ("a,a\n1,2\n", "duplicate-column"),
        ("a, a\n1,2\n", "duplicate-column"),
        ("a,,c\n1,2,3\n", "empty-column-name"),
        (",a\n0,1\n", "empty-column-name"),
        (",".join(f"c{i}" for i in range(20_000)) + "\n", "too-many-columns"),
    ],
)
def test_what_is_no_table(tmp_path: Path, content: str, code: str) -> None:
    assert _refusal(tmp_path, content).code == code


@pytest.mark.parametrize(
    ("content", "code", "lines"),
    [
        ("a,b\n1,2\n1,2,3\n1,2\n1\n", "ragged-row", [3, 5]),
        ('a,b\n"x\ny",2\n1\n', "ragged-row", [4]),
        ("a,b\n" + "1,2,3\n" * 30, "ragged-row", list(range(2, 22))),
        ('a,b\n1,2\n3,"x\n4,5\n', "unclosed-quote", [3]),
        ('a,b\n"x,3\n4,5\n', "unclosed-quote", [2]),
        ('a,b\n1,"x"y"z\n', "stray-quote", [2]),
        ("a,b\n1,2\n3,é\n".encode("latin-1"), "not-utf8", [3]),
        (b"a,b\n1,2\n3,\xc3", "not-utf8", [3]),
        ("a,b\n1,2\n".encode("utf-16"), "not-utf8", [1]),
        ("a,b\n1,2\n".encode("utf-16-be"), "not-utf8", [1]),
        (b"a,b\n1,\0\n", "nul-byte", [2]),
        (b"\0" * 1000, "nul-byte", [1]),
    ],
)
def test_what_is_broken_is_told_with_its_line(
    tmp_path: Path, content: bytes | str, code: str, lines: list[int]
) -> None:
    refusal = _refusal(tmp_path, content)

    assert refusal.code == code
    assert [fault.line for fault in refusal.faults] == lines


def test_a_byte_that_is_not_utf8_is_found_where_chunks_meet(tmp_path: Path) -> None:
    start = "a,b\n" + "1,2\n" * (2**20 // 4 - 1)
    cut = start[:-2].encode() + "é".encode()[:1]  # the first byte of two ends the first chunk read

    refusal = _refusal(tmp_path, cut + b"x" * 100)

    assert refusal.code == "not-utf8"
    assert refusal.faults[0].line == 2**20 // 4


@pytest.mark.parametrize("limits", [{"max_rows": 2}, {"max_cells": 5}, {"max_bytes": 10}])
def test_too_much_is_too_large(tmp_path: Path, limits: dict[str, int]) -> None:
    assert _refusal(tmp_path, "a,b\n1,2\n3,4\n5,6\n", **limits).code == "too-large"


@_in_tmp_path
@given(st.lists(st.tuples(_TEXT, _TEXT), min_size=1))
def test_any_text_that_a_csv_writer_quotes_comes_back(tmp_path: Path, rows: list[tuple[str, str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([("left", "right"), ("text", "text"), *rows])

    table = _read(tmp_path, text.getvalue())

    due = [tuple(None if cell in MISSING_WORDS else cell for cell in row) for row in rows]
    assert list(zip(table["left"].to_pylist(), table["right"].to_pylist(), strict=True))[1:] == due


@_in_tmp_path
@given(st.binary() | _TEXT.map(str.encode) | st.text('a,"\n\r1').map(str.encode))
def test_any_bytes_are_a_table_or_a_clear_refusal(tmp_path: Path, content: bytes) -> None:
    with suppress(AutomlError):
        table = _read(tmp_path, content)
        assert table.num_rows > 0
        assert len(set(table.column_names)) == table.num_columns > 0
