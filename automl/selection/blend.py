"""The trials that answer together in the final model, with their weights."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.learners.winsorised import mean, usual_reach
from automl.search import Outcome
from automl.search.ensemble import select
from automl.splits.split import Rows
from automl.types import Floats, Metric


@dataclass(frozen=True, slots=True)
class Blend:
    """A weighted mean of trials.

    Attributes:
        outcomes: the trials with their models, the weightiest first.
        weights: theirs, which sum to 1.
        rows: the training rows that all of them were validated on.
        outputs: the weighted mean of what they said of these rows out of fold.
        once: whether each trial has one model of all rows in place of its fold models.
        reach: how far a trial's values may be from the median of all, where several answer a regression.
    """

    outcomes: tuple[Outcome, ...]
    weights: tuple[float, ...]
    rows: Rows
    outputs: Floats
    once: bool = False
    reach: float | None = None


def alone(outcome: Outcome) -> Blend:
    """A trial by itself."""
    return Blend((outcome,), (1.0,), outcome.rows, outcome.outputs)


def choose(
    pool: Sequence[Outcome],
    target: NDArray[Any],
    metric: Metric,
    *,
    affordable: Callable[[Sequence[Outcome]], bool],
    tuned: bool = True,
    told_to_stop: Callable[[], bool] = lambda: False,
    additive: bool = False,
    weights: Floats | None = None,
    seed: int = 0,
) -> Blend | None:
    """The blend of the pool that scores best out of fold; None where no trial is affordable.

    Args:
        pool: trials that were validated on the same rows.
        target: of the training rows (n,).
        metric: to be best by.
        affordable: whether these trials may have a part together.
        tuned: as `worth` has it.
        told_to_stop: asked after each step; what was found by then is taken.
        additive: whether values must be nothing but a sum of what the trials say, so that none is held near the others.
        weights: of the training rows (n,).
        seed: draws the rows to look at, where there are very many.
    """
    candidates = [outcome for outcome in pool if affordable([outcome])]
    if not candidates:
        return None
    rows = candidates[0].rows
    shares = select(
        [outcome.outputs for outcome in candidates],
        target[rows],
        metric,
        tuned=tuned,
        weights=None if weights is None else weights[rows],
        seed=seed,
        affordable=lambda chosen: affordable([candidates[i] for i in sorted(chosen)]),
        told_to_stop=told_to_stop,
    )
    return _mean(candidates, shares, rows, additive=additive)


def _mean(pool: Sequence[Outcome], shares: Floats, rows: Rows, *, additive: bool) -> Blend:
    order = [i for i in sorted(range(len(pool)), key=lambda i: (-shares[i], i)) if shares[i] > 0]
    outputs, weights = np.stack([pool[i].outputs for i in order]), shares[order]
    reach = usual_reach(outputs, weights) if outputs[0].ndim == 1 and not additive else None
    return Blend(
        tuple(pool[i] for i in order), tuple(weights.tolist()), rows, mean(outputs, weights, reach), reach=reach
    )
