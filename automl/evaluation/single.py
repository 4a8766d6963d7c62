"""Single metrics of some rows, with their intervals as the whole report's are."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from automl.bootstrap import deviations
from automl.clock import Over, never
from automl.confusion import BY_CONFUSION
from automl.evaluation.bounds import bounds, widened
from automl.evaluation.figures import Figure, figures_of
from automl.evaluation.hidden import MEANS_OF_CLASSES
from automl.evaluation.judged import Judged
from automl.metrics import Weighted, prepare
from automl.types import Json, Metric

_ROWS: Final = 5_000
"""Of the rows that a deviation is told by."""


@dataclass(frozen=True, slots=True)
class Single:
    """A metric's value on so many rows, and its standard deviation; None where nothing is known."""

    rows: int
    value: float
    deviation: float | None
    low: float | None
    high: float | None

    def to_json(self) -> dict[str, Json]:
        """The value and its interval."""
        return {"value": self.value, "low": self.low, "high": self.high}


def prepare_one(metric: Metric, judged: Judged) -> Weighted:
    """The metric of the rows, of what was decided where it is one of labels."""
    outputs = np.eye(len(judged.classes))[judged.predicted] if metric in BY_CONFUSION else judged.outputs
    return prepare(metric, judged.target, outputs)


def measure_some(metrics: Sequence[Metric], judged: Judged, *, over: Over = never, seed: int) -> list[Single]:
    """Metrics of the rows by their own weights; their deviations by up to 5,000 of them that stand for all.

    Args:
        metrics: to be measured, in the same resamples.
        judged: the rows.
        over: ends it; without enough resamples there are no intervals.
        seed: of the resamples.
    """
    resamples = judged.resamples(seed=seed, most=_ROWS)
    part = judged.take(resamples.rows)
    own = np.ones(part.rows) if part.weights is None else part.weights
    of_part = [prepare_one(metric, part) for metric in metrics]
    spread, _ = deviations(lambda weights: np.array([value(weights * own) for value in of_part]), resamples, over=over)
    each = [math.nan] * len(metrics) if spread is None else spread.tolist()
    return [_single(judged, metric, deviation) for metric, deviation in zip(metrics, each, strict=True)]


def _single(judged: Judged, metric: Metric, deviation: float) -> Single:
    figure, found = Figure(metric), _found(judged, metric)
    wide = widened(judged, figure, found, deviation)
    low, high = bounds(judged, figure, found, wide)
    return Single(judged.rows, found[figure], None if math.isnan(wide) else wide, low, high)


def _found(judged: Judged, metric: Metric) -> Mapping[Figure, float]:
    """The metric's value, and of a mean over classes also those of the classes."""
    if metric not in MEANS_OF_CLASSES:
        return {Figure(metric): prepare_one(metric, judged)(judged.weights)}
    figures, values = figures_of(judged)
    return dict(zip(figures, values(judged.weights).tolist(), strict=True))
