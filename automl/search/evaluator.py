"""Params in; a trial, out-of-fold outputs and one booster a fold out."""

import math
import time
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from threading import Event
from typing import Final

from automl.augment import Mix
from automl.clock import Unfinished
from automl.decisions.worth import worth
from automl.errors import Interrupted
from automl.learners.learningcurve import NOBODY, Rival
from automl.learners.lgbm import limit_threads
from automl.learners.params import TREES, choice
from automl.metrics import LABEL_METRICS
from automl.search.attempt import Attempt, Outcome, gathered
from automl.search.ceiling import outputs_of
from automl.search.evidence import gain
from automl.search.fitting import FoldFit, fit_view
from automl.search.special import share_learnt
from automl.search.stopping import Brake, is_behind, rival_on
from automl.search.views import Views
from automl.types import Json, Trial

MOST_ROUNDS: Final = 5000
ENDED: Final = "the search came to its end"
"""Why a trial lacks folds that it would else have had."""
_IN_TIME: Final = 0.9
"""Of the time left, what rounds beyond the least may take."""
_STRIDE: Final = 100_003
"""Between the seeds of models that are fitted on all rows."""


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
        self._cores = cores

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
        self._prepare(attempt, brake)
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
            losses=tuple(fold.fitted.loss for fold in fits if fold.fitted.loss is not None),
            origin=proposal.origin,
        )
        return gathered(trial, fits)

    def refit(self, trial: Trial, brake: Brake) -> Outcome:
        """Fit an earlier trial again; fewer folds where the brake closes first."""
        # Each network of a committee has a best epoch of its own, which its trial does not tell.
        limited = choice(trial.params, "family") != "neural"
        plans = [_Fit(number, rounds if limited else MOST_ROUNDS) for number, rounds in enumerate(trial.rounds)]
        return gathered(trial, list(self._fits(trial.params, trial.share, plans, brake)))

    def settle(
        self, trial: Trial, brake: Brake, *, numbers: Iterable[int], rounds: tuple[int, int]
    ) -> tuple[FoldFit, ...]:
        """Fit an earlier trial's params on all rows.

        The models have the most rounds, or as many as there is time for; those that miss the least are left out.

        Args:
            trial: of this evaluator, or of one with fewer rows.
            brake: closes when there is no more time.
            numbers: of the models, each of which has seeds of its own.
            rounds: the least and the most.
        """
        least, most = rounds
        plans = [_Fit(None, most, seed=_STRIDE * number) for number in numbers]
        # A slot, unlike the brake, ends all fits alike and loses none.
        slot = brake.within(_IN_TIME * brake.left()) if least < most else None
        fits = self._fits(trial.params, 1.0, plans, brake, slot)
        return tuple(fit for fit in fits if not fit.fitted.cut or least <= fit.fitted.rounds < most)

    def _prepare(self, attempt: Attempt, brake: Brake) -> None:
        """Learn what texts tell, where no trial has yet. It counts for no trial, as all have the use of it."""
        if not self._material.texts:
            return
        text, folds = choice(attempt.proposal.params, "text"), len(self._material.folds[: attempt.folds])
        with ThreadPoolExecutor(self._cores) as pool, suppress(Unfinished):
            list(pool.map(lambda fold: self._views.prepare(fold, text, brake.closed), range(folds)))

    def _race(self, attempt: Attempt, brake: Brake) -> tuple[list[FoldFit], list[float], str | None]:
        """Fits, their scores, and why there are not as many as folds."""
        fits: list[FoldFit] = []
        scores: list[float] = []
        folds = min(attempt.folds, len(self._material.folds))
        best, params = attempt.best, attempt.proposal.params
        # Augmented rows have another loss, and labels may be good where probabilities are not.
        telling = attempt.twin is None and self._material.metric not in LABEL_METRICS
        rivals = [rival_on(best, number) if telling else NOBODY for number in range(folds)]
        rounds = self._most_rounds(params)
        plans = [_Fit(number, rounds, rival=rival) for number, rival in enumerate(rivals)]
        slot = brake.within(attempt.seconds)
        with closing(self._fits(params, attempt.share, plans, brake, slot)) as results:
            for fold in results:
                fits.append(fold)
                scores.append(self._score(fold))
                if not math.isfinite(scores[-1]):
                    raise ArithmeticError(f"its score is {scores[-1]}")
                if fold.fitted.lost:
                    return fits, scores, "its learning curve could not reach the best trial's"
                if best and is_behind(scores, best.fold_scores):
                    return fits, scores, "clearly behind the best trial"
        if len(fits) < folds:
            return fits, scores, ENDED
        idle = attempt.twin and gain(scores, attempt.twin.fold_scores, self._material.folds).low <= 0
        return fits, scores, "no better beyond noise than without augmentation" if idle else None

    def _most_rounds(self, params: Mapping[str, Json]) -> int:
        it = self._material
        if choice(params, "family") not in TREES:
            return MOST_ROUNDS
        held = it.ceiling.rounds(params, len(it.target), outputs_of(it.task, it.n_classes))
        return math.floor(min(MOST_ROUNDS, held))

    def _score(self, fold: FoldFit) -> float:
        it = self._material
        weights = None if it.weights is None else it.weights[fold.rows]
        return worth(it.metric, it.target[fold.rows], fold.outputs, weights, tuned=it.tuned)

    def _fits(
        self, params: Mapping[str, Json], share: float, plans: Sequence["_Fit"], brake: Brake, slot: Brake | None = None
    ) -> Generator[FoldFit, None, None]:
        """Fit after fit; the slot's time is shared evenly. One in which the brake closes counts only if it is first."""
        dropped = Event()
        at_once = max(1, min(self._views.at_once or self._cores, self._cores, len(plans)))
        turn = math.inf if slot is None else slot.left() / math.ceil(len(plans) / at_once)

        def make(plan: _Fit) -> tuple[FoldFit, bool]:
            mine, over = brake.within(turn), False

            def stop() -> bool:
                nonlocal over
                ended = mine.closed()
                over = ended and brake.closed()
                return ended or dropped.is_set()

            fold = fit_view(
                self._material,
                self._views.view(
                    plan.fold,
                    choice(params, "recipe"),
                    share_learnt(params, share, texts=bool(self._material.texts)),
                    Mix.of(params),
                    text=choice(params, "text"),
                    told_to_stop=stop,
                    abandon=lambda: dropped.is_set() or brake.closed(),
                ),
                params,
                rounds=plan.rounds,
                told_to_stop=stop,
                seed=plan.seed,
                rival=plan.rival,
            )
            return fold, over and fold.fitted.cut

        pool = ThreadPoolExecutor(at_once, initializer=limit_threads, initargs=(self._cores // at_once,))
        try:
            for number, (fold, over) in enumerate(pool.map(make, plans)):
                if number == 0 or not over:
                    yield fold
                if over:
                    return
        except Unfinished:  # there was no time to learn what texts tell, let alone to fit
            return
        finally:
            dropped.set()
            pool.shutdown(cancel_futures=True)


@dataclass(frozen=True, slots=True)
class _Fit:
    """One model to be fitted: on which fold (None: all rows), in how many rounds at the most, against which loss."""

    fold: int | None
    rounds: int
    seed: int = 0
    rival: Rival = NOBODY


def _cut_short(folds: Sequence[int]) -> str | None:
    """What to say of a trial that has all its folds, some of which the clock ended."""
    return f"cut short by the clock: fold {', '.join(map(str, folds))}" if folds else None
