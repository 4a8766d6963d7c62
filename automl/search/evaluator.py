"""Params in; a trial, out-of-fold outputs and one booster a fold out."""

import math
import time
from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from threading import Event
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from automl.booster import Fitted, Part, TrainingData, fit
from automl.errors import Interrupted
from automl.metrics import measure, to_score
from automl.search.proposers import Proposal
from automl.search.stopping import Brake, is_behind
from automl.split import Rows
from automl.types import Floats, Json, Metric, Trial

MOST_ROUNDS: Final = 3000
_FIRST_SHARE, _SHARE = 0.6, 1 / 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """A trial and what it leaves behind.

    Attributes:
        trial: as plain data.
        texts: one booster a fold run; none when it failed.
        rows: the training rows that were validated, ascending.
        outputs: what was said of them out of fold, `(len(rows), k)` or `(len(rows),)`.
    """

    trial: Trial
    texts: tuple[str, ...]
    rows: Rows
    outputs: Floats


@dataclass(frozen=True, slots=True)
class _Fold:
    train: Part
    valid: Part
    rows: Rows


class Evaluator:
    """Runs trials on the same folds of the same binned data. Safe to call from several threads.

    Args:
        data: all training rows.
        target: theirs, class indices or values `(n,)`.
        folds: training and validation rows of each.
        metric: what trials are ranked by.
        seed: of LightGBM's sampling, the same for every trial.
        cores: that one trial may use: for folds side by side first, as LightGBM's own threads gain little on small
            tables, and lose much on a busy machine.
    """

    def __init__(
        self,
        data: TrainingData,
        target: NDArray[Any],
        folds: Sequence[tuple[Rows, Rows]],
        *,
        metric: Metric,
        seed: int,
        cores: int,
    ) -> None:
        self._data = data
        self._target = target
        self._folds = [_Fold(data.part(train), data.part(valid), valid) for train, valid in folds]
        self._metric: Metric = metric
        self._seed = seed
        self._at_once = min(cores, len(folds))
        self._threads = cores // self._at_once

    def run(self, number: int, proposal: Proposal, brake: Brake, best: Trial | None = None) -> Outcome:
        """Fit fold after fold until the trial is clearly behind `best` or the brake closes.

        An error makes a failed trial. No trial takes more than a third of the time left, or 60 % when it is the first,
        so that large tables see a few trials too: its folds keep the rounds that they came to.

        Raises:
            Interrupted: from the brake.
        """
        begun = time.monotonic()
        try:
            fits, scores, detail = self._race(proposal.params, brake, best)
        except Interrupted:
            raise
        except Exception as error:  # noqa: BLE001 - one bad trial must not end the search
            fits, scores, detail = [], [], f"{type(error).__name__}: {error}"
        trial = Trial(
            number=number,
            state="failed" if not scores else "stopped" if detail else "succeeded",
            params=dict(proposal.params),
            score=math.fsum(scores) / len(scores) if scores else None,
            fold_scores=tuple(scores),
            rounds=tuple(fitted.rounds for fitted in fits),
            seconds=time.monotonic() - begun,
            proposer=proposal.proposer,
            detail=detail,
        )
        return self._outcome(trial, fits)

    def refit(self, trial: Trial, brake: Brake, *, slack: float = 1.0) -> Outcome:
        """Fit an earlier trial again; fewer folds where the brake closes first.

        Args:
            trial: of this evaluator, or of one with as many folds.
            brake: ends it.
            slack: times the rounds that the trial came to are the most that it may come to now.
        """
        limits = [math.ceil(rounds * slack) for rounds in trial.rounds]
        return self._outcome(trial, list(self._fits(trial.params, limits, brake, math.inf)))

    def _race(
        self, params: Mapping[str, Json], brake: Brake, best: Trial | None
    ) -> tuple[list[Fitted], list[float], str | None]:
        """Fits, their scores, and why there are not as many as folds."""
        fits: list[Fitted] = []
        scores: list[float] = []
        share = brake.left() * (_SHARE if best else _FIRST_SHARE) / math.ceil(len(self._folds) / self._at_once)
        with closing(self._fits(params, [MOST_ROUNDS] * len(self._folds), brake, share)) as results:
            for fold, fitted in zip(self._folds, results, strict=False):
                fits.append(fitted)
                scores.append(to_score(self._metric, measure(self._metric, self._target[fold.rows], _seen(fitted))))
                if not math.isfinite(scores[-1]):
                    raise ArithmeticError(f"its score is {scores[-1]}")
                if best and is_behind(scores, best.fold_scores):
                    return fits, scores, "clearly behind the best trial"
        return fits, scores, None if len(fits) == len(self._folds) else "the search came to its end"

    def _fits(
        self, params: Mapping[str, Json], limits: Sequence[int], brake: Brake, seconds: float
    ) -> Generator[Fitted, None, None]:
        """Fold after fold, `seconds` for each. The one in which the brake closes counts only if it is the first."""
        dropped = Event()

        def fit_one(fold: _Fold, limit: int) -> Fitted:
            slot = brake.within(seconds)
            return fit(
                self._data,
                fold.train,
                fold.valid,
                params,
                rounds=limit,
                patience=_patience(params),
                seed=self._seed,
                threads=self._threads,
                told_to_stop=lambda: dropped.is_set() or slot.closed(),
            )

        pool = ThreadPoolExecutor(self._at_once)
        try:
            for number, fitted in enumerate(pool.map(fit_one, self._folds[: len(limits)], limits)):
                over = fitted.cut and brake.closed()
                if number == 0 or not over:
                    yield fitted
                if over:
                    return
        finally:
            dropped.set()
            pool.shutdown(cancel_futures=True)

    def _outcome(self, trial: Trial, fits: Sequence[Fitted]) -> Outcome:
        if not fits:
            return Outcome(trial, (), np.empty(0, dtype=np.int64), np.empty(0))
        rows = np.concatenate([fold.rows for fold, _ in zip(self._folds, fits, strict=False)])
        outputs = np.concatenate([_seen(fitted) for fitted in fits])
        order = np.argsort(rows)
        return Outcome(trial, tuple(fitted.text for fitted in fits), rows[order], outputs[order])


def _seen(fitted: Fitted) -> Floats:
    if fitted.outputs is None:
        raise ValueError("a fit without validation rows has no outputs")
    return fitted.outputs


def _patience(params: Mapping[str, Json]) -> int:
    """Rounds to wait for a better one: the smaller the steps, the longer a way to it."""
    return int(min(200, max(20, 5 / params.get("learning_rate", 0.1))))
