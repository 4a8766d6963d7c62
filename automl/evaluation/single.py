"""One metric of some rows, with its interval."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from automl.bootstrap import deviations
from automl.confusion import BY_CONFUSION
from automl.evaluation.figures import Figure, support
from automl.evaluation.intervals import interval
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
        """All but the deviation."""
        return {"rows": self.rows, "value": self.value, "low": self.low, "high": self.high}


def prepare_one(metric: Metric, judged: Judged) -> Weighted:
    """The metric of the rows, of what was decided where it is one of labels."""
    outputs = np.eye(len(judged.classes))[judged.predicted] if metric in BY_CONFUSION else judged.outputs
    return prepare(metric, judged.target, outputs)


def measure_one(metric: Metric, judged: Judged, *, seed: int) -> Single:
    """The metric of the rows by their own weights; its deviation by up to 5,000 of them that stand for all."""
    value = prepare_one(metric, judged)(judged.weights)
    resamples = judged.resamples(seed=seed, most=_ROWS)
    part = judged.take(resamples.rows)
    own = np.ones(part.rows) if part.weights is None else part.weights
    of_part = prepare_one(metric, part)
    spread, _ = deviations(lambda weights: np.array([of_part(weights * own)]), resamples)
    deviation = None if spread is None else float(spread[0])
    rows = support(judged, Figure(metric))
    bounds = None if deviation is None else interval(Figure(metric).scale, value, deviation, rows=rows)
    low, high = bounds or (None, None)
    return Single(judged.rows, value, deviation, low, high)
