"""The base matrix as a linear model needs it: numbers of one size, gaps flagged, categories as slots of a table."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from automl.ranking import thin
from automl.types import Floats, Json

_MOST_ROWS, _FEWEST_ROWS, _MOST_NUMBERS = 20_000, 1_000, 10_000_000
"""Rows that quantiles and means are taken of, fewer of wide tables: more would change no scale by what matters."""
_TAIL: Final = 0.005
_SKEWED: Final = 1.0
_LEAST_BEND: Final = 1e-9
"""Of the range: less is no spread to measure distances in, and dividing by it would overflow."""
_FEWEST: Final = 10
"""Rows from which on a category has a slot of its own."""
_MOST_LEVELS, _MOST_SLOTS = 100, 10_000
_NUMBERS: Final = ("low", "width", "middle", "bend", "mean", "deviation")
_LARGE: Final = 2**31
_BEYOND: Final = 2
"""Slots that each categorical feature has besides: one for all rarer categories, one for missing."""


class Scaled(NamedTuple):
    """Numbers (n, d) with 0 for missing, what of them is missing (n, d), and one slot for each category (n, c)."""

    numbers: Floats
    missing: NDArray[np.bool_]
    slots: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Scaling:
    """What was learnt of d numeric and c categorical features.

    A number is clipped to its 0.5 % and 99.5 % quantiles and moved to 0 to 1 between them; one whose skewness is beyond
    1 goes through the inverse hyperbolic sine, in interquartile ranges from the median (Burbidge et al. 1988:
    Alternative transformations to handle extreme values of the dependent variable); then all are standardised.

    Attributes:
        numeric: indices of the numeric features, (d,).
        low: the least value of each.
        width: from there to the greatest, above 0.
        middle: median in these terms.
        bend: interquartile range in these terms; 0 for what is not bent.
        mean: after that.
        deviation: after that, above 0.
        categorical: indices of the features that hold codes, (c,).
        kept: how many of the codes, from 0 on, have a slot of their own; each feature has two more.
        missing: share of the training rows in which each number is missing, (d,).
        shares: of the training rows that have each slot, (slots,).
    """

    numeric: NDArray[np.int64]
    low: Floats
    width: Floats
    middle: Floats
    bend: Floats
    mean: Floats
    deviation: Floats
    categorical: NDArray[np.int64]
    kept: NDArray[np.int64]
    missing: Floats
    shares: Floats

    @classmethod
    def fit(cls, matrix: Floats, categorical: Sequence[int], *, straight: bool = False) -> Self:
        """Learn from training rows; the codes of `categorical` features are ranks by frequency.

        Where it is to be `straight`, numbers are clipped to their greatest and least, and none is bent.
        """
        numeric = np.setdiff1d(np.arange(matrix.shape[1]), categorical)
        rows = min(_MOST_ROWS, max(_FEWEST_ROWS, _MOST_NUMBERS // max(len(numeric), 1)))
        sample = matrix[np.ix_(thin(len(matrix), rows), numeric)]
        missing = np.isnan(sample).mean(axis=0)
        if straight:
            ends = [extreme.reduce(matrix, axis=0)[numeric] for extreme in (np.fmin, np.fmax)]
            numbers = _learn(np.vstack([sample, *ends]), tail=0.0, skewed=math.inf)
        else:
            numbers = _learn(sample)
        most = min(_MOST_LEVELS, _MOST_SLOTS // max(len(categorical), 1))
        kept = [min(most, _common(matrix[:, index])) for index in categorical]
        shares = [_shares(matrix[:, index], n) for index, n in zip(categorical, kept, strict=True)]
        return cls(
            numeric,
            *numbers,
            np.array(categorical, dtype=np.int64),
            np.array(kept, dtype=np.int64),
            missing,
            np.concatenate([np.empty(0), *shares]),
        )

    @property
    def slots(self) -> int:
        """How many there are, of all categorical features together."""
        return int(self.kept.sum()) + _BEYOND * len(self.kept)

    def apply(self, matrix: Floats) -> Scaled:
        """Scale the rows of a base matrix (n, d + c)."""
        numbers = np.take(matrix, self.numeric, axis=1)  # row by row in memory, which indexing would not make it
        missing = np.isnan(numbers)
        numbers = _bent(_between(numbers, self.low, self.width), self.middle, self.bend)
        numbers = (numbers - self.mean) / self.deviation
        numbers[missing] = 0.0
        return Scaled(numbers, missing, _slots(matrix[:, self.categorical], self.kept) + self._starts())

    def owners(self) -> NDArray[np.int64]:
        """The feature that each slot belongs to, (slots,)."""
        return np.repeat(self.categorical, self.kept + _BEYOND)

    def _starts(self) -> NDArray[np.int64]:
        return np.cumsum(self.kept + _BEYOND) - self.kept - _BEYOND

    def to_json(self) -> dict[str, Json]:
        """All that was learnt; `from_json` gives back a scaling that applies alike."""
        numbers = {name: getattr(self, name).tolist() for name in _NUMBERS}
        codes = {"categorical": self.categorical.tolist(), "kept": self.kept.tolist()}
        return {**numbers, **codes, "missing": self.missing.tolist(), "shares": self.shares.tolist()}

    @classmethod
    def from_json(cls, entry: Mapping[str, Json], n_features: int) -> Self:
        """Raises `ValueError` for what `to_json` cannot have written for so many features."""
        categorical, kept = (integers(entry.get(name)) for name in ("categorical", "kept"))
        if len(kept) != len(categorical) or not np.all((kept >= 0) & (kept <= _MOST_LEVELS)):
            raise ValueError("there must be a number of slots for each category")
        if len(np.unique(categorical)) != len(categorical) or not np.all(
            (categorical >= 0) & (categorical < n_features)
        ):
            raise ValueError("not a list of features")
        numeric = np.setdiff1d(np.arange(n_features), categorical)
        numbers = {name: table(entry.get(name), (len(numeric),)) for name in _NUMBERS}
        bends = (numbers["bend"] == 0) | (numbers["bend"] >= _LEAST_BEND)
        if not np.all((numbers["width"] > 0) & (numbers["deviation"] > 0) & bends):
            raise ValueError("numbers cannot be scaled by nothing")
        usual = {"missing": np.zeros(len(numeric)), "shares": _commonest(kept)}  # what was stored before they were
        means = {name: table(entry[name], (len(rows),)) if name in entry else rows for name, rows in usual.items()}
        if not all(np.all((shares >= 0) & (shares <= 1)) for shares in means.values()):
            raise ValueError("shares must lie between 0 and 1")
        return cls(numeric=numeric, categorical=categorical, kept=kept, **numbers, **means)


def integers(value: Json) -> NDArray[np.int64]:
    """A list of whole numbers. Raises `ValueError` for anything else."""
    if not isinstance(value, list) or not all(type(item) is int and abs(item) < _LARGE for item in value):
        raise ValueError("not a list of whole numbers")
    return np.array(value, dtype=np.int64)


def table(value: Json, shape: tuple[int, ...]) -> Floats:
    """Nested lists of finite numbers. Raises `ValueError` for anything else and for another shape."""
    if not _is_table(value, shape):
        raise ValueError(f"not numbers in the shape of {shape}")
    return np.array(value, dtype=np.float64).reshape(shape)


def _is_table(value: Json, shape: tuple[int, ...]) -> bool:
    if not shape:
        return isinstance(value, float) and math.isfinite(value)
    return isinstance(value, list) and len(value) == shape[0] and all(_is_table(item, shape[1:]) for item in value)


def quantiles(rising: Floats) -> Callable[[float], Floats]:
    """What tells a quantile of each column (n, d), given its share; each rises, with what is missing at its end."""
    last = np.count_nonzero(~np.isnan(rising), axis=0) - 1
    return lambda share: np.asarray(rising[np.round(share * last).astype(np.int64), np.arange(len(last))])


def _learn(
    sample: Floats, tail: float = _TAIL, skewed: float = _SKEWED
) -> tuple[Floats, Floats, Floats, Floats, Floats, Floats]:
    """All of `_NUMBERS` from some rows of the numeric features (n, d); what is more than so `skewed` is bent."""
    rising = np.sort(np.where(np.isnan(sample).all(axis=0), 0.0, sample), axis=0)  # with NaN at the end
    quantile = quantiles(rising)
    low, high = quantile(tail), quantile(1 - tail)
    seldom = low == high  # such as a flag that is hardly ever set
    low, high = np.where(seldom, quantile(0), low), np.where(seldom, quantile(1), high)
    with np.errstate(over="ignore"):
        width = high - low
    width = np.where((width > 0) & np.isfinite(width), width, 1.0)
    between = _between(rising, low, width)
    lower, middle, upper = (_between(quantile(share), low, width) for share in (0.25, 0.5, 0.75))
    mean, deviation = _moments(between)
    crooked = np.abs(np.nanmean(((between - mean) / deviation) ** 3, axis=0)) > skewed
    bend = np.where(crooked, np.where(upper - lower >= _LEAST_BEND, upper - lower, deviation), 0.0)
    mean, deviation = _moments(_bent(between, middle, bend))
    return low, width, middle, bend, mean, deviation


def _between(numbers: Floats, low: Floats, width: Floats) -> Floats:
    return np.asarray((np.clip(numbers, low, low + width) - low) / width)


def _bent(numbers: Floats, middle: Floats, bend: Floats) -> Floats:
    which = bend > 0
    if which.any():
        numbers[:, which] = np.arcsinh((numbers[:, which] - middle[which]) / bend[which])
    return numbers


def _moments(numbers: Floats) -> tuple[Floats, Floats]:
    """Means and deviations, 1 for what does not deviate."""
    mean, deviation = np.nanmean(numbers, axis=0), np.nanstd(numbers, axis=0)
    return mean, np.where(deviation > 0, deviation, 1.0)


def _slots(codes: Floats, kept: NDArray[np.int64] | int) -> NDArray[np.int64]:
    """Which of its feature's slots each code has."""
    return np.where(np.isnan(codes), np.add(kept, 1), np.minimum(codes, kept)).astype(np.int64)


def _shares(codes: Floats, kept: int) -> Floats:
    """How many of the rows have each of a feature's slots, as shares."""
    return np.bincount(_slots(codes, kept), minlength=kept + _BEYOND) / max(1, len(codes))


def _commonest(kept: NDArray[np.int64]) -> Floats:
    """Shares of slots as if all rows had the commonest category."""
    shares = np.zeros(int(kept.sum()) + _BEYOND * len(kept))
    shares[np.cumsum(kept + _BEYOND) - kept - _BEYOND] = 1.0
    return shares


def _common(codes: Floats) -> int:
    """Codes from 0 to the last one that enough rows have."""
    counts = np.bincount(codes[~np.isnan(codes)].astype(np.int64))
    return int(np.max(np.flatnonzero(counts >= _FEWEST) + 1, initial=0))
