"""One column: its type, and the statistics of that type."""

import math
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from automl.profiling.columns import ColumnProfile
from automl.tables.canonical import encoded
from automl.tables.cells import Unusable, label, moment
from automl.tables.dates import read_dates
from automl.tables.images import origin
from automl.types import ColumnType, Floats, Json

Codes = NDArray[np.int32]
"""The number of each row's value in order of first appearance (n,), -1 where it is missing."""

_NUMBERS: Final = (pa.int64(), pa.float64())
_EXACT_INTEGER: Final = 2**53
"""From it on neighbouring integers are one float."""

_NUMBER: Final = r"^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$"
_WORD: Final = r"\p{Han}|\p{Hiragana}|\p{Katakana}|[^\s\p{Han}\p{Hiragana}\p{Katakana}]+"
_QUANTILES: Final = {"p05": 0.05, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95}
_QUANTILE_ROWS = _SKETCHED_ROWS = 100_000
_TEXT_SAMPLE = 10_000
_FEW_WORDS, _MANY_WORDS = 3.0, 8.0
_MOSTLY_DIFFERENT, _OFTEN_DIFFERENT, _LEAST_TEXTS = 0.3, 0.05, 20
_MOST_VALUES: Final[Mapping[ColumnType, int]] = {"numeric": 50, "categorical": 200, "boolean": 2}
_TOP_VALUES = 20
_FIRST_ROWS = 5
_GLANCE = 100


def describe(name: str, column: pa.ChunkedArray) -> tuple[ColumnProfile, Codes]:
    """The profile of a canonical column, and its rows as codes.

    Text that is a date in ISO 8601 throughout is a datetime, `true` and `false` in any case are booleans, text of
    several words that seldom repeats is text, all else is categorical. Bytes are images.
    Numbers are numeric, except integers beyond 2^53: those are identifiers, and exact only as categories.
    """
    numbered = encoded(column)
    distinct = numbered.dictionary
    codes: Codes = numbered.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    counts = np.bincount(codes + 1, minlength=len(distinct) + 1)[1:]
    kind, statistics = _by_type(distinct, counts, codes)
    statistics |= _values(kind, distinct, counts)
    return ColumnProfile(name, kind, column.null_count, len(counts), statistics), codes


def sketch(name: str, column: pa.ChunkedArray) -> ColumnProfile:
    """What a run must know of a canonical column that it only learns from, in a small part of `describe`'s time.

    Type, missing and infinite values, and whether there are two different ones, are exact. Of many numbers the rest is
    that of 100,000 evenly spaced rows, and their counts are left out.
    """
    ends = pc.min_max(column).as_py() if column.type in _NUMBERS and len(column) > _SKETCHED_ROWS else {}
    low, high = ends.get("min"), ends.get("max")
    if low is None or high is None or max(-low, high) >= (_EXACT_INTEGER if isinstance(low, int) else math.inf):
        return describe(name, column)[0]
    spaced = pa.array(np.arange(0, len(column), math.ceil(len(column) / _SKETCHED_ROWS)))
    some, _ = describe(name, column.take(spaced))
    statistics = {**some.statistics, "min": float(low), "max": float(high), "values": []}
    return ColumnProfile(name, "numeric", column.null_count, max(some.unique, 1 + (low != high)), statistics)


def _by_type(distinct: pa.Array, counts: NDArray[np.int64], codes: Codes) -> tuple[ColumnType, dict[str, Json]]:
    if pa.types.is_boolean(distinct.type):
        return "boolean", {}
    if pa.types.is_binary(distinct.type) or pa.types.is_large_binary(distinct.type):
        return "image", _pictures(distinct, counts)
    if pa.types.is_timestamp(distinct.type):
        return "datetime", _range(np.asarray(distinct.cast(pa.int64())) / 1e6)
    if pa.types.is_string(distinct.type) or pa.types.is_large_string(distinct.type):
        return _string_type(distinct, counts)
    values: Floats = distinct.cast(pa.float64(), safe=False).to_numpy()
    if pa.types.is_integer(distinct.type) and np.abs(values).max(initial=0) >= _EXACT_INTEGER:
        return "categorical", {"large_integers": True}
    return "numeric", _numeric(values, counts, codes)


def _string_type(distinct: pa.Array, counts: NDArray[np.int64]) -> tuple[ColumnType, dict[str, Json]]:
    if len(distinct) and _is_boolean(distinct):
        return "boolean", {}
    seconds = _moments(distinct)
    if seconds is not None:
        return "datetime", _range(seconds)
    text = _text(distinct, int(counts.sum()))
    if text is not None:
        return "text", text
    numeric = pc.match_substring_regex(distinct, _NUMBER).to_numpy(zero_copy_only=False)
    return "categorical", {"numeric_texts": int(counts[numeric].sum())} if numeric.any() else {}


def _pictures(distinct: pa.Array, counts: NDArray[np.int64]) -> dict[str, Json]:
    """Formats and sizes of the images as they were sent."""
    origins = [origin(image.as_py()) for image in distinct]
    formats: Counter[str] = Counter()
    for told, count in zip(origins, counts.tolist(), strict=True):
        formats[told.format] += count
    sides = {"width": [told.width for told in origins], "height": [told.height for told in origins]}
    return {
        "formats": dict(formats.most_common()),
        **{
            name: {"min": min(side), "mean": float(np.average(side, weights=counts)), "max": max(side)}
            for name, side in sides.items()
        },
    }


def _is_boolean(distinct: pa.Array) -> bool:
    few = len(distinct) <= _GLANCE
    return few and set(pc.utf8_lower(distinct).to_pylist()) <= {"true", "false"}


def _moments(distinct: pa.Array) -> Floats | None:
    """Seconds since 1970 of each text, None when one is no date. The first tell nearly always."""
    seconds: list[float] = []
    try:
        for part in (distinct[:_GLANCE], distinct[_GLANCE:]):
            quickly = read_dates(part)
            seconds += [moment(text) for text in part.to_pylist()] if quickly is None else quickly.tolist()
    except Unusable:
        return None
    found = np.array(seconds)
    return found if len(found) and not np.isnan(found).any() else None


def _text(distinct: pa.Array, present: int) -> dict[str, Json] | None:
    """Statistics of free text, None when the column is not that."""
    if len(distinct) < _LEAST_TEXTS:
        return None
    sample = distinct.take(np.linspace(0, len(distinct) - 1, min(len(distinct), _TEXT_SAMPLE)).astype(np.int64))
    words = float(pc.mean(pc.count_substring_regex(sample, _WORD)).as_py())
    different = len(distinct) / present
    if not (
        (words >= _FEW_WORDS and different >= _MOSTLY_DIFFERENT)
        or (words >= _MANY_WORDS and different >= _OFTEN_DIFFERENT)
    ):
        return None
    lengths = pc.utf8_length(sample)
    return {
        "mean_words": words,
        "mean_length": float(pc.mean(lengths).as_py()),
        "max_length": int(pc.max(pc.utf8_length(distinct)).as_py()),
    }


def _numeric(distinct: Floats, counts: NDArray[np.int64], codes: Codes) -> dict[str, Json]:
    finite = np.isfinite(distinct)
    infinite = np.flatnonzero(~finite)
    rows = np.flatnonzero(np.isin(codes, infinite))[:_FIRST_ROWS] if len(infinite) else infinite
    values, weights = distinct[finite], counts[finite]
    statistics: dict[str, Json] = {
        "integer": bool(len(values) and (values == np.floor(values)).all()),
        "infinite": int(counts[infinite].sum()),
        "infinite_rows": rows.tolist(),
    }
    if not len(values):
        return statistics | dict.fromkeys(("min", "max", "mean", "std", "quantiles"))
    with np.errstate(over="ignore", invalid="ignore"):
        mean = np.average(values, weights=weights)
        std = np.sqrt(np.average((values - mean) ** 2, weights=weights))
    return statistics | {
        "min": float(values.min()),
        "max": float(values.max()),
        "mean": _finite(mean),
        "std": _finite(std),
        "quantiles": _quantiles(distinct, codes),
    }


def _quantiles(distinct: Floats, codes: Codes) -> dict[str, Json]:
    """From at most 100,000 evenly spaced rows; each is a value that occurs."""
    spaced = codes[:: math.ceil(len(codes) / _QUANTILE_ROWS)]
    sample = distinct[spaced[spaced >= 0]]
    sample = sample[np.isfinite(sample)]
    if not len(sample):
        return dict.fromkeys(_QUANTILES)
    places = np.ceil(len(sample) * np.array(list(_QUANTILES.values()))).astype(np.int64) - 1
    return dict(zip(_QUANTILES, np.partition(sample, places)[places].tolist(), strict=True))


def _range(seconds: Floats) -> dict[str, Json]:
    if not len(seconds):
        return {"min": None, "max": None}
    first, last = (datetime.fromtimestamp(float(end), UTC) for end in (seconds.min(), seconds.max()))
    return {"min": first.isoformat(), "max": last.isoformat()}


def _values(kind: ColumnType, distinct: pa.Array, counts: NDArray[np.int64]) -> dict[str, Json]:
    if kind not in _MOST_VALUES:
        return {}
    if len(counts) > _MOST_VALUES[kind]:
        if kind == "numeric":
            return {"values": []}
        top = np.argsort(-counts, kind="stable")[:_TOP_VALUES]
    else:
        top = np.argsort(-counts, kind="stable")
    texts = [_shown(cell) for cell in distinct.take(pa.array(top)).to_pylist()]
    return {"values": [{"value": text, "count": int(counts[i])} for text, i in zip(texts, top, strict=True)]}


def _shown(cell: Any) -> str:  # noqa: ANN401 - whatever Arrow holds
    """Text of a value; an infinite one, which no model takes, is shown as well."""
    return str(cell) if isinstance(cell, float) and math.isinf(cell) else label(cell) or ""


def _finite(value: np.float64) -> float | None:
    return float(value) if np.isfinite(value) else None
