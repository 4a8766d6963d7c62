"""The trials that answer together in the final model, with their weights."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from numpy.typing import NDArray

from automl.search import Found, Outcome
from automl.search.ensemble import select
from automl.split import Rows
from automl.types import Floats, Metric

_MOST_MEMBERS: Final = 5


@dataclass(frozen=True, slots=True)
class Blend:
    """A weighted mean of trials.

    Attributes:
        outcomes: the trials with their models, the weightiest first.
        weights: theirs, which sum to 1.
        rows: the training rows that all of them were validated on.
        outputs: the weighted mean of what they said of these rows out of fold.
    """

    outcomes: tuple[Outcome, ...]
    weights: tuple[float, ...]
    rows: Rows
    outputs: Floats

    @property
    def seconds(self) -> float:
        """What all of its trials take on all rows."""
        return sum(outcome.trial.seconds / outcome.trial.share for outcome in self.outcomes)


def alone(outcome: Outcome) -> Blend:
    """A trial by itself."""
    return Blend((outcome,), (1.0,), outcome.rows, outcome.outputs)


def choose(
    found: Found,
    target: NDArray[Any],
    metric: Metric,
    *,
    weights: Floats | None = None,
    cost: Callable[[Outcome], float],
    seconds: float,
    seed: int = 0,
) -> Blend:
    """The blend of the pool that scores best out of fold, or the best trial alone where there is no pool.

    Args:
        found: what the search left.
        target: of the training rows (n,).
        metric: to be best by.
        weights: of the training rows (n,).
        cost: what a trial takes, in seconds, that has a part: to be judged, fitted again and packed.
        seconds: the most that the chosen trials may take together.
        seed: draws the rows to look at, where there are very many.
    """
    if not found.pool:
        return alone(found.best)
    pool, rows = found.pool, found.pool[0].rows
    costs = [cost(outcome) for outcome in pool]

    def affordable(chosen: Collection[int]) -> bool:
        return len(chosen) <= _MOST_MEMBERS and sum(costs[i] for i in chosen) <= seconds

    shares = select(
        [outcome.outputs for outcome in pool],
        target[rows],
        metric,
        weights=None if weights is None else weights[rows],
        seed=seed,
        affordable=affordable,
    )
    return _mean(pool, shares, rows)


def _mean(pool: Sequence[Outcome], shares: Floats, rows: Rows) -> Blend:
    order = [i for i in sorted(range(len(pool)), key=lambda i: (-shares[i], i)) if shares[i] > 0]
    outputs = sum(shares[i] * pool[i].outputs for i in order)
    return Blend(tuple(pool[i] for i in order), tuple(float(shares[i]) for i in order), rows, outputs)
