"""Propose, evaluate, record, until the budget is spent."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Final

from automl.errors import TrainingFailed
from automl.search.evaluator import Evaluator, Outcome
from automl.search.pool import Pool, contenders
from automl.search.proposers import Proposal, Proposer
from automl.search.stopping import Brake, find_best
from automl.types import Monitor, Trial

_HOPELESS: Final = 10
"""Trials that all failed after which no more are tried."""

_LEAST_S: Final = 0.5
"""The first model is given so long even when the time is up: one of a single round would be worth nothing."""

_AFTER_S_PER_BYTE: Final = 0.2e-6
"""To check and pack boosters takes so long for each byte of their text."""

_AFTER_SHARE: Final = 2.0
"""The same as a share of the time that it took to fit them, where there is no text yet."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search leaves.

    Attributes:
        best: the best trial with its models.
        pool: those that may answer together, best first; empty when no trial came to its end.
        trials: all by number, earlier ones too.
    """

    best: Outcome
    pool: tuple[Outcome, ...]
    trials: tuple[Trial, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Tries what is proposed until the brake closes or there are `max_trials`, earlier ones counted.

    Attributes:
        evaluator: runs a trial.
        propose: says what to try.
        brake: closes at the deadline.
        after: how many seconds to leave for what follows, by those that the best trial took.
        seed: of the proposals.
        max_trials: no limit when None.
        monitor: told of each trial.
        executor: of threads, to try as many trials at once as there are cores.
    """

    evaluator: Evaluator
    propose: Proposer
    brake: Brake
    after: Callable[[float], float] = lambda _: 0.0
    seed: int = 0
    max_trials: int | None = None
    monitor: Monitor | None = None
    executor: Executor | None = None

    def run(self, history: Sequence[Trial] = ()) -> Found:
        """Search on from the trials that the same run made before it was interrupted, as if it had not been.

        Raises:
            TrainingFailed: `no-model` when no trial succeeded.
            Interrupted: from the brake.
        """
        trials = sorted(history, key=lambda trial: trial.number)
        leader, kept, pool = find_best(trials), None, Pool()
        while not self._enough(trials, leader):
            brake = self._brake(leader, kept)
            if trials and brake.closed():
                break
            for outcome in self._batch(trials, leader, brake):
                trials.append(outcome.trial)
                leader = find_best(trials)
                kept = outcome if leader is outcome.trial else kept
                pool.offer(outcome, trials)
                if self.monitor:
                    self.monitor.trial(outcome.trial)
        if leader is None:
            raise TrainingFailed("no-model", f"No trial produced a model. The last one: {trials[-1].detail}.")
        best = kept or self.evaluator.refit(leader, self.brake)
        return Found(best, self._complete(pool, best, trials), tuple(trials))

    def _complete(self, pool: Pool, best: Outcome, trials: Sequence[Trial]) -> tuple[Outcome, ...]:
        """The pool; contenders whose models were lost in an interruption are fitted again, as far as time goes."""
        pool.offer(best, trials)
        for trial in contenders(trials):
            if trial not in pool and not self.brake.sooner(2 * trial.seconds).closed():
                pool.offer(self.evaluator.refit(trial, self.brake), trials)
        return tuple(pool.outcomes())

    def _brake(self, leader: Trial | None, kept: Outcome | None) -> Brake:
        """Closes while there is time for what follows; boosters of earlier trials are gone and must be fitted again."""
        if leader is None:
            return self.brake.at_least(_LEAST_S)
        brake = self.brake.sooner(self.after(leader.seconds))
        if kept is None:
            return brake.sooner(leader.seconds * (1 + _AFTER_SHARE))
        return brake.sooner(sum(map(len, kept.texts)) * _AFTER_S_PER_BYTE)

    def _enough(self, trials: Sequence[Trial], leader: Trial | None) -> bool:
        return (self.max_trials is not None and len(trials) >= self.max_trials) or (
            leader is None and len(trials) >= _HOPELESS
        )

    def _batch(self, trials: Sequence[Trial], leader: Trial | None, brake: Brake) -> Iterator[Outcome]:
        """One trial, or with an executor as many as there are cores, in the order of their numbers."""
        begin = trials[-1].number + 1 if trials else 0
        width = (os.cpu_count() or 1) if self.executor else 1
        if self.max_trials is not None:
            width = min(width, self.max_trials - len(trials))
        numbers = range(begin, begin + width)
        proposals: list[Proposal] = []
        for number in numbers:
            pending = [_pending(begin + i, proposal) for i, proposal in enumerate(proposals)]
            proposals.append(self.propose([*trials, *pending], number, self.seed))
        attempt = partial(self.evaluator.run, brake=brake, best=leader)
        return self.executor.map(attempt, numbers, proposals) if self.executor else map(attempt, numbers, proposals)


def _pending(number: int, proposal: Proposal) -> Trial:
    """A trial that runs looks like a failed one to the next proposal, which so keeps away from it."""
    return Trial(
        number=number,
        state="failed",
        params=proposal.params,
        score=None,
        fold_scores=(),
        rounds=(),
        seconds=0.0,
        proposer=proposal.proposer,
    )
