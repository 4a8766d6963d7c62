"""What a model's scores say of a regression's values: the values themselves, in other units, or their logarithms."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from automl.types import Floats, Json, Link, Task

POWER: Final = 1.5
"""Of the mean, to which the variance of a target grows under a log link: between that of counts, 1, and that of
amounts, 2. On three tables any power between 1 and 1.75 was as good. `deviances` is of this one."""
_FURTHER: Final = 2.0
"""Times the greatest value learnt from, what an answer is at the most under a log link: a power has no end."""
_GREATEST: Final = 700.0
"""The logarithm of what is still a number."""
_FAR: Final = 60.0
"""Scores that a fit shall never see."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How scores are to be read.

    Attributes:
        center: added to a score after
        unit: it has been multiplied by this.
        most: under a log link the greatest logarithm that an answer may have; None where there is no such link.
    """

    center: float = 0.0
    unit: float = 1.0
    most: float | None = None

    @classmethod
    def of(cls, target: NDArray[Any], link: Link, shares: Floats | None = None) -> Self:
        """For values (n,) with shares (n,) that add up to 1; under a log link none is negative, and not all are 0."""
        mean = float(np.average(target, weights=shares))
        if link == "log":
            return cls(float(np.log(mean)), 1.0, float(np.log(_FURTHER * target.max())))
        return cls(mean, float(np.sqrt(np.average((target - mean) ** 2, weights=shares))) or 1.0)

    @property
    def is_log(self) -> bool:
        """Whether there is a log link."""
        return self.most is not None

    def wanted(self, target: NDArray[Any]) -> Floats:
        """What is to be said of them: `said` by perfect scores."""
        return np.asarray(target / np.exp(self.center) if self.is_log else (target - self.center) / self.unit)

    def said(self, scores: NDArray[Any]) -> NDArray[Any]:
        """What scores say, as `wanted` has it, in their precision."""
        if self.most is None:
            return scores
        return np.asarray(np.exp(np.minimum(scores, scores.dtype.type(self.most - self.center))))

    def values(self, scores: Floats) -> Floats:
        """The values that scores stand for."""
        return linked(scores * self.unit + self.center, self.most)


def linked(scores: Floats, most: float | None) -> Floats:
    """The scores themselves where there is no `most`, else the values whose logarithms they are."""
    return scores if most is None else np.asarray(np.exp(np.minimum(scores, most)))


def read_most(document: Mapping[str, Json], task: Task) -> float | None:
    """The `most` of a stored model, if it has one. Raises `ValueError` where no model of the task can have it."""
    if "most" not in document:
        return None
    most = document["most"]
    if task != "regression" or not isinstance(most, float) or not abs(most) <= _GREATEST:
        raise ValueError("the greatest logarithm of its answers is that of no number")
    return most


def deviances(scores: NDArray[Any], wanted: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Half of Tweedie's deviances at a power of 1.5, but for what no score changes, and their gradient.

    As in Jørgensen 1987: Exponential dispersion models. It is what LightGBM minimises, too.

    Args:
        scores: logarithms of what is said.
        wanted: values of the same shape, 0 or more.
    """
    root = np.exp(np.clip(scores, -_FAR, _FAR) / 2)
    rest = wanted / root
    return 2 * (root + rest), root - rest
