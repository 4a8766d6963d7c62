"""What outputs are worth by a run's metric, to whoever ranks trials and blends."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.decisions.criteria import WORTH, aim_of
from automl.decisions.thresholds import Points
from automl.metrics import counting, prepare, to_score
from automl.types import Floats, Metric


def worth(
    metric: Metric, target: NDArray[Any], outputs: Floats, weights: Floats | None = None, *, tuned: bool = True
) -> float:
    """The score by a metric: more is better. One of labels is taken at its best threshold, since that will be tuned.

    At a half, models of a rare class call next to nothing positive, and differ by chance.

    Args:
        metric: of the run.
        target: class indices or values `(n,)`.
        outputs: probabilities `(n, k)` or values `(n,)`.
        weights: how much each row counts `(n,)`; all the same when None.
        tuned: whether there will be a threshold; it is of two classes alone. Else the likeliest class is called.
    """
    aim = aim_of(metric, 2) if tuned and outputs.shape[1:] == (2,) else None
    if aim is None:
        return to_score(metric, prepare(metric, target, outputs)(weights))
    points = Points.of(target, outputs[:, 1], counting(weights))
    return float(WORTH[aim](points.tallies(np.zeros((2, 2)))).max())
