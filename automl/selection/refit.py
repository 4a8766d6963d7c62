"""The winner once more, on all rows: those that were held out to judge it are too good to be left unused."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from automl.learners.params import choice, is_random
from automl.machine import cores
from automl.predictor import Predictor
from automl.problem import Problem
from automl.search import Brake, Evaluator, Outcome, outputs_of, share_learnt
from automl.search.effort import effort
from automl.search.fitting import FoldFit, idle_rounds
from automl.selection.assemble import load_members
from automl.selection.blend import Blend
from automl.selection.cost import GROWTH
from automl.stages import Features, Parts, encode
from automl.types import TrainRequest, Trial

_SLACK: Final = 1.1
"""Times the rounds that a trial came to on average: more rows carry somewhat more."""

_TIMES: Final = 2
"""Models of a trial on all rows, each with other seeds, where folds are fitted side by side."""

_S_PER_TREE_AND_ROW: Final = 0.05e-6
"""To answer a row takes so long for each of its trees."""

_MOST_SHARE, _MOST_FOR_MORE = 0.35, 0.5
"""Of the whole time, the most that is kept for it; and where the search learnt from some of the rows only."""


def refit_seconds(problem: Problem, parts: Parts, trial: Trial) -> float:
    """What it takes to fit a trial on all rows, where its folds took as long as they did."""
    waves = math.ceil(len(trial.fold_scores) / min(cores(), len(trial.fold_scores)))
    models = math.ceil(_times(trial) / cores()) if len(trial.fold_scores) > 1 else 1
    texts = any(column.type == "text" for column in problem.columns)
    family = choice(trial.params, "family")
    learnt = share_learnt(trial.params, trial.share, texts=texts) * len(parts.folds[0][0])
    dearer = effort(len(problem.target), family) / effort(learnt, family)
    return _SLACK * models * _useful(trial) * trial.seconds / waves * dearer


def _useful(trial: Trial) -> float:
    """The part of its rounds that led to the best one: without validation rows a fit ends there."""
    rounds = math.fsum(trial.rounds) / len(trial.rounds)
    idle = 0 if trial.cut_folds else idle_rounds(trial.params)
    return rounds / (rounds + idle) if rounds else 1.0


def judged_seconds(problem: Problem, parts: Parts, trial: Trial) -> float:
    """What it takes the models of a trial to answer the holdout."""
    trees = sum(trial.rounds) * outputs_of(problem.task, len(problem.classes))
    return len(parts.holdout_target) * trees * _S_PER_TREE_AND_ROW


def preparing_seconds(problem: Problem, parts: Parts, features: Features) -> float:
    """What it takes to encode all rows that hold texts, and to learn what these tell, as far as a search has shown."""
    if not features.views.material.texts:
        return 0.0
    again = features.views.teller.seconds * len(problem.target) / len(parts.folds[0][0])
    return _SLACK * (features.seconds * len(problem.target) / len(parts.target) + again)


def may_refit(problem: Problem, parts: Parts, request: TrainRequest, features: Features, best: Trial) -> bool:
    """Whether a refit is asked for and, where time ends the run, any was kept for it."""
    if not request.refit or request.max_trials is not None:
        return request.refit
    return _refitting(problem, parts, request, features, [best]) > 0


def reserve(problem: Problem, parts: Parts, request: TrainRequest, features: Features, best: Sequence[Trial]) -> float:
    """What to keep to judge a model, and to fit it again, while these may be its members, the best first."""
    members = best if request.ensemble else best[:1]
    judging = sum(judged_seconds(problem, parts, trial) for trial in members)
    return judging + _refitting(problem, parts, request, features, members)


def _refitting(
    problem: Problem, parts: Parts, request: TrainRequest, features: Features, members: Sequence[Trial]
) -> float:
    """What to keep for `refit`, and `condense` under limits, of as many members as may be; 0 if not even the first."""
    some = min(trial.share for trial in members) < 1
    most = (_MOST_FOR_MORE if some else _MOST_SHARE) * request.timeout_s
    fits, kept = request.refit + request.limited, preparing_seconds(problem, parts, features) if request.refit else 0.0
    for place, trial in enumerate(members):
        cost = fits * refit_seconds(problem, parts, trial)
        if kept + cost <= most:
            kept += cost
        elif place == 0:
            return 0.0
    return kept


def packed_share(request: TrainRequest, folds: int) -> float:
    """Of what it takes to pack the models of so many folds, what it takes to pack those that are served."""
    return min(1.0, GROWTH * _TIMES / folds) if request.refit else 1.0


def models_served(outcome: Outcome, request: TrainRequest) -> int | None:
    """How many models of all rows a trial has, where nothing limits them; None for its fold models."""
    return _times(outcome.trial) if request.refit else None


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


def refit(
    problem: Problem,
    parts: Parts,
    request: TrainRequest,
    blend: Blend,
    judged: Predictor,
    *,
    brake: Brake,
    preparing_s: float = 0.0,
    at_once: int | None = None,
) -> Predictor | None:
    """The judged model's params on all rows; None where none is wanted or possible, or there is no time for it.

    Each trial has two models with other seeds in place of one a fold, with as many rounds as the folds came to: on nine
    of ten tables no worse, and quicker to fit and to answer. Where it was condensed it has one. The threshold stays the
    one that was tuned and judged.

    Args:
        problem: with all rows.
        parts: of them, that were learnt from so far.
        request: of the run.
        blend: the trials of the judged model.
        judged: the predictor that was made of them.
        brake: closes when the rest of the run needs its time.
        preparing_s: seconds that it takes before the fits, as `preparing_seconds` has it.
        at_once: fits that memory allows side by side; any number when None.
    """
    needed = sum(refit_seconds(problem, parts, outcome.trial) for outcome in blend.outcomes)
    # Amounts alone were learnt from, but a row that was held out may be below 0.
    logs = any(choice(outcome.trial.params, "link") == "log" for outcome in blend.outcomes)
    below = logs and problem.target.min() < 0
    if not request.refit or below or needed + preparing_s > brake.left():
        return None
    features = encode(problem, request, problem.frame, problem.target, [], weights=problem.weights, at_once=at_once)
    evaluator = Evaluator(features.views, cores=cores())
    again = []
    for outcome in blend.outcomes:
        folds = _on_all_rows(evaluator, outcome, brake, times=1 if blend.once else _times(outcome.trial))
        if not folds:
            return None
        again.append(replace(outcome, folds=folds))
    members = load_members(problem, features.encoder, replace(blend, outcomes=tuple(again)))
    return Predictor(replace(judged.spec, encoder=features.encoder), members)


def unrefitted(request: TrainRequest, blend: Blend, judged: Predictor) -> Predictor:
    """The judged model where there was no refit; of one that is limited no more models than a refit would have had."""
    if not (request.refit and (request.limited or blend.once)):
        return judged
    counts = [1 if blend.once else _times(outcome.trial) for outcome in blend.outcomes]
    members = [
        replace(member, models=member.models[-count:]) for member, count in zip(judged.members, counts, strict=True)
    ]
    return replace(judged, members=tuple(members))


def _on_all_rows(evaluator: Evaluator, outcome: Outcome, brake: Brake, *, times: int) -> tuple[FoldFit, ...]:
    slack = _SLACK if choice(outcome.trial.params, "family") == "boosted" else 1.0
    return evaluator.settle(outcome.trial, brake, times=times, slack=slack).folds


def _times(trial: Trial) -> int:
    """Models on all rows. Where nothing is drawn, another would be the same."""
    return _TIMES if len(trial.fold_scores) > 1 and is_random(trial.params) else 1
