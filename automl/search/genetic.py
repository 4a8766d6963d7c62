"""A genetic algorithm with hyperopt's own signature: parents by tournament, crossover, mutation; no fixed generations.

The best trials of all are the population at any time (steady state, after Whitley's GENITOR, 1989), so that nothing
waits for a generation to be complete. A child's generation is one more than that of its younger parent.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from hyperopt import Trials
from hyperopt.base import Domain
from numpy.typing import NDArray

from automl.search.axes import answer, draw, read
from automl.types import Floats

RANDOM_FIRST: Final = 6
"""Trials with a loss before the first child: the generation 0."""

_POPULATION: Final = 8
_TOURNAMENT: Final = 3
_MUTATED: Final = 0.25
_STEP: Final = 0.25


def suggest(new_ids: Sequence[int], domain: Domain, trials: Trials, seed: int) -> list[dict[str, Any]]:
    """A child of two good trials for the one trial of `new_ids`.

    The document's `misc` says its `parents` and its `generation`; it looks for generations there too.
    """
    (new_id,) = new_ids
    seen, rng = read(domain, trials), np.random.default_rng(seed)
    if np.isfinite(seen.losses).sum() < RANDOM_FIRST:
        point = draw(seen.options, rng)
        return answer(domain, trials, new_id, seen, point, proposer="genetic", parents=(), generation=0)
    population = np.argsort(seen.losses, kind="stable")[:_POPULATION]
    pair = [population[rng.integers(len(population), size=_TOURNAMENT).min()] for _ in range(2)]
    child = _mutate(_cross(seen.points[pair], rng), seen.options, rng)
    parents = tuple(sorted({int(seen.ids[i]) for i in pair}))
    generation = 1 + max(trials.trials[i]["misc"].get("generation") or 0 for i in pair)
    return answer(domain, trials, new_id, seen, child, proposer="genetic", parents=parents, generation=generation)


def _cross(pair: Floats, rng: np.random.Generator) -> Floats:
    """Each parameter from either parent `(2, axes)`."""
    one, other = pair
    child: Floats = np.where(rng.integers(2, size=len(one)) == 1, one, other)
    return child


def _mutate(child: Floats, options: NDArray[np.int64], rng: np.random.Generator) -> Floats:
    """Some parameters, one at least, take a step, reflected at the ends, or another option."""
    free = np.flatnonzero(options != 1)
    mutated = rng.random(len(child)) < _MUTATED
    if free.size:
        mutated[rng.choice(free)] = True
    stepped = 1 - np.abs(1 - np.abs(child + _STEP * rng.normal(size=len(child))))
    fresh = np.where(options > 0, draw(options, rng), np.clip(stepped, 0.0, 1.0))
    return np.where(mutated, fresh, child)
