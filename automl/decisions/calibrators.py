"""What turns a model's probabilities into ones that mean what they say, without changing who ranks above whom.

Of two classes every calibrator rises strictly, so that ranking metrics stay as they are. Isotonic regression's steps
would make ties of what the model told apart; here its values stand at the middles of the steps, with lines between them
(Oron & Flournoy 2017: centered isotonic regression).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Protocol, Self

import numpy as np
from scipy.special import softmax

from automl.types import CalibrationMethod, Floats, Json

MOST_KNOTS: Final = 200
LEAST: Final = 1e-15
"""Of a probability: whoever was quite certain was not that certain."""
_MOST_SLOPE: Final = 100.0
_MOST_SHIFT: Final = 1000.0


class Calibrator(Protocol):
    """Learnt on what was said out of fold."""

    @property
    def method(self) -> CalibrationMethod:
        """How it was made."""

    def apply(self, outputs: Floats) -> Floats:
        """Calibrated probabilities `(n, k)` of a model's `(n, k)`."""

    def scores(self, outputs: Floats) -> Floats:
        """Logarithms of the same, but for a term that a row's classes share; each column is made of that one alone."""

    def to_json(self) -> dict[str, Json]:
        """All of it; `calibrator_from_json` gives back one that answers alike."""


@dataclass(frozen=True, slots=True)
class Scaling:
    """Log-probabilities times a slope, plus a shift for each class.

    With shifts of 0 it is temperature scaling (Guo et al. 2017); otherwise, of two classes, Platt's (1999), and of more
    vector scaling with one slope.

    Attributes:
        slope: above 0.
        shifts: one a class.
    """

    slope: float
    shifts: tuple[float, ...]

    @property
    def method(self) -> CalibrationMethod:
        return "platt" if any(self.shifts) else "temperature"

    def apply(self, outputs: Floats) -> Floats:
        scaled: Floats = softmax(self.scores(outputs), axis=1)
        return scaled

    def scores(self, outputs: Floats) -> Floats:
        return np.asarray(self.slope * np.log(np.maximum(outputs, LEAST)) + np.asarray(self.shifts))

    def to_json(self) -> dict[str, Json]:
        return {"slope": self.slope, "shifts": list(self.shifts)}

    @classmethod
    def from_json(cls, document: Json, n_classes: int) -> Self:
        slope, shifts = document["slope"], _floats(document["shifts"])
        if type(slope) is not float or not 0 < slope <= _MOST_SLOPE:
            raise ValueError("a slope must be a float above 0 and not too steep")
        if len(shifts) != n_classes or not all(abs(shift) <= _MOST_SHIFT for shift in shifts):
            raise ValueError("there must be one shift a class, and none too large")
        return cls(slope, tuple(shifts))


@dataclass(frozen=True, slots=True)
class Curve:
    """Lines between knots, which rise strictly from probability 0 to 1 and stay between these.

    Attributes:
        raw: the model's probabilities, from 0 to 1.
        true: the calibrated ones.
    """

    raw: tuple[float, ...]
    true: tuple[float, ...]

    def at(self, probability: Floats) -> Floats:
        return np.interp(probability, self.raw, self.true)


@dataclass(frozen=True, slots=True)
class Isotonic:
    """A curve for the positive class of two; of more classes one for each, after which they are made to add up to 1.

    Attributes:
        curves: one, or one a class.
    """

    curves: tuple[Curve, ...]
    method: CalibrationMethod = field(default="isotonic", init=False)

    def apply(self, outputs: Floats) -> Floats:
        if len(self.curves) == 1:
            positive = self.curves[0].at(outputs[:, 1])
            return np.column_stack([1 - positive, positive])
        each = self._each(outputs)
        summed: Floats = each / each.sum(axis=1, keepdims=True)
        return summed

    def scores(self, outputs: Floats) -> Floats:
        if len(self.curves) > 1:
            return np.asarray(np.log(self._each(outputs)))
        negative, positive = self.curves[0].at(1 - outputs[:, 0]), self.curves[0].at(outputs[:, 1])
        return np.asarray(np.log(np.column_stack([1 - negative, positive])))

    def _each(self, outputs: Floats) -> Floats:
        return np.column_stack([curve.at(outputs[:, k]) for k, curve in enumerate(self.curves)])

    def to_json(self) -> dict[str, Json]:
        return {"curves": [{"raw": list(curve.raw), "true": list(curve.true)} for curve in self.curves]}

    @classmethod
    def from_json(cls, document: Json, n_classes: int) -> Self:
        curves = document["curves"]
        if not isinstance(curves, list) or len(curves) != (1 if n_classes == 2 else n_classes):  # noqa: PLR2004 - binary
            raise ValueError("there must be one curve for two classes, and else one a class")
        return cls(tuple(_curve(entry) for entry in curves))


def calibrator_from_json(document: Json, n_classes: int) -> Calibrator:
    """Raises `ValueError` for what no calibrator's `to_json` can have written."""
    keys = set(document) if isinstance(document, dict) else set()
    if keys == {"slope", "shifts"}:
        return Scaling.from_json(document, n_classes)
    if keys == {"curves"}:
        return Isotonic.from_json(document, n_classes)
    raise ValueError("a calibrator of no known form")


def _curve(entry: Json) -> Curve:
    if not isinstance(entry, dict) or set(entry) != {"raw", "true"}:
        raise ValueError("a curve must have raw and true probabilities")
    raw, true = _floats(entry["raw"]), _floats(entry["true"])
    if not 2 <= len(raw) == len(true) <= MOST_KNOTS + 2:  # noqa: PLR2004 - the ends
        raise ValueError("a curve must have as many true as raw probabilities, and not too many")
    if (raw[0], raw[-1]) != (0.0, 1.0) or not 0 < true[0] < true[-1] < 1:
        raise ValueError("a curve must go from 0 to 1 and stay between them")
    if not (_rises(raw) and _rises(true)):
        raise ValueError("a curve must rise")
    return Curve(tuple(raw), tuple(true))


def _rises(values: Sequence[float]) -> bool:
    return all(low < high for low, high in pairwise(values))


def _floats(values: Json) -> list[float]:
    if not isinstance(values, list) or not all(type(value) is float and np.isfinite(value) for value in values):
        raise ValueError("not a list of finite floats")
    return values
