"""The winner once more, on all rows: those that were held out to judge it are too good to be left unused."""

import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import Final

from automl.learners.params import choice, is_random
from automl.machine import cores
from automl.predictor import Predictor
from automl.problem import Problem
from automl.search import Brake, Evaluator, Outcome
from automl.selection.assemble import load_members
from automl.selection.blend import Blend
from automl.selection.cost import Prices
from automl.selection.reserves import TIMES, refit_seconds, refits, rounds_on_all
from automl.stages import Features, Parts, encode
from automl.types import TrainRequest

TOO_LATE: Final = "there was no time for a refit"
_AT_LEAST: Final = 0.75
"""Times what it is foreseen to take, the time in which a refit is worth a try: what is left serves nothing else."""
_MOST: Final = 6
"""Models of a trial where there is time: the more, the less another one adds."""
_SURELY: Final = 1.5
"""Times what the first models took, the time that there must be for more."""
_MOST_MS, _MOST_BYTES = 6.0, 16e6
"""To answer a row, and packed, of all models where more are made: they are to answer and to be loaded soon."""


def condense(features: Features, blend: Blend, brake: Brake) -> Blend:
    """Each of its trials with one model of all training rows in place of its fold models; with the last without time.

    What the trials said out of fold stays as it was.
    """
    evaluator = Evaluator(features.views, cores=cores())
    outcomes = []
    for outcome in blend.outcomes:
        least, _ = rounds_on_all(outcome.trial)
        rounds = (least, least)
        again = () if brake.closed() else evaluator.settle(outcome.trial, brake, numbers=range(1), rounds=rounds)
        outcomes.append(replace(outcome, folds=again or outcome.folds[-1:]))
    return replace(blend, outcomes=tuple(outcomes), once=True)


def hindrance(
    problem: Problem, parts: Parts, request: TrainRequest, blend: Blend, *, left_s: float, preparing_s: float = 0.0
) -> str | None:
    """Why there is to be no refit, where that is so.

    Args:
        problem: with all rows.
        parts: of them, that were learnt from so far.
        request: of the run.
        blend: the trials of the judged model.
        left_s: seconds that there are for it.
        preparing_s: those that it takes before the fits, as `preparing_seconds` has it.
    """
    if not request.refit:
        return "no refit was due"
    # Amounts alone were learnt from, but a row that was held out may be below 0.
    if any(choice(each.trial.params, "link") == "log" for each in blend.outcomes) and problem.target.min() < 0:
        return "a log link cannot learn from values below 0, of which some were held out"
    needed = preparing_s + _AT_LEAST * sum(refit_seconds(problem, parts, each.trial) for each in blend.outcomes)
    return TOO_LATE if needed > left_s else None


def refit(
    problem: Problem,
    parts: Parts,
    request: TrainRequest,
    blend: Blend,
    judged: Predictor,
    *,
    brake: Brake,
    at_once: int | None = None,
) -> Predictor | None:
    """The judged model's params on all rows; None where the time did not last.

    Each trial has two models with other seeds in place of one a fold, with as many rounds as the folds came to: on nine
    of ten tables no worse, and quicker to fit and to answer. Where it was condensed it has one. In time that is left,
    those that the clock had cut short have more rounds, and all have up to six models. The threshold stays the one that
    was tuned and judged.

    Args:
        problem: with all rows.
        parts: of them, that were learnt from so far.
        request: of the run.
        blend: the trials of the judged model.
        judged: the predictor that was made of them.
        brake: closes when the rest of the run needs its time.
        at_once: fits that memory allows side by side; any number when None.
    """
    features = encode(problem, request, problem.frame, problem.target, [], weights=problem.weights, at_once=at_once)
    evaluator = Evaluator(features.views, cores=cores())
    again, seconds = [], []
    for place, outcome in enumerate(blend.outcomes):
        begun = time.monotonic()
        rounds = least, most = rounds_on_all(outcome.trial)
        others = sum(refit_seconds(problem, parts, other.trial) for other in blend.outcomes[place + 1 :])
        own = brake.sooner(others) if least < most else brake
        numbers = range(1 if blend.once else refits(outcome.trial))
        folds = evaluator.settle(outcome.trial, own, numbers=numbers, rounds=rounds)
        if not folds:
            return None
        again.append(replace(outcome, folds=folds))
        seconds.append(time.monotonic() - begun)
    if request.max_trials is None and not request.limited and not blend.once:
        again = _more(evaluator, again, brake, seconds)
    members = load_members(problem, features.encoder, replace(blend, outcomes=tuple(again)))
    return Predictor(replace(judged.spec, encoder=features.encoder), members)


def unrefitted(request: TrainRequest, blend: Blend, judged: Predictor) -> Predictor:
    """The judged model where there was no refit; of one that is limited no more models than a refit would have had."""
    if not (request.refit and (request.limited or blend.once)):
        return judged
    counts = [1 if blend.once else refits(outcome.trial) for outcome in blend.outcomes]
    members = [
        replace(member, models=member.models[-count:]) for member, count in zip(judged.members, counts, strict=True)
    ]
    return replace(judged, members=tuple(members))


def _more(evaluator: Evaluator, outcomes: Sequence[Outcome], brake: Brake, seconds: Sequence[float]) -> list[Outcome]:
    """With more models of each trial, as time allows: the mean of several errs less.

    Args:
        evaluator: of all rows.
        outcomes: with their first models.
        brake: closes when the rest of the run needs its time.
        seconds: that those of each trial took.
    """
    made = list(outcomes)
    for first, place in product(range(TIMES, _MOST, cores()), range(len(made))):
        outcome, numbers = made[place], range(first, min(first + cores(), _MOST))
        packing = sum(each.packing_s for each in (*made, outcome))
        if not is_random(outcome.trial.params) or brake.left() < _SURELY * seconds[place] + packing:
            continue
        cost = Prices().of((each, len(each.folds) + len(numbers) * (each is outcome)) for each in made)
        if cost.ms <= _MOST_MS and cost.bytes <= _MOST_BYTES:
            folds = evaluator.settle(outcome.trial, brake, numbers=numbers, rounds=rounds_on_all(outcome.trial))
            made[place] = replace(outcome, folds=outcome.folds + folds)
    return made
