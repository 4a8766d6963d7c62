"""The time that a refit takes, and what a search keeps for it."""

import math
from collections.abc import Sequence
from typing import Final

from automl.learners.params import choice, is_random
from automl.machine import cores
from automl.problem import Problem
from automl.search import Outcome, outputs_of, share_learnt
from automl.search.effort import effort
from automl.search.fitting import idle_rounds
from automl.selection.cost import GROWTH
from automl.stages import Features, Parts
from automl.types import TrainRequest, Trial

SLACK: Final = 1.1
"""Times the rounds that a trial came to on average: more rows carry somewhat more."""

TIMES: Final = 2
"""Models of a trial on all rows, each with other seeds, where folds are fitted side by side."""

_ALONE: Final = 0.65
"""Of its time, what a fit that has all cores takes, on many rows."""
_MANY_ROWS: Final = 50_000
_UNTIMED: Final = 2.0
"""Times the rounds at which the clock cut its folds short, the most that a trial has on all rows."""

_S_A_TREE, _S_A_LEAF, _LEAVES = 14e-9, 0.19e-9, 31
"""To answer a row takes so long for each of its trees, and for each of the leaves that these may have."""

_MOST_SHARE, _MOST_FOR_MORE = 0.35, 0.5
"""Of the whole time, the most that is kept for it; and where the search learnt from some of the rows only."""


def refit_seconds(problem: Problem, parts: Parts, trial: Trial) -> float:
    """What it takes to fit a trial on all rows, where its folds took as long as they did."""
    waves = math.ceil(len(trial.fold_scores) / min(cores(), len(trial.fold_scores)))
    models = math.ceil(refits(trial) / cores()) if len(trial.fold_scores) > 1 else 1
    alone = refits(trial) == 1 < min(cores(), len(trial.fold_scores)) and len(problem.target) > _MANY_ROWS
    texts = any(column.type == "text" for column in problem.columns)
    family = choice(trial.params, "family")
    learnt = share_learnt(trial.params, trial.share, texts=texts) * len(parts.folds[0][0])
    dearer = effort(len(problem.target), family) / effort(learnt, family)
    return SLACK * (_ALONE if alone else 1.0) * models * _useful(trial) * trial.seconds / waves * dearer


def _useful(trial: Trial) -> float:
    """The part of its rounds that led to the best one: without validation rows a fit ends there."""
    rounds = math.fsum(trial.rounds) / len(trial.rounds)
    idle = 0 if trial.cut_folds else idle_rounds(trial.params)
    return rounds / (rounds + idle) if rounds else 1.0


def judged_seconds(problem: Problem, parts: Parts, trial: Trial) -> float:
    """What it takes the models of a trial to answer the holdout."""
    trees = sum(trial.rounds) * outputs_of(problem.task, len(problem.classes))
    leaves: int = trial.params.get("num_leaves", _LEAVES)
    return len(parts.holdout_target) * trees * (_S_A_TREE + _S_A_LEAF * leaves)


def preparing_seconds(problem: Problem, parts: Parts, features: Features) -> float:
    """What it takes to encode all rows that hold texts, and to learn what these tell, as far as a search has shown."""
    if not features.views.material.texts:
        return 0.0
    again = features.views.teller.seconds * len(problem.target) / len(parts.folds[0][0])
    return SLACK * (features.seconds * len(problem.target) / len(parts.target) + again)


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
    return min(1.0, GROWTH * TIMES / folds) if request.refit else 1.0


def models_served(outcome: Outcome, request: TrainRequest) -> int | None:
    """How many models of all rows a trial has, where nothing limits them; None for its fold models."""
    return refits(outcome.trial) if request.refit else None


def rounds_on_all(trial: Trial) -> tuple[int, int]:
    """The least and the most rounds of a model on all rows, in which a trial that the clock cut short may go on."""
    boosted = choice(trial.params, "family") == "boosted"
    mean = math.fsum(trial.rounds) / len(trial.rounds)
    least = max(1, round((SLACK if boosted else 1.0) * mean))
    return least, round(_UNTIMED * mean) if boosted and trial.cut_folds else least


def refits(trial: Trial) -> int:
    """Models on all rows. Where nothing is drawn, another would be the same."""
    return TIMES if len(trial.fold_scores) > 1 and is_random(trial.params) else 1
