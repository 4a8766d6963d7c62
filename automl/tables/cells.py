"""One cell, from whatever a file or a request holds to its canonical form.

Training and prediction both come through here, so that 1, 1.0 and true mean the same in CSV, JSON and Parquet. Every
function raises `Unusable` with what is wrong (`Infinite` for an infinite number), and takes None for a missing cell.
"""

import math
import numbers
import re
import sys
from base64 import b64decode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from automl.tables.images import MOST_BYTES, BrokenImage, area, normal_image
from automl.types import ColumnType, Json

MISSING_WORDS: Final = frozenset(
    ["", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NULL", "null", "None", "?"],
)
"""Text that means "no value": in any CSV field, quoted or not, and in text where a number, flag or date is due."""

_LARGEST = sys.float_info.max
_EXACT = 2**53
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_INFINITY = re.compile(r"[+-]?inf(?:inity)?", re.IGNORECASE)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?", re.ASCII)
_FLAGS: Final[Mapping[str, float]] = {"true": 1.0, "false": 0.0, "1": 1.0, "0": 0.0}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_SECOND, _END_SECOND = -62_135_596_800.0, 253_402_300_800.0
_DATE_DUE = "is not a date: send ISO 8601 text such as 2026-01-31 or 2026-01-31T12:00:00Z"


class Unusable(ValueError):
    """The cell cannot be what its column is; the message continues a sentence that begins with the cell."""


class Infinite(Unusable):
    """A number that is infinite or too large for a float."""


def number(cell: Json) -> float:
    """A finite float, NaN for a missing cell. Takes numbers, booleans (1 and 0) and numbers as text."""
    kind = type(cell)
    if (kind is float or kind is int) and -_LARGEST <= cell <= _LARGEST:
        return float(cell)
    if cell is None:
        return math.nan
    return _number_of_text(cell.strip()) if isinstance(cell, str) else _unusual_number(cell)


def flag(cell: Json) -> float:
    """1.0 or 0.0, NaN for a missing cell. Takes booleans, 1 and 0, and `true` and `false` in any case."""
    if isinstance(cell, str):
        text = cell.strip()
        value = math.nan if text in MISSING_WORDS else _FLAGS.get(text.lower())
        if value is None:
            raise Unusable("is neither true nor false")
        return value
    value = number(cell)
    if value in (0.0, 1.0) or math.isnan(value):
        return value
    raise Unusable("is neither true nor false")


def moment(cell: Json) -> float:
    """Seconds since 1970 UTC, NaN for a missing cell. Takes ISO 8601 text and datetimes; without a zone it is UTC."""
    if cell is None or (isinstance(cell, str) and cell.strip() in MISSING_WORDS):
        return math.nan
    at = _moment_of_text(cell.strip()) if isinstance(cell, str) else cell
    if not isinstance(at, datetime):
        raise Unusable(_DATE_DUE)
    since = (at if at.tzinfo else at.replace(tzinfo=UTC)) - _EPOCH
    microseconds = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    seconds = float(microseconds) / 1e6
    if not _FIRST_SECOND <= seconds < _END_SECOND:
        raise Unusable("is outside the years 1 to 9999 in UTC")
    return seconds


def label(cell: Json) -> str | None:
    """Text, None for a missing cell. Text stays as it is; 1 and 1.0 are both `1`, a boolean is `true` or `false`."""
    if isinstance(cell, str):
        return cell or None
    if cell is None:
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, numbers.Real):
        return _text_of_number(cell)
    if isinstance(cell, datetime):
        return cell.isoformat()
    raise Unusable("is not a single value")


def image(cell: Json | bytes) -> bytes | None:
    """An image in the form of `tables.images`, None for a missing cell. Takes a file's bytes, or them in base 64."""
    if not cell and isinstance(cell, str | bytes | None):
        return None
    if not isinstance(cell, str | bytes):
        raise Unusable("is no image: send the bytes of its file in base 64")
    try:
        return normal_image(cell if isinstance(cell, bytes) else _bytes_of_text(cell))
    except BrokenImage as error:
        raise Unusable(str(error)) from None


def image_area(cell: Json) -> int:
    """How many pixels an image in base 64 says that it has; 0 for whatever `image` refuses or takes as missing."""
    try:
        return area(_bytes_of_text(cell)) if cell and isinstance(cell, str) else 0
    except Unusable:
        return 0


CONVERT: Final[Mapping[ColumnType, Callable[[Json], float | str | bytes | None]]] = {
    "numeric": number,
    "boolean": flag,
    "datetime": moment,
    "categorical": label,
    "text": label,
    "image": image,
}
"""How a cell of each column type becomes canonical."""


def _bytes_of_text(text: str) -> bytes:
    if len(text) > 2 * MOST_BYTES:
        raise Unusable(f"has more than the {MOST_BYTES >> 20} MiB allowed: make it smaller")
    try:
        return b64decode("".join(text.split()), validate=True)  # programs break its lines
    except ValueError:
        raise Unusable("is not base 64, in which the bytes of an image's file are due") from None


def _moment_of_text(text: str) -> datetime:
    try:
        if _MOMENT.fullmatch(text):
            return datetime.fromisoformat(text)
    except ValueError:  # no such day or zone
        pass
    raise Unusable(_DATE_DUE)


def _number_of_text(text: str) -> float:
    if text in MISSING_WORDS:
        return math.nan
    if _INFINITY.fullmatch(text):
        raise Infinite("is infinite")
    if _NUMBER.fullmatch(text) is None:
        raise Unusable("is not a number")
    return _finite(float(text))


def _unusual_number(cell: Json) -> float:
    if not isinstance(cell, numbers.Real):
        raise Unusable("is not a number")
    try:
        return _finite(float(cell))
    except OverflowError:
        raise Infinite("is too large for a number") from None


def _text_of_number(value: numbers.Real) -> str | None:
    if isinstance(value, numbers.Integral):
        return str(int(value))
    as_float = _finite(float(value))
    if math.isnan(as_float):
        return None
    return str(int(as_float)) if as_float.is_integer() and abs(as_float) <= _EXACT else repr(as_float)


def _finite(value: float) -> float:
    if math.isinf(value):
        raise Infinite("is infinite")
    return value
