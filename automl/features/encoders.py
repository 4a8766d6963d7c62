"""How a column of each type becomes numbers. Missing is NaN throughout.

Numbers and booleans pass as they are. A category becomes its rank by frequency. A datetime becomes seconds since 1970
and those of its parts that vary. A text becomes a few counts, and terms beside the matrix; an image what
`features.images` sees in it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from automl.features.images import Images
from automl.features.texts import Texts
from automl.types import ColumnType, Floats, Json

_MOST_CATEGORIES = 1000
_NAN = float("nan")
_DAY = 86_400
_FEW_DATES = 50
_EPOCH = date(1970, 1, 1)


class Encoder(Protocol):
    """What every column type knows how to do."""

    @property
    def parts(self) -> tuple[str, ...]:
        """The endings of its features' names."""

    @classmethod
    def fit(cls, values: NDArray[Any]) -> Self:
        """Learn from the training rows of one column."""

    def write(self, values: NDArray[Any], out: Floats) -> None:
        """Fill `out`, (n, len(parts))."""

    def to_json(self) -> dict[str, Json]:
        """What `fit` learnt."""

    @classmethod
    def from_json(cls, entry: Mapping[str, Json]) -> Self:
        """Raises `ValueError` for what `to_json` cannot have written."""


class Plain:
    """Numbers and booleans, as they are: nothing to learn."""

    @property
    def parts(self) -> tuple[str, ...]:
        return ("",)

    @classmethod
    def fit(cls, values: NDArray[Any]) -> Self:  # noqa: ARG003 - the protocol's
        return cls()

    def write(self, values: NDArray[Any], out: Floats) -> None:
        out[:, 0] = values

    def to_json(self) -> dict[str, Json]:
        return {}

    @classmethod
    def from_json(cls, entry: Mapping[str, Json]) -> Self:  # noqa: ARG003 - the protocol's
        return cls()


class Categories:
    """Categories by falling frequency; those past the cap share one code, which unknown ones then get too."""

    def __init__(self, values: Sequence[str], *, capped: bool) -> None:
        self._codes: dict[str | None, float] = {value: float(code) for code, value in enumerate(values)}
        self._otherwise = float(len(values)) if capped else _NAN
        self._capped = capped
        self._codes[None] = _NAN

    @property
    def parts(self) -> tuple[str, ...]:
        return ("",)

    @classmethod
    def fit(cls, values: NDArray[Any]) -> Self:
        counts = Counter(value for value in values.tolist() if value is not None)
        ranked = sorted(counts, key=lambda value: (-counts[value], value))
        return cls(ranked[:_MOST_CATEGORIES], capped=len(ranked) > _MOST_CATEGORIES)

    def write(self, values: NDArray[Any], out: Floats) -> None:
        code, otherwise = self._codes.get, self._otherwise
        out[:, 0] = [code(value, otherwise) for value in values.tolist()]

    def unknown(self, values: NDArray[Any]) -> Iterator[tuple[int, str]]:
        """Row and value of each category that training did not show, or showed too seldom to keep."""
        return ((row, value) for row, value in enumerate(values.tolist()) if value not in self._codes)

    def to_json(self) -> dict[str, Json]:
        return {"categories": [value for value in self._codes if value is not None], "capped": self._capped}

    @classmethod
    def from_json(cls, entry: Mapping[str, Json]) -> Self:
        values, capped = _distinct(entry.get("categories")), entry.get("capped")
        if not isinstance(capped, bool) or len(values) > _MOST_CATEGORIES:
            raise ValueError("not a list of categories")
        return cls(values, capped=capped)


class Datetimes:
    """Seconds since 1970 UTC and the parts of the calendar that took more than one value in training."""

    _PARTS = ("year", "month", "day", "weekday", "hour")

    def __init__(self, varying: Sequence[str]) -> None:
        self._varying = tuple(varying)
        self._kept = [0, *(1 + self._PARTS.index(part) for part in varying)]

    @property
    def parts(self) -> tuple[str, ...]:
        return ("", *(f".{part}" for part in self._varying))

    @classmethod
    def fit(cls, values: NDArray[Any]) -> Self:
        known = cls._moments(values[~np.isnan(values)])
        return cls([part for i, part in enumerate(cls._PARTS, start=1) if len(np.unique(known[:, i])) > 1])

    def write(self, values: NDArray[Any], out: Floats) -> None:
        out[:] = self._moments(values)[:, self._kept]

    def to_json(self) -> dict[str, Json]:
        return {"parts": list(self._varying)}

    @classmethod
    def from_json(cls, entry: Mapping[str, Json]) -> Self:
        return cls(_distinct(entry.get("parts")))

    @classmethod
    def _moments(cls, values: NDArray[Any]) -> Floats:
        """The seconds and all parts, one row a value."""
        if len(values) > _FEW_DATES:
            return _many_moments(values)
        rows = [_moment(seconds) for seconds in values.tolist()]
        return np.array(rows, dtype=np.float64).reshape(len(rows), 1 + len(cls._PARTS))


ENCODERS: dict[ColumnType, type[Encoder]] = {
    "numeric": Plain,
    "boolean": Plain,
    "categorical": Categories,
    "datetime": Datetimes,
    "text": Texts,
    "image": Images,
}


def _moment(seconds: float) -> tuple[float, ...]:
    if seconds != seconds:  # noqa: PLR0124 - NaN, and quicker than a call
        return (_NAN,) * 6
    day, second = divmod(seconds, _DAY)
    return seconds, *_calendar(int(day)), second // 3600


def _many_moments(seconds: Floats) -> Floats:
    """As `_moment` has it, by numpy's calendar (n, 6)."""
    day, second = np.divmod(seconds, _DAY)
    date = np.nan_to_num(day).astype(np.int64).astype("datetime64[D]")
    month, year = date.astype("datetime64[M]"), date.astype("datetime64[Y]")
    parts = (
        year.astype(np.int64) + 1970,
        month.astype(np.int64) % 12 + 1,
        (date - month).astype(np.int64) + 1,
        (date.astype(np.int64) + 3) % 7,
        second // 3600,
    )
    moments = np.column_stack([seconds, *parts])
    moments[np.isnan(seconds)] = _NAN
    return moments


# Tables hold few distinct days, and so one row costs a look-up where numpy's calendar would cost a dozen calls.
@lru_cache(maxsize=65_536)
def _calendar(day: int) -> tuple[int, int, int, int]:
    it = _EPOCH + timedelta(days=day)
    return it.year, it.month, it.day, it.weekday()


def _distinct(values: Json) -> list[str]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise ValueError("not a list of strings")
    if len(set(values)) != len(values):
        raise ValueError("a value stands twice")
    return values
