"""The winner once more, on all rows: those that were held out to judge it are too good to be left unused."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from automl.assemble import load_members
from automl.blend import Blend, alone, choose
from automl.machine import cores
from automl.params import choice, is_random
from automl.predictor import Predictor
from automl.problem import Problem
from automl.search import Brake, Evaluator, Found, Outcome
from automl.stages import Parts, encode
from automl.types import TrainRequest, Trial

_SLACK: Final = 1.1
"""Times the rounds that a trial came to on average: more rows carry somewhat more."""

_TIMES: Final = 2
"""Models of a trial on all rows, each with other seeds, where folds are fitted side by side."""

_GROWN: Final = 1.3
"""Models of all rows are larger than those of a fold."""

_MOST_SHARE: Final = 0.3
"""Of the whole time, the most that is kept for it."""

_S_PER_TREE_AND_ROW: Final = 0.05e-6
"""To answer a row takes so long for each of its trees."""


def refit_seconds(problem: Problem, parts: Parts, trial: Trial) -> float:
    """What it takes to fit a trial on all rows, where its folds took as long as they did."""
    waves = math.ceil(len(trial.fold_scores) / min(cores(), len(trial.fold_scores)))
    models = math.ceil(_times(trial) / cores()) if len(trial.fold_scores) > 1 else 1
    return _SLACK * models * trial.seconds / trial.share / waves * len(problem.target) / len(parts.folds[0][0])


def reserve(problem: Problem, parts: Parts, request: TrainRequest, best: Sequence[Trial]) -> float:
    """What to keep for `refit` while these may be the members, the best first; 0 where that is too much."""
    most = _MOST_SHARE * request.timeout_s
    costs = [refit_seconds(problem, parts, trial) for trial in (best if request.ensemble else best[:1])]
    return min(sum(costs), most) if request.refit and costs[0] <= most else 0.0


def packed_share(request: TrainRequest, folds: int) -> float:
    """Of what it takes to pack the models of so many folds, what it takes to pack those that are served."""
    return min(1.0, _GROWN * _TIMES / folds) if request.refit else 1.0


def choose_blend(problem: Problem, parts: Parts, request: TrainRequest, found: Found, brake: Brake) -> Blend:
    """The trials that answer together, as far as the time until the brake closes goes for them."""
    if not request.ensemble:
        return alone(found.best)

    def cost(outcome: Outcome) -> float:
        trees = sum(outcome.trial.rounds) * (len(problem.classes) if problem.task == "multiclass" else 1)
        judged = len(parts.holdout_target) * trees * _S_PER_TREE_AND_ROW
        again = refit_seconds(problem, parts, outcome.trial) if request.refit else 0.0
        return again + judged + packed_share(request, len(outcome.folds)) * outcome.packing_s

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
    """The judged model's params on all rows; the judged model itself where there is no time for it.

    Each trial has two models with other seeds in place of one a fold, with as many rounds as the folds came to: on nine
    of ten tables no worse, and quicker to fit and to answer. The threshold stays the one that was tuned and judged.

    Args:
        problem: with all rows.
        parts: of them, that were learnt from so far.
        request: of the run.
        blend: the trials of the judged model.
        judged: the predictor that was made of them.
        brake: closes when the rest of the run needs its time.
    """
    needed = sum(refit_seconds(problem, parts, outcome.trial) for outcome in blend.outcomes)
    if not request.refit or needed > brake.left():
        return judged
    features = encode(problem, request, problem.frame, problem.target, [], weights=problem.weights)
    evaluator = Evaluator(features.views, cores=cores())
    again = []
    for outcome in blend.outcomes:
        slack = _SLACK if choice(outcome.trial.params, "family") == "boosted" else 1.0
        again.append(evaluator.settle(outcome.trial, brake, times=_times(outcome.trial), slack=slack))
        if not again[-1].folds:
            return judged
    members = load_members(problem, features.encoder, replace(blend, outcomes=tuple(again)))
    return Predictor(replace(judged.spec, encoder=features.encoder), members)


def _times(trial: Trial) -> int:
    """Models on all rows. Where nothing is drawn, another would be the same."""
    return _TIMES if len(trial.fold_scores) > 1 and is_random(trial.params) else 1
