"""Which trials answer together, and with what weight: greedy selection over their out-of-fold outputs."""

from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from automl.decisions.worth import worth
from automl.types import Floats, Metric

_STEPS: Final = 25
_MOST_ROWS: Final = 20_000
"""Weights are as good from so many rows as from more, and a step costs a metric per candidate."""
_PART: Final = 0.25


def select(
    outputs: Sequence[Floats],
    target: NDArray[Any],
    metric: Metric,
    *,
    tuned: bool = True,
    weights: Floats | None = None,
    seed: int = 0,
    affordable: Callable[[Collection[int]], bool] = lambda _: True,
    told_to_stop: Callable[[], bool] = lambda: False,
) -> Floats:
    """Weights (candidates,) that sum to 1, most of them 0, with which the candidates' mean scores best.

    From the best candidate on, the one that helps the mean most is added again and again, with repetition, and the best
    of the means on this way is taken (Caruana et al. 2004: Ensemble selection from libraries of models).

    Args:
        outputs: of each candidate for the same rows, out of fold: `(n, k)` or `(n,)`.
        target: of these rows, class indices or values `(n,)`.
        metric: to be best by.
        tuned: as `worth` has it.
        weights: of the rows `(n,)`.
        seed: draws the rows to look at, where there are very many.
        affordable: whether these candidates may have a part together; one alone always may.
        told_to_stop: asked after each step; what was found by then is taken.
    """
    rows = _sample(len(target), seed)
    parts = [each[rows] for each in outputs]
    truth, row_weights = target[rows], None if weights is None else weights[rows]

    def score(mean: Floats) -> float:
        return worth(metric, truth, mean, row_weights, tuned=tuned)

    def allowed(candidate: int) -> bool:
        return not chosen or candidate in chosen or affordable({*chosen, candidate})

    chosen: list[int] = []
    total = np.zeros_like(parts[0])
    best, size = -np.inf, 0
    for step in range(1, _STEPS + 1):
        scores = [score((total + part) / step) if allowed(i) else -np.inf for i, part in enumerate(parts)]
        leader = int(np.argmax(scores))
        chosen.append(leader)
        total = total + parts[leader]
        if scores[leader] > best:
            best, size = scores[leader], step
        if told_to_stop():
            break
    return np.bincount(chosen[:size], minlength=len(parts)) / size


def helps(
    best: Floats,
    other: Floats,
    target: NDArray[Any],
    metric: Metric,
    *,
    tuned: bool = True,
    weights: Floats | None = None,
) -> bool:
    """Whether the best candidate gains by a quarter of another, which tells quickly who will hardly have a part.

    Args:
        best: its outputs `(n, k)` or `(n,)`.
        other: of the other one, for the same rows.
        target: of these rows.
        metric: to be best by.
        tuned: as `worth` has it.
        weights: of the rows `(n,)`.
    """
    rows = _sample(len(target), 0)
    own, row_weights = best[rows], None if weights is None else weights[rows]
    mixed = own + _PART * (other[rows] - own)
    alone, together = (worth(metric, target[rows], said, row_weights, tuned=tuned) for said in (own, mixed))
    return together > alone


def _sample(rows: int, seed: int) -> NDArray[np.int64]:
    if rows <= _MOST_ROWS:
        return np.arange(rows)
    return np.sort(np.random.default_rng(seed).choice(rows, _MOST_ROWS, replace=False))
