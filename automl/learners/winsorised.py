"""A mean that no member carries away alone: values of a regression, each held near the median of all members.

Where rows are unlike any that were learnt from, models of some kinds say what is far from what all others say. Out of
fold it shows how far apart they usually are.
"""

from functools import reduce
from typing import Final

import numpy as np

from automl.types import Floats

_USUAL: Final = 0.995
"""Of the distances out of fold, the share that is left as it is."""
_HALF: Final = 0.5
_ROUNDING: Final = 1e-9
"""Weights that add up to half may miss it by so much."""


def usual_reach(values: Floats, weights: Floats) -> float | None:
    """How far members may be from their median: the 99.5 % quantile of how far they were; None where all agree.

    Args:
        values: of each member for some rows (m, n).
        weights: of the members, which sum to 1.
    """
    distances = np.abs(values - _median(values, weights))
    apart = distances[distances > 0]
    return float(np.quantile(apart, _USUAL)) if len(apart) else None


def held(values: Floats, weights: Floats, reach: float) -> Floats:
    """The values (m, n), none further than `reach` from the weighted median of a row's (Tukey 1962: winsorising)."""
    middle = _median(values, weights)
    return np.clip(values, middle - reach, middle + reach)


def mean(values: Floats, weights: Floats, reach: float | None) -> Floats:
    """The weighted mean (n,) of values that are held, unless there is no `reach`."""
    kept = values if reach is None else held(values, weights, reach)
    # Not a product of matrices, which adds up in another order where there is but one row.
    return reduce(np.add, (weight * each for weight, each in zip(weights, kept, strict=True)))


def _median(values: Floats, weights: Floats) -> Floats:
    """Of each row (n,): as much weight is below as above; the middle of two values where either has half."""
    order = np.argsort(values, axis=0, kind="stable")
    below = np.cumsum(weights[order], axis=0)
    ranked = np.take_along_axis(values, order, axis=0)
    low, high = (np.argmax(below > _HALF + slack, axis=0) for slack in (-_ROUNDING, _ROUNDING))
    rows = np.arange(values.shape[1])
    return np.asarray((ranked[low, rows] + ranked[high, rows]) / 2)
