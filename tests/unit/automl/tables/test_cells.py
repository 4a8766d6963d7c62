import math
from datetime import UTC, datetime
from typing import Any

import pytest

from automl.tables.cells import MISSING_WORDS, Infinite, Unusable, flag, label, moment, number


@pytest.mark.parametrize(
    ("cell", "value"),
    [(1, 1.0), (-2.5, -2.5), (True, 1.0), ("3", 3.0), (" +1.5e3 ", 1500.0), (".5", 0.5), ("7.", 7.0), (2**80, 2.0**80)],
)
def test_numbers_come_in_many_forms(cell: Any, value: float) -> None:
    assert number(cell) == value


@pytest.mark.parametrize("cell", [None, math.nan, *sorted(MISSING_WORDS)])
def test_missing_is_nan_in_every_numeric_type(cell: Any) -> None:
    assert math.isnan(number(cell))
    assert math.isnan(flag(cell))
    if not isinstance(cell, float):
        assert math.isnan(moment(cell))


@pytest.mark.parametrize("cell", [math.inf, -math.inf, 10**400, "inf", "-Infinity", "1e999"])
def test_infinity_is_told_apart(cell: Any) -> None:
    with pytest.raises(Infinite):
        number(cell)


@pytest.mark.parametrize("cell", ["abc", "1_000", "0x10", "\u0661", "1,5", [1], {"a": 1}, "1 2"])
def test_what_is_no_number_is_refused(cell: Any) -> None:
    with pytest.raises(Unusable):
        number(cell)


@pytest.mark.parametrize(
    ("cell", "value"), [(True, 1.0), ("TRUE", 1.0), ("False", 0.0), (0, 0.0), (1.0, 1.0), ("1", 1.0)]
)
def test_flags(cell: Any, value: float) -> None:
    assert flag(cell) == value


@pytest.mark.parametrize("cell", ["yes", 2, -1, 0.5, []])
def test_what_is_no_flag_is_refused(cell: Any) -> None:
    with pytest.raises(Unusable):
        flag(cell)


@pytest.mark.parametrize(
    "cell",
    [
        "2026-01-31T12:00:00Z",
        "2026-01-31 12:00",
        "2026-01-31T14:00:00.000+02:00",
        datetime(2026, 1, 31, 12, tzinfo=UTC),
    ],
)
def test_moments_of_one_time_are_equal(cell: Any) -> None:
    assert moment(cell) == datetime(2026, 1, 31, 12, tzinfo=UTC).timestamp()


@pytest.mark.parametrize("cell", ["31.01.2026", "2026-02-30", "20260131", "soon", 5, True])
def test_what_is_no_moment_is_refused(cell: Any) -> None:
    with pytest.raises(Unusable):
        moment(cell)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("a", "a"),
        (" a", " a"),
        ("", None),
        (None, None),
        (math.nan, None),
        (True, "true"),
        (1, "1"),
        (1.0, "1"),
        (-0.0, "0"),
        (0.1, "0.1"),
        (2**53 + 1, "9007199254740993"),
        (1e300, "1e+300"),
        ("1.0", "1.0"),
    ],
)
def test_labels(cell: Any, text: str | None) -> None:
    assert label(cell) == text


@pytest.mark.parametrize("cell", [[1], {}, math.inf])
def test_what_is_no_label_is_refused(cell: Any) -> None:
    with pytest.raises(Unusable):
        label(cell)
