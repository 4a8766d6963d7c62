"""What resamples cannot show: a class whose few rows are all right, or all wrong, is so in every one of them.

A mean over classes would look certain of that class.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np

from automl.evaluation.figures import Figure
from automl.evaluation.intervals import SHARE
from automl.evaluation.judged import Judged

G_MEAN: Final = Figure("g_mean")
MEANS_OF_CLASSES: Final[Mapping[str, str]] = {
    "balanced_accuracy": "recall",
    "g_mean": "recall",
    "f1_macro": "f1",
    "average_precision_macro": "average_precision",
    "roc_auc": "roc_auc",
}
"""Over the classes that are there, each with the figure of a class that it is the mean of."""


def hidden_variance(judged: Judged, figure: Figure, found: Mapping[Figure, float]) -> float:
    """What is to be added to the variance that resamples show of a mean over classes; 0 for other figures.

    Of a class it is the variance of a share's posterior under Jeffreys' prior (Brown, Cai & DasGupta 2001), as far as
    that exceeds the variance of resamples.

    Args:
        judged: the rows.
        figure: of all rows.
        found: every figure's value.
    """
    if figure.of is not None or figure.name not in MEANS_OF_CLASSES:
        return 0.0
    there = np.flatnonzero(judged.true)
    of_class = [Figure(MEANS_OF_CLASSES[figure.name], k) for k in there.tolist()]
    if not all(each in found for each in of_class):
        return 0.0
    values, rows = np.array([found[each] for each in of_class]), judged.true[there]
    shares = (values * rows + 0.5) / (rows + 1)
    hidden = np.maximum(0.0, shares * (1 - shares) / (rows + 2) - values * (1 - values) / rows)
    if figure == G_MEAN:  # the delta method
        hidden *= (found[G_MEAN] / values) ** 2 if found[G_MEAN] > 0 else 0.0
    return float(hidden.sum() / len(rows) ** 2)


def most_g_mean(judged: Judged, found: Mapping[Figure, float]) -> float:
    """The upper end of a geometric mean that is 0, as a class was never found: what its exact interval allows it."""
    there = np.flatnonzero(judged.true)
    recalls = np.array([found[Figure("recall", k)] for k in there.tolist()])
    most = np.where(recalls > 0, recalls, 1 - ((1 - SHARE) / 2) ** (1 / judged.true[there]))
    return float(np.exp(np.log(most).mean()))
