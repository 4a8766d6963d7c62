"""A figure's interval, made in one way wherever the figure is told."""

import math
from collections.abc import Mapping

from automl.evaluation.figures import Figure, support
from automl.evaluation.hidden import G_MEAN, hidden_variance, most_g_mean
from automl.evaluation.intervals import interval
from automl.evaluation.judged import Judged


def widened(judged: Judged, figure: Figure, found: Mapping[Figure, float], deviation: float) -> float:
    """The figure's deviation: what resamples show, and what they cannot.

    Args:
        judged: the rows.
        figure: of them.
        found: its value, and those of its classes if it is a mean over them.
        deviation: over resamples.
    """
    hidden = 0.0 if judged.task == "regression" else hidden_variance(judged, figure, found)
    return math.hypot(deviation, math.sqrt(hidden))


def bounds(
    judged: Judged, figure: Figure, found: Mapping[Figure, float], deviation: float, *, chance: float = 0.0
) -> tuple[float | None, float | None]:
    """The interval; None where nothing is known.

    Args:
        judged: the rows.
        figure: of them.
        found: its value, and those of its classes if it is a mean over them.
        deviation: `widened`; NaN where there were too few resamples.
        chance: what a perfect model would show of a calibration error.
    """
    ends = interval(figure.scale, found[figure], deviation, rows=support(judged, figure), chance=chance)
    if ends is None:
        return None, None
    return ends[0], most_g_mean(judged, found) if figure == G_MEAN and found[figure] == 0 else ends[1]
