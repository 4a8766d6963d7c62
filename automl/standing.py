"""Which trials of a run are better: what was judged more faithfully comes first, whatever its score."""

import math
from collections.abc import Iterable

from automl.types import Trial


def faith(trial: Trial) -> tuple[int, float]:
    """On how many folds a trial was judged, and the share of the rows that it learnt from: the more, the truer."""
    return len(trial.fold_scores), trial.share


def ranked(trials: Iterable[Trial]) -> list[Trial]:
    """Those that came to their end with a score, best first: by faith, then score; the earlier of equals.

    A search may go on from a trial that was stopped on more folds than any of these had.
    """
    whole = [trial for trial in trials if trial.state == "succeeded" and trial.score is not None]
    return sorted(whole, key=_place)


def _place(trial: Trial) -> tuple[float, ...]:
    folds, share = faith(trial)
    return -folds, -share, math.inf if trial.score is None else -trial.score, trial.number
