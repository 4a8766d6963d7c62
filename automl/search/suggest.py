"""Asks an algorithm over hyperopt's space for the next point. Importing hyperopt takes a second: do it late.

Hyperopt's own `fmin` cannot resume, overruns its time and dies of one error, so the algorithms are called below it:
each time with all trials that matter, rebuilt from plain data, and a seed of the run's seed and the trial's number.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from hyperopt import JOB_STATE_DONE, Trials, anneal, hp, rand
from hyperopt.base import Domain, trials_from_docs

from automl.search import genetic, tpe
from automl.search.comparable import comparable
from automl.search.proposers import Proposal
from automl.spaces.space import Dimension, Space, family_of, to_params, to_vals
from automl.types import Algorithm, Json, Trial

_LEAVES: Final = 31
"""LightGBM's own number."""

_NEAR_THE_BEST: Final = 50
"""Beyond these annealing begins once in 10^15 suggestions."""
_SHRINKING: Final = 0.1
"""Hyperopt's own: how much each trial narrows the steps of annealing."""

Suggest = Callable[[Sequence[int], Domain, Trials, int], list[dict[str, Any]]]
"""Hyperopt's signature: ids of new trials, the space, earlier trials, a seed; documents of the new ones out."""


def mixture(new_ids: Sequence[int], domain: Domain, trials: Trials, seed: int) -> list[dict[str, Any]]:
    """TPE and the genetic algorithm by turns: where one goes astray, the other does not."""
    turn = (tpe.suggest, genetic.suggest)[new_ids[0] % 2]
    return turn(new_ids, domain, trials, seed)


def near_the_best(new_ids: Sequence[int], domain: Domain, trials: Trials, seed: int) -> list[dict[str, Any]]:
    """Hyperopt's annealing without the trials that it would read and not use; they count for how far it steps."""
    losses = [domain.loss(document["result"], document["spec"]) for document in trials.trials]
    ranked = sorted(zip(losses, trials.trials, strict=True), key=lambda pair: math.inf if pair[0] is None else pair[0])
    best = [document for _, document in ranked[:_NEAR_THE_BEST]]
    shrinking = _SHRINKING * len(ranked) / max(1, len(best))
    some = trials_from_docs(best, validate=False)
    documents: list[dict[str, Any]] = anneal.suggest(new_ids, domain, some, seed, shrink_coef=shrinking)
    return documents


_ALGORITHMS: Final[Mapping[Algorithm, Suggest]] = {
    "auto": mixture,
    "tpe": tpe.suggest,
    "genetic": genetic.suggest,
    "anneal": near_the_best,
    "random": rand.suggest,
}


class Suggester:
    """One of the algorithms over a space.

    Attributes:
        domain: the space as hyperopt has it.
    """

    def __init__(self, algorithm: Algorithm, space: Space) -> None:
        self._algorithm = algorithm
        self._space = space
        self._family = family_of(space)
        self._known: dict[int, tuple[Mapping[str, Json], dict[str, Any]]] = {}
        self.domain = Domain(None, {name: _node(name, dimension) for name, dimension in space.items()})

    def __call__(self, history: Sequence[Trial], number: int, seed: int) -> Proposal:
        """What to try as trial `number`; a failed trial in `history` is one to keep away from."""
        documents = [self._document(trial, loss) for trial, loss in comparable(history, self._family)]
        own_seed = int(np.random.SeedSequence([seed, number]).generate_state(1)[0])
        trials = trials_from_docs(documents, validate=False)
        (document,) = _ALGORITHMS[self._algorithm]([number], self.domain, trials, own_seed)
        said = document["misc"]
        return Proposal(
            to_params(self._space, {name: val for name, (val,) in said["vals"].items()}),
            said.get("proposer", self._algorithm),
            parents=said.get("parents", ()),
            generation=said.get("generation"),
        )

    def _document(self, trial: Trial, loss: float | None) -> dict[str, Any]:
        """A trial as hyperopt keeps them."""
        return {
            "tid": trial.number,
            "state": JOB_STATE_DONE,
            "result": {"status": "fail"} if loss is None else {"status": "ok", "loss": loss, "cost": work(trial)},
            "misc": self._misc(trial),
            **dict.fromkeys(("spec", "owner", "exp_key", "version", "book_time", "refresh_time")),
        }

    def _misc(self, trial: Trial) -> dict[str, Any]:
        """Its place in the space, which is kept: to find it again for 300 trials costs more than to propose."""
        known = self._known.get(trial.number)
        if known is None or known[0] is not trial.params:
            vals = to_vals(self._space, trial.params)
            misc = {
                "tid": trial.number,
                "cmd": None,
                "idxs": {name: [trial.number] for name in vals},
                "vals": {name: [val] for name, val in vals.items()},
                "generation": trial.generation,
            }
            known = self._known[trial.number] = trial.params, misc
        return known[1]


def work(trial: Trial) -> float:
    """What a trial cost by what it did, and not by the clock, so that the next proposal depends on no machine."""
    leaves = trial.params.get("num_leaves", _LEAVES)
    rounds = math.fsum(trial.rounds) / max(1, len(trial.rounds))
    return max(rounds, 1.0) * math.log2(leaves + 1) * float(trial.params.get("feature_fraction", 1.0))


def _node(name: str, dimension: Dimension) -> Any:  # noqa: ANN401 - hyperopt is untyped
    low, high = dimension.low, dimension.high
    match dimension.scale:
        case "linear":
            return hp.uniform(name, low, high)
        case "log":
            return hp.loguniform(name, math.log(low), math.log(high))
        case "whole":
            return hp.qloguniform(name, math.log(low), math.log(high), 1)
        case "choice":
            return hp.choice(name, dimension.options)
