from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from automl.errors import InvalidData
from automl.tables.canonical import MOMENT, canonical_table


@pytest.mark.parametrize(
    ("given", "due", "values"),
    [
        (pa.array([1, None], pa.uint8()), pa.int64(), [1, None]),
        (pa.array([2**63, 1], pa.uint64()), pa.string(), ["9223372036854775808", "1"]),
        (pa.array([Decimal("19.99"), None]), pa.float64(), [19.99, None]),
        (pa.array([Decimal(7)], pa.decimal128(38, 0)), pa.int64(), [7]),
        (pa.array([Decimal(10) ** 30], pa.decimal128(38, 0)), pa.string(), [str(10**30)]),
        (pa.array([np.float16(0.5)], pa.float16()), pa.float64(), [0.5]),
        (pa.array([1.0, float("nan"), None]), pa.float64(), [1.0, None, None]),
        (pa.array(["a", "", None], pa.large_string()), pa.string(), ["a", None, None]),
        (pa.array(["a", None], pa.string_view()), pa.string(), ["a", None]),
        (pa.array(["b", "a", "b"]).dictionary_encode(), pa.string(), ["b", "a", "b"]),
        (pa.array(["é".encode(), None]), pa.string(), ["é", None]),
        (pa.array([b"ab"], pa.binary(2)), pa.string(), ["ab"]),
        (pa.nulls(2), pa.float64(), [None, None]),
        (pa.array([True, None]), pa.bool_(), [True, None]),
        (pa.array([time(1, 0, 1)], pa.time32("s")), pa.float64(), [3601.0]),
        (pa.array([timedelta(milliseconds=1500)], pa.duration("ms")), pa.float64(), [1.5]),
        (pa.array([date(2026, 1, 31)]), MOMENT, [datetime(2026, 1, 31, tzinfo=UTC)]),
        (pa.array([10**9 + 1], pa.timestamp("ns")), MOMENT, [datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)]),
        (pa.array([0], pa.timestamp("s", "Europe/Paris")), MOMENT, [datetime(1970, 1, 1, tzinfo=UTC)]),
    ],
)
def test_every_flat_type_has_a_canonical_one(given: pa.Array, due: pa.DataType, values: list[Any]) -> None:
    table = canonical_table(pa.table({"x": given}))

    assert table.schema.types == [due]
    assert table["x"].to_pylist() == values
    assert canonical_table(table).equals(table)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (pa.array([[1]]), "nested-column"),
        (pa.array([{"a": 1}]), "nested-column"),
        (pa.array([b"\xff"]), "binary-column"),
        (pa.array([2**60], pa.timestamp("s")), "unsupported-column"),
        (pa.array([10**18], pa.timestamp("ms")), "unsupported-column"),
        (pa.array([(1, 2, 3)], pa.month_day_nano_interval()), "unsupported-column"),
    ],
)
def test_what_has_none_is_refused_by_name(given: pa.Array, code: str) -> None:
    with pytest.raises(InvalidData, match="'x'") as refusal:
        canonical_table(pa.table({"x": given}))

    assert refusal.value.code == code
