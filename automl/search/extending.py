"""More budget for a search that has ended."""

from collections.abc import Iterable
from itertools import takewhile

from automl.search.evaluator import ENDED
from automl.search.special import CLOSERS
from automl.types import Trial


def without_end(trials: Iterable[Trial], *, counted: bool = False) -> list[Trial]:
    """The trials that a search of more budget would have made as well: those before this one came to its end.

    A search polishes its best when little budget is left, and cuts a trial short when none is. With more budget it goes
    on from the trial before, and does both later: so it makes, with `max_trials`, the very trials that it would have
    made with that budget from the beginning.

    Args:
        trials: of the search.
        counted: whether `max_trials` is to end it, so that no trial may be as the clock made it.
    """

    def again(trial: Trial) -> bool:
        clocked = trial.detail == ENDED or (counted and bool(trial.cut_folds))
        return trial.proposer not in CLOSERS and not clocked

    return list(takewhile(again, sorted(trials, key=lambda trial: trial.number)))
