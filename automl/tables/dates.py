"""Dates in text, many at once where all are written plainly."""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from automl.types import Floats

_PLAIN: Final = r"^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?Z?)?$"
_FIRST, _LAST = "0001-01-01", "9999-12-31"


def read_dates(texts: pa.Array) -> Floats | None:
    """Seconds since 1970 UTC (n,), as `cells.moment` reads them; None where one is no date, or is written otherwise."""
    plain = pc.match_substring_regex(texts, _PLAIN)
    within = pc.and_(pc.greater_equal(texts, _FIRST), pc.less(texts, f"{_LAST}a"))
    if not pc.all(pc.and_(plain, within), skip_nulls=False).as_py():
        return None
    try:
        moments = pc.utf8_rtrim(texts, "Z").cast(pa.timestamp("us"))
    except pa.ArrowInvalid:  # no such day or hour
        return None
    seconds: Floats = np.asarray(moments.cast(pa.int64())) / 1e6
    return seconds
