"""Asks hyperopt's algorithms for the next point. The one module that imports hyperopt, which takes a second.

Hyperopt's own `fmin` cannot resume, overruns its time and dies of one error, so its algorithms are called below it:
each time with all trials, rebuilt from plain data, and with a seed of the run's seed and the trial's number.
"""

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

import numpy as np
from hyperopt import JOB_STATE_DONE, Trials, anneal, hp, rand, tpe
from hyperopt.base import Domain

from automl.search.stopping import find_best
from automl.space import Dimension, Space, to_params, to_vals
from automl.types import Algorithm, Json, Trial

_RANDOM_FIRST: Final = 10
"""Trials before TPE begins to model them: hyperopt's own 20 are more than many a budget holds."""

_ALGORITHMS: Final[Mapping[Algorithm, Any]] = {
    "tpe": partial(tpe.suggest, n_startup_jobs=_RANDOM_FIRST, verbose=False),
    "anneal": anneal.suggest,
    "random": rand.suggest,
}


class Suggester:
    """One of hyperopt's algorithms over a space."""

    def __init__(self, algorithm: Algorithm, space: Space) -> None:
        self._suggest = _ALGORITHMS[algorithm]
        self._space = space
        self._domain = Domain(None, {name: _node(name, dimension) for name, dimension in space.items()})

    def __call__(self, history: Sequence[Trial], number: int, seed: int) -> dict[str, Json]:
        """Params for trial `number`; a failed trial in `history` is one to keep away from."""
        trials = Trials()
        trials.insert_trial_docs([self._document(trial, loss) for trial, loss in _losses(history)])
        trials.refresh()
        own_seed = int(np.random.SeedSequence([seed, number]).generate_state(1)[0])
        (document,) = self._suggest([number], self._domain, trials, own_seed)
        return to_params(self._space, {name: val for name, (val,) in document["misc"]["vals"].items()})

    def _document(self, trial: Trial, loss: float | None) -> dict[str, Any]:
        """A trial as hyperopt keeps them."""
        vals = to_vals(self._space, trial.params)
        return {
            "tid": trial.number,
            "state": JOB_STATE_DONE,
            "result": {"status": "fail"} if loss is None else {"status": "ok", "loss": loss},
            "misc": {
                "tid": trial.number,
                "cmd": None,
                "idxs": {name: [trial.number] for name in vals},
                "vals": {name: [val] for name, val in vals.items()},
            },
            **dict.fromkeys(("spec", "owner", "exp_key", "version", "book_time", "refresh_time")),
        }


def _losses(history: Sequence[Trial]) -> list[tuple[Trial, float | None]]:
    """Each trial and its loss, by number; None for failed ones.

    Folds differ, so a trial that was stopped early is judged by its lag behind the best one on the same folds.
    """
    best = find_best(history)

    def loss(trial: Trial) -> float | None:
        if best is None or best.score is None or trial.score is None:
            return None
        lags = [b - s for b, s in zip(best.fold_scores, trial.fold_scores, strict=False)]
        return math.fsum(lags) / len(lags) - best.score

    return [(trial, loss(trial)) for trial in sorted(history, key=lambda trial: trial.number)]


def _node(name: str, dimension: Dimension) -> Any:  # noqa: ANN401 - hyperopt is untyped
    low, high = dimension.low, dimension.high
    match dimension.scale:
        case "linear":
            return hp.uniform(name, low, high)
        case "log":
            return hp.loguniform(name, math.log(low), math.log(high))
        case "whole":
            return hp.qloguniform(name, math.log(low), math.log(high), 1)
        case "switch":
            return hp.choice(name, (False, True))
