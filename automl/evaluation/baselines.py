"""What a model must beat: answers that know nothing of the row, and LightGBM as it comes."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from automl.learners.booster import Booster, load_booster
from automl.learners.boosting import TrainingData, fit
from automl.machine import cores
from automl.types import Floats, Metric, Task

_ROUNDS: Final = 100
_VALUES_PER_S: Final = 1e9
"""That a core boosts on in one round, times the outputs: ten times as many as it does, lest anything be left out that
there is time for."""
_TELLING: Final = 0.1
"""Of the time there is, what the first rounds take before they tell what all will: a short pause is no sign."""


def dummy_outputs(
    task: Task,
    target: NDArray[Any],
    n_classes: int,
    rows: int,
    metric: Metric = "rmse",
    *,
    weights: Floats | None = None,
) -> Floats:
    """The training rows' class shares (rows, n_classes), or their mean (rows,), for every row alike.

    For `mae` it is the median, the best that one value can be. Labels are called by `constant_call`.

    Args:
        task: what is predicted.
        target: (n,) class indices or values of the training rows.
        n_classes: 0 for regression.
        rows: how many answers to give.
        metric: what the run ranks by.
        weights: how much each training row counts (n,); all the same when None.
    """
    if task == "regression":
        return np.full(rows, _median(target, weights) if metric == "mae" else np.average(target, weights=weights))
    counts = np.bincount(target, weights, minlength=n_classes)
    return np.tile(counts / counts.sum(), (rows, 1))


def _median(target: Floats, weights: Floats | None) -> float:
    if weights is None:
        return float(np.median(target))
    return float(np.quantile(target, 0.5, weights=weights, method="inverted_cdf"))


def constant_call(metric: Metric, shares: Floats) -> int:
    """The class that a dummy calls every row, by the training rows' shares `(n_classes,)`.

    The commonest, which no other is better than by any metric but F1 of two classes: that is 0 unless all are flagged.
    """
    return 1 if metric == "f1" else int(np.argmax(shares))


def default_booster(data: TrainingData, left: Callable[[], float]) -> Booster | None:
    """LightGBM with its own defaults, 100 rounds on all training rows.

    None where the seconds that are `left` do not go so far: one of fewer rounds would be too easy to beat.
    """
    if _hopeless(data, left()):
        return None
    fitted = fit(data, data.whole, None, {}, rounds=_ROUNDS, patience=_ROUNDS, told_to_stop=_too_slow(left))
    return None if fitted.cut else load_booster(fitted.text, data.task, data.n_classes)


def _hopeless(data: TrainingData, there_is: float) -> bool:
    """Whether not even the first round should begin: of many classes and rows it may outlast the run."""
    outputs: int = data.aim["num_class"]
    values: int = data.whole.num_data() * data.whole.num_feature() * outputs
    return _ROUNDS * values / (_VALUES_PER_S * cores()) >= there_is


def _too_slow(left: Callable[[], float]) -> Callable[[], bool]:
    """To be asked after each round: whether the rounds to come would take longer than there is time."""
    lefts: list[float] = []
    there_is = left()

    def too_slow() -> bool:
        lefts.append(left())
        to_come = _ROUNDS - len(lefts)
        # The first round does not count: it also makes what the others find ready.
        each = min((before - after for before, after in pairwise(lefts)), default=0.0)
        telling = there_is - lefts[-1] >= _TELLING * there_is
        return telling and to_come > 0 and to_come * each >= lefts[-1]

    return too_slow
