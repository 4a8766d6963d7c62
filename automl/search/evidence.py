"""Whether one trial is better than another beyond what the choice of the folds makes of it."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from scipy.special import stdtrit

from automl.splits.split import Folds

FEWEST_FOLDS: Final = 3
"""With fewer, the deviation between folds is anybody's guess."""
_SHARE: Final = 0.95


@dataclass(frozen=True, slots=True)
class Gain:
    """How much better, in units of the score, with its interval of 95 %."""

    value: float
    low: float
    high: float


def gain(scores: Sequence[float], others: Sequence[float], folds: Folds) -> Gain:
    """The mean difference to the other trial over the folds that both have run, one at least.

    Folds share most of their training rows, so their differences are more alike than independent ones would be. The
    interval allows for that (Nadeau & Bengio 2003: the corrected resampled t-test). It is endless for fewer than three.
    """
    differences = [mine - other for mine, other in zip(scores, others, strict=False)]
    mean, count = math.fsum(differences) / len(differences), len(differences)
    if count < FEWEST_FOLDS:
        return Gain(mean, -math.inf, math.inf)
    overlap = statistics.fmean(len(valid) / len(train) for train, valid in folds)
    error = statistics.stdev(differences) * math.sqrt(1 / count + overlap)
    reach = float(stdtrit(count - 1, (1 + _SHARE) / 2)) * error
    return Gain(mean, mean - reach, mean + reach)
