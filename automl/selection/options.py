"""Which trials answer together, and with how many models: as good as the limits allow, and what else there would be.

Out of fold it makes no difference how many models of a trial answer, as each row has but one fold model's answer there.
So the choice is first of trials, and then of as many models as there is room for.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from automl.decisions.worth import worth
from automl.problem import Problem
from automl.search import Brake, Found, Outcome
from automl.selection.blend import Blend, alone, choose
from automl.selection.cost import Cost, Prices
from automl.selection.limits import Limits
from automl.selection.reserves import judged_seconds, models_served, packed_share, refit_seconds
from automl.stages import Parts
from automl.types import Json, TrainRequest

Name = Literal["best", "blend", "held"]

_MOST_MEMBERS: Final = 5
_HARDLY_MORE: Final = 1.25
_MOST_MODELS: Final = 160
"""Each is up to three files, with what it begins at and what it adds to the features; a bundle has 512 at the most."""


@dataclass(frozen=True, slots=True)
class Option:
    """One way to answer.

    Attributes:
        name: `best` for the best trial alone, `blend` for the best blend, `held` for the best within the limits.
        blend: the trials, with their fold models.
        once: whether each is to have one model of all rows, and not as many as there are without limits.
        models: in all, when it is served.
        score: out of fold.
        cost: of the predictor that this would make, as foreseen.
        excess: how many times too much that is; up to 1 is allowed.
    """

    name: Name
    blend: Blend
    once: bool
    models: int
    score: float
    cost: Cost
    excess: float

    @property
    def key(self) -> tuple[Json, ...]:
        """What tells it from others that would make another predictor."""
        return self.models, self.blend.weights, *(outcome.trial.number for outcome in self.blend.outcomes)


class Chooser:
    """Weighs what a search left.

    Args:
        problem: of the run.
        parts: its rows.
        request: of the run.
        found: what the search left.
        brake: closes when the rest of the run needs its time.
    """

    def __init__(self, problem: Problem, parts: Parts, request: TrainRequest, found: Found, brake: Brake) -> None:
        self._problem, self._parts, self._request = problem, parts, request
        self._timed = request.max_trials is None
        self._brake = brake
        self._seconds = brake.left() if self._timed else math.inf
        self._pool = found.pool or (found.best,)
        self._prices = Prices()
        self._best = alone(found.best)
        self._blend = self._select(_MOST_MEMBERS) or self._best

    def weigh(self, limits: Limits) -> list[Option]:
        """All that are worth a look, the one to take first."""
        named: list[tuple[Name, Blend]] = [("blend", self._blend), ("best", self._best)]
        usual, lean = ([self._option(*each, limits, once=once) for each in named] for once in (False, True))
        free = usual[0 if self._request.ensemble else 1]
        chosen = free if free.excess <= 1 else self._held(limits)
        others = {option.key: option for option in reversed([*usual, *lean]) if option.key != chosen.key}
        return [chosen, *reversed(others.values())]

    def _held(self, limits: Limits) -> Option:
        """The best within the limits, or of the smallest that there are. With all its models where there is room."""

        def excess(outcomes: Sequence[Outcome]) -> float:
            return limits.excess(self._prices.of([(outcome, 1) for outcome in outcomes]))

        most = _MOST_MEMBERS if self._request.ensemble else 1
        found = self._select(most, lambda outcomes: excess(outcomes) <= 1)
        blend = found or alone(self._smallest(excess))
        usual = self._option("held", blend, limits, once=False)
        return usual if usual.excess <= 1 else self._option("held", blend, limits, once=True)

    def _smallest(self, excess: Callable[[Sequence[Outcome]], float]) -> Outcome:
        """The best, out of fold, of those that cost hardly more than the very smallest."""
        costs = [excess([outcome]) for outcome in self._pool]
        return next(each for each, cost in zip(self._pool, costs, strict=True) if cost <= _HARDLY_MORE * min(costs))

    def _select(self, most: int, allowed: Callable[[Sequence[Outcome]], bool] = lambda _: True) -> Blend | None:
        """The best blend of at most so many trials that are allowed, and for which there is time, as for any one."""

        def affordable(outcomes: Sequence[Outcome]) -> bool:
            in_time = len(outcomes) == 1 or sum(map(self._work, outcomes)) <= self._seconds
            return in_time and len(outcomes) <= most and allowed(outcomes)

        return choose(
            self._pool,
            self._parts.target,
            self._problem.metric,
            affordable=affordable,
            tuned=self._request.tuned,
            told_to_stop=self._brake.closed if self._timed else lambda: False,
            additive=bool(self._request.interactions),
            weights=self._parts.weights,
            seed=self._request.seed,
        )

    def _work(self, outcome: Outcome) -> float:
        """Seconds that a trial takes that has a part: to be judged, fitted again and packed."""
        trial, problem = outcome.trial, self._problem
        again = refit_seconds(problem, self._parts, trial) if self._request.refit else 0.0
        packing = packed_share(self._request, len(outcome.folds)) * outcome.packing_s
        return again + judged_seconds(problem, self._parts, trial) + packing

    def _option(self, name: Name, blend: Blend, limits: Limits, *, once: bool) -> Option:
        models = [(each, 1 if once else models_served(each, self._request)) for each in blend.outcomes]
        cost = self._prices.of(models)
        count = sum(number or len(each.folds) for each, number in models)
        too_many = count / _MOST_MODELS if count > _MOST_MODELS else 0.0
        excess = max(limits.excess(cost), too_many)
        return Option(name, blend, once, count, self._score(blend), limits.total(cost), excess)

    def _score(self, blend: Blend) -> float:
        rows, weights = blend.rows, None if self._parts.weights is None else self._parts.weights[blend.rows]
        target = self._parts.target[rows]
        return worth(self._problem.metric, target, blend.outputs, weights, tuned=self._request.tuned)
