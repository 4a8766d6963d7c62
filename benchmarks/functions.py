"""Functions over Winnow's own space whose optimum is known, for comparing proposers.

In all of them some parameters matter much more than others; each seed has another optimum.
"""

import math
from collections.abc import Mapping
from typing import Final

import numpy as np

from automl.features.recipes import RECIPES
from automl.spaces.space import Dimension, Space, build_space, to_vals
from automl.types import Json

SPACE: Final[Space] = build_space(3000, categories=True, rarest=100, recipes=tuple(RECIPES))
NOISE: Final = {"rugged": 0.0, "noisy": 0.02, "together": 0.02}
"""By function; in the last one parameters act together."""
_AT_AN_END, _OTHER_OPTION = 0.3, 0.4


class Objective:
    """A function over the space, 0 at an optimum that the seed says, and mostly below 1 elsewhere."""

    def __init__(self, kind: str, seed: int) -> None:
        rng = np.random.default_rng([1, seed])
        size = len(SPACE)
        self._kind = kind
        self._options = np.array([len(dimension.options) for dimension in SPACE.values()])
        inner = np.where(rng.random(size) < _AT_AN_END, rng.integers(2, size=size), rng.random(size))
        self._optimum = np.where(self._options > 0, rng.integers(np.maximum(self._options, 1)), inner)
        weights = np.exp(1.2 * rng.normal(size=size))
        self._weights = weights / weights.sum()
        self._turn = np.linalg.qr(rng.normal(size=(size, size)))[0]

    def __call__(self, params: Mapping[str, Json]) -> float:
        vals = to_vals(SPACE, params)
        point = np.array([_unit(dimension, vals[name]) for name, dimension in SPACE.items()])
        away = np.where(self._options > 0, _OTHER_OPTION * (point != self._optimum), point - self._optimum)
        if self._kind == "together":
            away = 0.5 * away + 0.5 * self._turn @ away
        ripples = 0.06 * (1 - np.cos(12 * np.pi * away)) if self._kind == "rugged" else 0.0
        return float((self._weights * (away**2 + ripples)).sum())


def _unit(dimension: Dimension, val: float) -> float:
    """From 0 to 1 along its own scale; an option's index."""
    if dimension.scale == "choice":
        return val
    ends = (dimension.low, val, dimension.high)
    low, inner, high = ends if dimension.scale == "linear" else map(math.log, ends)
    return (inner - low) / (high - low)
