"""Any flat Arrow table to the five types that the engine knows: string, int64, double, bool, timestamp[us, UTC]."""

from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from automl.errors import InvalidData

MOMENT: Final = pa.timestamp("us", tz="UTC")
_TYPES: Final = (pa.string(), pa.int64(), pa.float64(), pa.bool_(), MOMENT)
_FIRST, _LAST = -62_135_596_800_000_000, 253_402_300_799_999_999
"""The years 1 to 9999, as Python's calendar has them, in microseconds since 1970."""
_MOST_STRING_BYTES: Final = 2**31 - 1
_UNITS_PER_SECOND: Final = {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}


def canonical_table(table: pa.Table) -> pa.Table:
    """The same values under canonical types.

    Unsigned and decimal integers stay exact: one beyond int64 makes its column text. Other decimals become doubles;
    times of day and durations become seconds; a timestamp without a zone is taken as UTC; NaN and empty text become
    null.

    Raises:
        InvalidData: `nested-column`, `binary-column` or `unsupported-column`, with the columns.
    """
    columns = [_canonical(name, column) for name, column in zip(table.column_names, table.columns, strict=True)]
    return pa.table(columns, names=table.column_names)


def encoded(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """The column with its distinct values numbered by first appearance; a missing one stays null."""
    if pa.types.is_string(column.type) and column.nbytes > _MOST_STRING_BYTES:
        column = column.cast(pa.large_string())
    return column.combine_chunks().dictionary_encode()  # chunk by chunk would write the dictionary anew for each


def _canonical(name: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_nested(column.type):
        raise InvalidData(
            "nested-column",
            f"Column {name!r} holds {column.type}, not single values: flatten it into columns of its own.",
        )
    try:
        column = column if column.type in _TYPES else _converted(name, column)
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        raise InvalidData(
            "unsupported-column",
            f"Column {name!r} of type {column.type} has values that Winnow cannot read: convert it to text or numbers.",
        ) from None
    if column.type == MOMENT and not _in_calendar(column):
        raise InvalidData("unsupported-column", f"Column {name!r} has dates outside the years 1 to 9999: correct them.")
    return _without_blanks(column)


def _in_calendar(column: pa.ChunkedArray) -> bool:
    extremes = pc.min_max(column.cast(pa.int64())).as_py()
    return extremes["min"] is None or _FIRST <= extremes["min"] <= extremes["max"] <= _LAST


def _converted(name: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_decimal(kind):
        return _exact(column)
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return _moments(column)
    if pa.types.is_time(kind) or pa.types.is_duration(kind):
        return _seconds(column)
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return column.cast(pa.string())
    if pa.types.is_floating(kind) or pa.types.is_null(kind):
        return column.cast(pa.float64())
    return _decoded(name, column.cast(pa.binary()))


def _seconds(column: pa.ChunkedArray) -> pa.ChunkedArray:
    counts = column.cast(pa.int32()) if pa.types.is_time32(column.type) else column
    return pc.divide(counts.cast(pa.int64()).cast(pa.float64(), safe=False), _UNITS_PER_SECOND[column.type.unit])


def _exact(column: pa.ChunkedArray) -> pa.ChunkedArray:
    try:
        return column.cast(pa.int64())
    except pa.ArrowInvalid:
        text = column.cast(pa.string())
        fractional = pa.types.is_decimal(column.type) and column.type.scale > 0
        return text.cast(pa.float64()) if fractional else text  # Arrow's own cast makes 19.99 19.990000000000002


def _moments(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    rounds = pa.types.is_timestamp(kind) and kind.unit == "ns"
    zone = kind.tz if pa.types.is_timestamp(kind) else None
    return column.cast(pa.timestamp("us", tz=zone), safe=not rounds).cast(MOMENT)


def _decoded(name: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    try:
        return column.cast(pa.string())
    except pa.ArrowInvalid:
        raise InvalidData(
            "binary-column",
            f"Column {name!r} holds bytes that are not UTF-8 text: drop it or store it as text or numbers.",
        ) from None


def _without_blanks(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if column.type == pa.float64():
        blank = pc.is_nan(column)
    elif column.type == pa.string():
        blank = pc.equal(pc.binary_length(column), 0)
    else:
        return column
    if not pc.any(blank).as_py():
        return column
    return pc.if_else(blank, pa.scalar(None, column.type), column)
