"""Columns of text become numbers where that loses nothing."""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from automl.tables.cells import MISSING_WORDS

_CODE: Final = r"^[+-]?0[0-9xX]"
"""Leading zeros and hexadecimal: codes, not numbers."""
_LONG_INTEGER: Final = r"^[+-]?[0-9]{16,}$"
_EXACT = 2**53  # itself the rounded form of the next integer
_GLANCE = 100


def typed(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The text column as int64 or double if all of it is numbers, else as it is.

    It stays text when a number has leading zeros (`007`), or when a double would change an integer beyond 2^53. Blanks
    around numbers are fine. Numbers too large for a double, and `inf`, are kept as infinite.
    """
    if column.null_count == len(column):
        return pa.chunked_array([pa.nulls(len(column), pa.float64())])
    numbers = _numbers(column)
    if numbers is None and _is_padded(column):
        numbers = _numbers(_trimmed(column))
    return column if numbers is None else numbers


def _numbers(text: pa.ChunkedArray) -> pa.ChunkedArray | None:
    for kind in (pa.int64(), pa.float64()):
        try:
            numbers = text.cast(kind)
        except pa.ArrowInvalid:
            continue
        return numbers if _is_faithful(text, numbers) else None
    return None


def _is_faithful(text: pa.ChunkedArray, numbers: pa.ChunkedArray) -> bool:
    if _any_match(text, _CODE):
        return False
    if pa.types.is_integer(numbers.type):
        return True
    large = np.abs(pc.drop_null(numbers).to_numpy()).max(initial=0) >= _EXACT
    return not (large and _any_match(text, _LONG_INTEGER))


def _is_padded(column: pa.ChunkedArray) -> bool:
    first = pc.drop_null(column.slice(0, _GLANCE))
    return not first.equals(pc.utf8_trim_whitespace(first))


def _trimmed(column: pa.ChunkedArray) -> pa.ChunkedArray:
    trimmed = pc.utf8_trim_whitespace(column)
    missing = pc.is_in(trimmed, pa.array(sorted(MISSING_WORDS)))
    return pc.if_else(missing, pa.scalar(None, pa.string()), trimmed)


def _any_match(text: pa.ChunkedArray, pattern: str) -> bool:
    return bool(pc.any(pc.match_substring_regex(text, pattern)).as_py())
