"""Which earlier trials say something about the next one, and the loss of each."""

import math
from collections.abc import Sequence
from typing import Final

from automl.learners.params import choice
from automl.search.stopping import find_best
from automl.types import Trial

_ENOUGH: Final = 10
_BEST, _LATEST = 100, 200

Judged = tuple[Trial, float | None]
"""A trial and its loss; None for one that failed or still runs."""


def comparable(history: Sequence[Trial], family: str) -> list[Judged]:
    """The trials of a family with their losses, by number: of many the best 100 and the latest 200.

    Only trials that learnt from the same share of the rows can be compared, so those of the largest share count alone
    once there are ten of them. Until then the others count too, each with its rank among its own kind for a loss.
    """
    kin = sorted((t for t in history if choice(t.params, "family") == family), key=lambda trial: trial.number)
    lost: list[Judged] = [(trial, None) for trial in kin if trial.score is None]
    groups = [_losses([t for t in kin if t.share == share and t.score is not None]) for share in _shares(kin)]
    if groups and (len(groups) == 1 or len(groups[0]) >= _ENOUGH):
        judged = lost + groups[0]
    else:
        judged = lost + [pair for group in groups for pair in _ranks(group)]
    return sorted(_newest_and_best(judged), key=lambda pair: pair[0].number)


def _shares(trials: Sequence[Trial]) -> list[float]:
    """Of the rows that trials with a score learnt from, the largest first."""
    return sorted({trial.share for trial in trials if trial.score is not None}, reverse=True)


def _losses(trials: Sequence[Trial]) -> list[Judged]:
    """Folds differ, so a trial that was stopped early is judged by its lag behind the best one on the same folds."""
    best = find_best(trials)
    if best is None or best.score is None:
        return []

    def lag(trial: Trial) -> float:
        lags = [b - s for b, s in zip(best.fold_scores, trial.fold_scores, strict=False)]
        return math.fsum(lags) / len(lags)

    return [(trial, lag(trial) - best.score) for trial in trials]


def _ranks(group: Sequence[Judged]) -> list[Judged]:
    ordered = sorted(group, key=_loss)
    return [(trial, rank / len(ordered)) for rank, (trial, _) in enumerate(ordered)]


def _newest_and_best(judged: list[Judged]) -> list[Judged]:
    if len(judged) <= _BEST + _LATEST:
        return judged
    latest = sorted(judged, key=lambda pair: pair[0].number)
    older, newer = latest[:-_LATEST], latest[-_LATEST:]
    return sorted(older, key=_loss)[:_BEST] + newer


def _loss(pair: Judged) -> float:
    return math.inf if pair[1] is None else pair[1]
