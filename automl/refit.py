"""The winner once more, on all rows: those that were held out to judge it are too good to be left unused."""

import os
from dataclasses import replace
from typing import Final

from automl.models import Member
from automl.predictor import Predictor
from automl.problem import Problem
from automl.search import Brake, Evaluator, Found
from automl.stages import Parts, encode, load_models, split_all
from automl.types import TrainRequest

_SLACK: Final = 1.25
"""Times the rounds that the winner came to are the most that it may come to now: more rows carry somewhat more."""

_MOST_SHARE: Final = 0.3
"""Of the whole time, the most that is kept for it."""


def refit_seconds(problem: Problem, parts: Parts, request: TrainRequest, trial_seconds: float) -> float:
    """What `refit` will take for a winner that took so long; 0 where that is too much to keep the search waiting."""
    seconds = _SLACK * trial_seconds * len(problem.target) / len(parts.target)
    return seconds if request.refit and seconds <= _MOST_SHARE * request.timeout_s else 0.0


def refit(
    problem: Problem, request: TrainRequest, found: Found, judged: Predictor, *, brake: Brake, seconds: float
) -> Predictor:
    """The judged model's params on all rows, folded anew; the judged model itself where there is no time for it.

    The threshold stays the one that was tuned and judged.

    Args:
        problem: with all rows.
        request: of the run.
        found: the winner.
        judged: the predictor that was made of it.
        brake: closes when the rest of the run needs its time.
        seconds: from `refit_seconds`.
    """
    if not 0 < seconds < brake.left():
        return judged
    folds = split_all(problem, request)
    features = encode(problem, problem.frame, problem.target, folds, request.seed, weights=problem.weights)
    evaluator = Evaluator(features.views, cores=os.cpu_count() or 1)
    models = load_models(problem, evaluator.refit(found.best.trial, brake, slack=_SLACK))
    if brake.closed() or len(models) < len(judged.members[0].models):
        return judged
    return Predictor(replace(judged.spec, encoder=features.encoder), (Member(1.0, models, judged.members[0].family),))
