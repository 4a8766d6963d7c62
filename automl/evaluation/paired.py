"""Whether one model is better than another on the same rows, beyond what chance made of these rows."""

import math
from typing import Final

import numpy as np
from scipy.special import stdtr, stdtrit

from automl.bootstrap import MOST_ROWS, deviations
from automl.clock import Over, never
from automl.evaluation.figures import Figure, support
from automl.evaluation.intervals import SHARE
from automl.evaluation.judged import Judged
from automl.evaluation.single import prepare_one
from automl.metrics import to_score
from automl.types import Floats, Json, Metric

_CERTAIN: Final = 1e-12
"""Of a score: less than rounding can make."""


def compare(
    metric: Metric,
    ours: Judged,
    theirs: Judged,
    *,
    most: int = MOST_ROWS,
    over: Over = never,
    seed: int = 0,
) -> dict[str, Json]:
    """The `difference` in units of the score, above 0 where ours is better, its interval and its two-sided `p_value`.

    A paired bootstrap: each resample has the same rows for both, so that what makes rows hard for both cancels out.

    Args:
        metric: to be compared.
        ours: rows as one model answers them.
        theirs: the same rows as the other does.
        most: rows that stand for all, where there are very many.
        over: ends it; without enough resamples there is no interval.
        seed: of the resamples.
    """
    difference = _difference(metric, ours, theirs)
    resamples = ours.resamples(seed=seed, most=most)
    parts = [each.take(resamples.rows) for each in (ours, theirs)]
    own = np.ones(parts[0].rows) if ours.weights is None else ours.weights[resamples.rows]
    scores = [prepare_one(metric, part) for part in parts]

    def differ(weights: Floats) -> Floats:
        mine, other = (to_score(metric, score(weights * own)) for score in scores)
        return np.array([mine - other])

    spread, _ = deviations(differ, resamples, over=over)
    told: dict[str, Json] = {"metric": metric, "rows": ours.rows, "difference": difference}
    degrees = support(ours, Figure(metric)) - 1
    if spread is None or degrees < 1 or not math.isfinite(spread[0]) or not math.isfinite(difference):
        return {**told, "low": None, "high": None, "p_value": None}
    reach, p_value = _judge(difference, float(spread[0]), degrees)
    return {**told, "low": difference - reach, "high": difference + reach, "p_value": p_value}


def _judge(difference: float, deviation: float, degrees: int) -> tuple[float, float]:
    """Half the interval, and the p-value, by Student's t.

    Where no resample deviates, all rows say the same: then it is the sign test (Arbuthnott 1710), and the reach that
    the exact interval of so many of so many has (Clopper & Pearson 1934).
    """
    if deviation >= _CERTAIN:
        reach = float(stdtrit(degrees, (1 + SHARE) / 2)) * deviation
        return reach, 2 * float(stdtr(degrees, -abs(difference) / deviation))
    if abs(difference) < _CERTAIN:
        return 0.0, 1.0
    rows = degrees + 1
    return abs(difference) * (1 - ((1 - SHARE) / 2) ** (1 / rows)), 2 * 0.5**rows


def _difference(metric: Metric, ours: Judged, theirs: Judged) -> float:
    mine, other = (to_score(metric, prepare_one(metric, each)(each.weights)) for each in (ours, theirs))
    return mine - other
