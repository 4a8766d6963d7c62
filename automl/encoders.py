"""How a column of each type becomes numbers. Missing is NaN throughout.

Numbers and booleans pass as they are. A category becomes its rank by frequency. A datetime becomes seconds since 1970
and those of its parts that vary. A text becomes a few counts.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from automl.types import ColumnType, Floats, Json

_MOST_CATEGORIES = 1000
_NAN = float("nan")


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

    def __init__(self, varying: Sequence[str]) -> None:
        self._varying = tuple(varying)

    @property
    def parts(self) -> tuple[str, ...]:
        return ("", *(f".{name}" for name in self._varying))

    @classmethod
    def fit(cls, values: NDArray[Any]) -> Self:
        calendar = _calendar(values[~np.isnan(values)])
        return cls([name for name, part in calendar.items() if len(np.unique(part)) > 1])

    def write(self, values: NDArray[Any], out: Floats) -> None:
        out[:, 0] = values
        calendar = _calendar(values)
        for position, name in enumerate(self._varying, start=1):
            out[:, position] = calendar[name]

    def to_json(self) -> dict[str, Json]:
        return {"parts": list(self._varying)}

    @classmethod
    def from_json(cls, entry: Mapping[str, Json]) -> Self:
        varying = _distinct(entry.get("parts"))
        if set(varying) - set(_calendar(np.empty(0))):
            raise ValueError("not parts of a datetime")
        return cls(varying)


class Texts(Plain):
    """Counts that tell texts apart cheaply; digits, capitals and punctuation are ASCII's."""

    _DIGITS = b"0123456789"
    _CAPITALS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    _PUNCTUATION = b"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"

    @property
    def parts(self) -> tuple[str, ...]:
        return (".characters", ".words", ".digits", ".capital_share", ".punctuation")

    def write(self, values: NDArray[Any], out: Floats) -> None:
        for row, text in enumerate(values.tolist()):
            out[row] = _NAN if text is None else self._counts(text)

    def _counts(self, text: str) -> tuple[float, ...]:
        plain = text.encode("ascii", "ignore")
        # Deleting and comparing lengths is the quickest count of a set of characters that CPython offers.
        digits, capitals, punctuation = (
            len(plain) - len(plain.translate(None, some)) for some in (self._DIGITS, self._CAPITALS, self._PUNCTUATION)
        )
        return len(text), len(text.split()), digits, capitals / max(len(text), 1), punctuation


ENCODERS: dict[ColumnType, type[Encoder]] = {
    "numeric": Plain,
    "boolean": Plain,
    "categorical": Categories,
    "datetime": Datetimes,
    "text": Texts,
}


def _calendar(seconds: Floats) -> dict[str, Floats]:
    missing = np.isnan(seconds)
    moments = np.where(missing, 0.0, seconds).astype("datetime64[s]")
    days, months, years = (moments.astype(f"datetime64[{unit}]") for unit in "DMY")
    parts: dict[str, Floats] = {
        "year": years.astype(np.float64) + 1970,
        "month": (months - years).astype(np.float64) + 1,
        "day": (days - months).astype(np.float64) + 1,
        "weekday": (days.astype(np.float64) + 3) % 7,
        "hour": (moments - days).astype(np.float64) // 3600,
    }
    for values in parts.values():
        values[missing] = _NAN
    return parts


def _distinct(values: Json) -> list[str]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise ValueError("not a list of strings")
    if len(set(values)) != len(values):
        raise ValueError("a value stands twice")
    return values
