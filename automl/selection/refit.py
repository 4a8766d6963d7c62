"""The winner once more, on all rows: those that were held out to judge it are too good to be left unused."""

from dataclasses import replace
from typing import Final

from automl.learners.params import choice
from automl.machine import cores
from automl.predictor import Predictor
from automl.problem import Problem
from automl.search import Brake, Evaluator, Outcome
from automl.search.fitting import FoldFit
from automl.selection.assemble import load_members
from automl.selection.blend import Blend
from automl.selection.reserves import SLACK, refit_seconds, refits
from automl.stages import Features, Parts, encode
from automl.types import TrainRequest

TOO_LATE: Final = "there was no time for a refit"


def condense(features: Features, blend: Blend, brake: Brake) -> Blend:
    """Each of its trials with one model of all training rows in place of its fold models; with the last without time.

    What the trials said out of fold stays as it was.
    """
    evaluator = Evaluator(features.views, cores=cores())
    outcomes = []
    for outcome in blend.outcomes:
        again = () if brake.closed() else _on_all_rows(evaluator, outcome, brake, times=1)
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
    needed = preparing_s + sum(refit_seconds(problem, parts, each.trial) for each in blend.outcomes)
    return TOO_LATE if needed > left_s else None


def refit(
    problem: Problem,
    request: TrainRequest,
    blend: Blend,
    judged: Predictor,
    *,
    brake: Brake,
    at_once: int | None = None,
) -> Predictor | None:
    """The judged model's params on all rows; None where the time did not last.

    Each trial has two models with other seeds in place of one a fold, with as many rounds as the folds came to: on nine
    of ten tables no worse, and quicker to fit and to answer. Where it was condensed it has one. The threshold stays the
    one that was tuned and judged.

    Args:
        problem: with all rows.
        request: of the run.
        blend: the trials of the judged model.
        judged: the predictor that was made of them.
        brake: closes when the rest of the run needs its time.
        at_once: fits that memory allows side by side; any number when None.
    """
    features = encode(problem, request, problem.frame, problem.target, [], weights=problem.weights, at_once=at_once)
    evaluator = Evaluator(features.views, cores=cores())
    again = []
    for outcome in blend.outcomes:
        folds = _on_all_rows(evaluator, outcome, brake, times=1 if blend.once else refits(outcome.trial))
        if not folds:
            return None
        again.append(replace(outcome, folds=folds))
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


def _on_all_rows(evaluator: Evaluator, outcome: Outcome, brake: Brake, *, times: int) -> tuple[FoldFit, ...]:
    slack = SLACK if choice(outcome.trial.params, "family") == "boosted" else 1.0
    return evaluator.settle(outcome.trial, brake, times=times, slack=slack).folds
