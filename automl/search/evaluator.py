"""Params in; a trial, out-of-fold outputs and one booster a fold out."""

import math
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from threading import Event
from typing import Final

import numpy as np

from automl.augment import Mix
from automl.errors import Interrupted
from automl.metrics import prepare, to_score
from automl.params import choice
from automl.search.evidence import gain
from automl.search.fitting import FoldFit, fit_fold
from automl.search.proposers import Proposal
from automl.search.stopping import Brake, is_behind
from automl.search.views import Views
from automl.split import Rows
from automl.types import Floats, Json, Trial

MOST_ROUNDS: Final = 3000
_PACKING_S_PER_BYTE: Final = 0.2e-6


@dataclass(frozen=True, slots=True)
class Attempt:
    """A trial to be made.

    Attributes:
        number: of the trial.
        proposal: what to try.
        best: the trial to race against, of the same share; without one all folds are run.
        twin: the trial of the same params without augmentation; what is not better beyond noise is stopped.
        share: of each fold's training rows to learn from.
        most: of the time left, the most that it may take: its folds keep the rounds that they came to.
    """

    number: int
    proposal: Proposal
    best: Trial | None = None
    share: float = 1.0
    most: float = 1 / 3
    twin: Trial | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A trial and what it leaves behind.

    Attributes:
        trial: as plain data.
        folds: one a fold run; none when it failed.
        rows: the training rows that were validated, ascending.
        outputs: what was said of them out of fold, `(len(rows), k)` or `(len(rows),)`; the mean, where folds repeat.
    """

    trial: Trial
    folds: tuple[FoldFit, ...]
    rows: Rows
    outputs: Floats

    @property
    def texts(self) -> tuple[str, ...]:
        """One model a fold run."""
        return tuple(fold.fitted.text for fold in self.folds)

    @property
    def packing_s(self) -> float:
        """Seconds that checking and packing its models will take."""
        return sum(map(len, self.texts)) * _PACKING_S_PER_BYTE


class Evaluator:
    """Runs trials on the same folds of the same binned data. Safe to call from several threads.

    Args:
        views: of the rows that trials are made from.
        cores: that one trial may use: for folds side by side first, as LightGBM's own threads gain little on small
            tables, and lose much on a busy machine.
    """

    def __init__(self, views: Views, *, cores: int) -> None:
        self._views = views
        self._material = views.material
        self._at_once = min(cores, len(views.material.folds))
        self._threads = cores // self._at_once

    @property
    def width(self) -> int:
        """One trial at a time."""
        return 1

    def run(self, attempts: Sequence[Attempt], brake: Brake) -> Iterator[Outcome]:
        """Make one attempt after the other."""
        return (self.attempt(attempt, brake) for attempt in attempts)

    def attempt(self, attempt: Attempt, brake: Brake) -> Outcome:
        """Fit fold after fold until the trial is clearly behind the best one or the brake closes.

        An error makes a failed trial.

        Raises:
            Interrupted: from the brake.
        """
        proposal = attempt.proposal
        begun = time.monotonic()
        try:
            fits, scores, detail = self._race(attempt, brake)
        except Interrupted:
            raise
        except Exception as error:  # noqa: BLE001 - one bad trial must not end the search
            fits, scores, detail = [], [], f"{type(error).__name__}: {error}"
        cut = tuple(number for number, fold in enumerate(fits) if fold.fitted.cut)
        trial = Trial(
            number=attempt.number,
            state="failed" if not scores else "stopped" if detail else "succeeded",
            params=dict(proposal.params),
            score=math.fsum(scores) / len(scores) if scores else None,
            fold_scores=tuple(scores),
            rounds=tuple(fold.fitted.rounds for fold in fits),
            seconds=time.monotonic() - begun,
            proposer=proposal.proposer,
            detail=detail or _cut_short(cut),
            share=attempt.share,
            parents=proposal.parents,
            generation=proposal.generation,
            cut_folds=cut,
        )
        return _outcome(trial, fits)

    def refit(self, trial: Trial, brake: Brake, *, slack: float = 1.0) -> Outcome:
        """Fit an earlier trial again; fewer folds where the brake closes first.

        Args:
            trial: of this evaluator, or of one with as many folds.
            brake: ends it.
            slack: times the rounds that the trial came to are the most that it may come to now.
        """
        limits = [math.ceil(rounds * slack) for rounds in trial.rounds]
        return _outcome(trial, list(self._fits(trial.params, trial.share, limits, brake, math.inf)))

    def _race(self, attempt: Attempt, brake: Brake) -> tuple[list[FoldFit], list[float], str | None]:
        """Fits, their scores, and why there are not as many as folds."""
        fits: list[FoldFit] = []
        scores: list[float] = []
        folds = len(self._material.folds)
        best, params = attempt.best, attempt.proposal.params
        seconds = brake.left() * attempt.most / math.ceil(folds / self._at_once)
        with closing(self._fits(params, attempt.share, [MOST_ROUNDS] * folds, brake, seconds)) as results:
            for fold in results:
                fits.append(fold)
                scores.append(self._score(fold))
                if not math.isfinite(scores[-1]):
                    raise ArithmeticError(f"its score is {scores[-1]}")
                if best and is_behind(scores, best.fold_scores):
                    return fits, scores, "clearly behind the best trial"
        if len(fits) < folds:
            return fits, scores, "the search came to its end"
        idle = attempt.twin and gain(scores, attempt.twin.fold_scores, self._material.folds).low <= 0
        return fits, scores, "no better beyond noise than without augmentation" if idle else None

    def _score(self, fold: FoldFit) -> float:
        it = self._material
        value = prepare(it.metric, it.target[fold.rows], fold.outputs)
        return to_score(it.metric, value(None if it.weights is None else it.weights[fold.rows]))

    def _fits(
        self, params: Mapping[str, Json], share: float, limits: Sequence[int], brake: Brake, seconds: float
    ) -> Generator[FoldFit, None, None]:
        """Fold after fold, `seconds` for each. The one in which the brake closes counts only if it is the first."""
        dropped = Event()

        def fit_one(number: int, limit: int) -> FoldFit:
            slot = brake.within(seconds)
            view = self._views.view(number, choice(params, "recipe"), share, Mix.of(params))
            return fit_fold(
                self._material,
                view,
                params,
                rounds=limit,
                threads=self._threads,
                told_to_stop=lambda: dropped.is_set() or slot.closed(),
            )

        pool = ThreadPoolExecutor(self._at_once)
        try:
            for number, fold in enumerate(pool.map(fit_one, range(len(limits)), limits)):
                over = fold.fitted.cut and brake.closed()
                if number == 0 or not over:
                    yield fold
                if over:
                    return
        finally:
            dropped.set()
            pool.shutdown(cancel_futures=True)


def _cut_short(folds: Sequence[int]) -> str | None:
    """What to say of a trial that has all its folds, some of which the clock ended."""
    return f"cut short by the clock: fold {', '.join(map(str, folds))}" if folds else None


def _outcome(trial: Trial, folds: Sequence[FoldFit]) -> Outcome:
    if not folds:
        return Outcome(trial, (), np.empty(0, dtype=np.int64), np.empty(0))
    each = np.concatenate([fold.rows for fold in folds])
    outputs = np.concatenate([fold.outputs for fold in folds])
    rows, place, times = np.unique(each, return_inverse=True, return_counts=True)
    total = np.zeros((len(rows), *outputs.shape[1:]))
    np.add.at(total, place, outputs)
    mean = total / times.reshape(-1, *(1,) * (outputs.ndim - 1))
    return Outcome(trial, tuple(folds), rows, mean)
