"""The winner once more, on all rows: those that were held out to judge it are too good to be left unused."""

import math
from dataclasses import replace
from typing import Final

from automl.assemble import load_members
from automl.blend import Blend, alone, choose
from automl.machine import cores
from automl.predictor import Predictor
from automl.problem import Problem
from automl.search import Brake, Evaluator, Found, Outcome
from automl.stages import Parts, encode, split_all
from automl.types import TrainRequest

_SLACK: Final = 1.25
"""Times the rounds that a trial came to are the most that it may come to now: more rows carry somewhat more."""

_MOST_SHARE: Final = 0.3
"""Of the whole time, the most that is kept for it."""

_MEMBERS: Final = 4
"""As many trials like the best one may have a part in the final model."""

_S_PER_TREE_AND_ROW: Final = 0.4e-6
"""To answer a row takes so long for each of its trees."""


def refit_seconds(problem: Problem, parts: Parts, trial_seconds: float) -> float:
    """What it takes to fit trials again that took so long together."""
    return _SLACK * trial_seconds * len(problem.target) / len(parts.target)


def reserve(problem: Problem, parts: Parts, request: TrainRequest, trial_seconds: float) -> float:
    """What to keep for `refit` when the best trial takes so long; 0 where that keeps the search waiting too long."""
    seconds, most = refit_seconds(problem, parts, trial_seconds), _MOST_SHARE * request.timeout_s
    if not request.refit or seconds > most:
        return 0.0
    return min(seconds * _MEMBERS, most) if request.ensemble else seconds


def choose_blend(problem: Problem, parts: Parts, request: TrainRequest, found: Found, brake: Brake) -> Blend:
    """The trials that answer together, as far as the time until the brake closes goes for them."""
    if not request.ensemble:
        return alone(found.best)

    def cost(outcome: Outcome) -> float:
        trial = outcome.trial
        again = refit_seconds(problem, parts, trial.seconds / trial.share) if request.refit else 0.0
        judged = len(parts.holdout_target) * sum(trial.rounds) * max(1, len(problem.classes)) * _S_PER_TREE_AND_ROW
        return again + judged + outcome.packing_s

    return choose(
        found,
        parts.target,
        problem.metric,
        weights=parts.weights,
        cost=cost,
        seconds=math.inf if request.max_trials is not None else brake.left(),
        seed=request.seed,
    )


def refit(
    problem: Problem, parts: Parts, request: TrainRequest, blend: Blend, judged: Predictor, *, brake: Brake
) -> Predictor:
    """The judged model's params on all rows, folded anew; the judged model itself where there is no time for it.

    The threshold stays the one that was tuned and judged.

    Args:
        problem: with all rows.
        parts: of them, that were learnt from so far.
        request: of the run.
        blend: the trials of the judged model.
        judged: the predictor that was made of them.
        brake: closes when the rest of the run needs its time.
    """
    if not request.refit or refit_seconds(problem, parts, blend.seconds) > brake.left():
        return judged
    folds = split_all(problem, request)
    features = encode(problem, problem.frame, problem.target, folds, request.seed, weights=problem.weights)
    evaluator = Evaluator(features.views, cores=cores())
    again = []
    for outcome in blend.outcomes:
        again.append(evaluator.refit(replace(outcome.trial, share=1.0), brake, slack=_SLACK))
        if brake.closed() or len(again[-1].folds) < len(outcome.folds):
            return judged
    members = load_members(problem, features.encoder, replace(blend, outcomes=tuple(again)))
    return Predictor(replace(judged.spec, encoder=features.encoder), members)
