"""Any flat Arrow table to the types that the engine knows: string, int64, double, bool, timestamp[us, UTC], binary.

What is binary holds images.
"""

from collections.abc import Iterator
from functools import reduce
from itertools import islice
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from automl.errors import Fault, InvalidData
from automl.tables.images import SIGNATURES, BrokenImage, normal_images
from automl.tables.imagestructs import image_bytes, is_image_struct

MOMENT: Final = pa.timestamp("us", tz="UTC")
_TYPES: Final = (pa.string(), pa.int64(), pa.float64(), pa.bool_(), MOMENT)
_FIRST, _LAST = -62_135_596_800_000_000, 253_402_300_799_999_999
"""The years 1 to 9999, as Python's calendar has them, in microseconds since 1970."""
_MOST_STRING_BYTES: Final = 2**31 - 1
_MOST_FAULTS: Final = 20
_CHUNK: Final = 100_000
"""Images, of which so many have no more bytes than an array can hold."""
_UNITS_PER_SECOND: Final = {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}


def canonical_table(table: pa.Table) -> pa.Table:
    """The same values under canonical types.

    Unsigned and decimal integers stay exact: one beyond int64 makes its column text. Other decimals become doubles;
    times of day and durations become seconds; a timestamp without a zone is taken as UTC; NaN and empty text become
    null. Bytes are images, in the form of `tables.images`, unless they are text throughout; `tables.imagestructs` are
    their bytes.

    Raises:
        InvalidData: `nested-column`, `binary-column`, `images-elsewhere` or `unsupported-column`, with the columns;
            `broken-image`, with the first rows.
    """
    columns = [_canonical(name, column) for name, column in zip(table.column_names, table.columns, strict=True)]
    return pa.table(columns, names=table.column_names)


def encoded(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """The column with its distinct values numbered by first appearance; a missing one stays null."""
    if column.nbytes > _MOST_STRING_BYTES and (pa.types.is_string(column.type) or pa.types.is_binary(column.type)):
        column = column.cast(pa.large_string() if pa.types.is_string(column.type) else pa.large_binary())
    return column.combine_chunks().dictionary_encode()  # chunk by chunk would write the dictionary anew for each


def _canonical(name: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if is_image_struct(column.type):
        column = image_bytes(name, column)
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
        if _has_images(column):
            return _images(name, column)
        raise InvalidData(
            "binary-column",
            f"Column {name!r} holds bytes that are neither UTF-8 text nor PNG, JPEG, WebP or GIF images: drop it or "
            "store it as one of these or as numbers.",
        ) from None


def _has_images(column: pa.ChunkedArray) -> bool:
    begins = (pc.starts_with(column, pattern=signature) for signature in SIGNATURES)
    return bool(pc.any(reduce(pc.or_, begins)).as_py())


def _images(name: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    found = list(normal_images(cell.as_py() or None for cell in column))
    faults = list(islice(_faults(name, found), _MOST_FAULTS))
    if faults:
        first = faults[0]
        raise InvalidData("broken-image", f"Row {first.row}, column {name!r}: the image {first.detail}.", faults)
    return pa.chunked_array([found[at : at + _CHUNK] for at in range(0, len(found), _CHUNK)], pa.binary())


def _faults(name: str, found: list[bytes | BrokenImage | None]) -> Iterator[Fault]:
    for row, image in enumerate(found):
        if isinstance(image, BrokenImage):
            yield Fault(str(image), row=row, column=name)


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
