"""How far a metric might have come out otherwise on other rows of the same kind."""

import math
import time
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from automl.metrics import Weighted
from automl.types import Floats, Metric

_RESAMPLES: Final = 200
_FEWEST: Final = 20
_SHARES: Final = (0.025, 0.975)
_MOST_CELLS: Final = 40_000_000
"""Rows times outputs of all resamples together, if more than the fewest: about 2 seconds."""


def intervals(
    prepared: Mapping[Metric, Weighted],
    strata: NDArray[Any],
    *,
    outputs: int = 1,
    deadline: float = math.inf,
    seed: int,
) -> tuple[dict[Metric, tuple[float, float]], int]:
    """95 % percentile intervals (Efron 1979) and how many resamples they rest on: 200, fewer of very many rows.

    Rows are drawn anew within their stratum, so that a rare class stays as frequent as it is.

    Args:
        prepared: each metric on the same n rows.
        strata: (n,) class indices, or zeros to draw from all rows alike.
        outputs: that the metrics look at of each row.
        deadline: `time.monotonic()` after which no further resample begins; after fewer than 20 there are no intervals.
        seed: of the draws.
    """
    rng = np.random.default_rng(seed)
    order = np.argsort(strata, kind="stable")
    sizes = np.bincount(strata)
    ends = np.repeat(np.cumsum(sizes), sizes)
    starts = ends - np.repeat(sizes, sizes)
    resamples = min(_RESAMPLES, max(_FEWEST, _MOST_CELLS // (len(order) * outputs)))
    draws: list[list[float]] = []
    while len(draws) < resamples and time.monotonic() < deadline:
        weights: Floats = np.bincount(order[rng.integers(starts, ends)], minlength=len(order)).astype(np.float64)
        draws.append([value(weights) for value in prepared.values()])
    if len(draws) < _FEWEST:
        return {}, len(draws)
    bounds = np.quantile(np.array(draws), _SHARES, axis=0)
    return {metric: (float(bounds[0, i]), float(bounds[1, i])) for i, metric in enumerate(prepared)}, len(draws)
