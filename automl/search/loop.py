"""Propose, evaluate, record, until the budget is spent."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from automl.errors import TrainingFailed
from automl.search.agenda import Agenda, Budget, as_pending
from automl.search.attempt import Attempt, Outcome
from automl.search.pool import Pool, contenders
from automl.search.runner import Runner
from automl.search.stopping import Brake, find_best
from automl.types import Monitor, Trial

_HOPELESS: Final = 10
"""Trials that all failed after which no more are tried."""

_LEAST_S: Final = 0.5
"""The first model is given so long even when the time is up: one of a single round would be worth nothing."""

_NO_TRIAL: Final = 0.5
"""Of the quickest trial's time: too little for another."""

_PACKING_SHARE: Final = 2.0
"""To check and pack models takes so much of the time that it took to fit them, where there is no text yet."""


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
    """Tries what the agenda says until the brake closes or there are `max_trials`, earlier ones counted.

    Attributes:
        runner: makes the trials.
        agenda: says what to try.
        brake: closes at the deadline.
        whole_s: seconds that the search had at its beginning, also where it is resumed now.
        after: how many seconds to leave for what follows, by the best trials.
        packing: of what it takes to pack the models of all folds, what it will take to pack those that are served.
        helps: whether the first of two trials would gain by the other.
        room: letters that the models of all trials in the pool may have.
        max_trials: no limit when None.
        monitor: told of each trial.
    """

    runner: Runner
    agenda: Agenda
    brake: Brake
    whole_s: float
    after: Callable[[Sequence[Trial]], float] = lambda _: 0.0
    packing: float = 1.0
    helps: Callable[[Outcome, Outcome], bool] = lambda *_: True
    room: float = math.inf
    max_trials: int | None = None
    monitor: Monitor | None = None

    def run(self, history: Sequence[Trial] = ()) -> Found:
        """Search on from the trials that the same run made before it was interrupted, as if it had not been.

        Raises:
            TrainingFailed: `no-model` when no trial succeeded.
            Interrupted: from the brake.
        """
        trials = sorted(history, key=lambda trial: trial.number)
        leader, pool = find_best(trials), Pool(self.helps, self.room)
        while not self._enough(trials, leader):
            brake = self._brake(trials, leader, pool)
            if trials and brake.left() <= self._least(trials):
                break
            attempts = self._attempts(trials, brake)
            if not attempts:
                break
            for outcome in self.runner.run(attempts, brake):
                trials.append(outcome.trial)
                leader = find_best(trials)
                pool.offer(outcome, trials)
                if self.monitor:
                    self.monitor.trial(outcome.trial)
        if leader is None:
            raise TrainingFailed("no-model", f"No trial produced a model. The last one: {trials[-1].detail}.")
        best = pool.get(leader) or self.runner.refit(leader, self.brake)
        return Found(best, self._complete(pool, best, trials), tuple(trials))

    def _complete(self, pool: Pool, best: Outcome, trials: Sequence[Trial]) -> tuple[Outcome, ...]:
        """The pool; contenders whose models were lost in an interruption are fitted again, as far as time goes.

        That is before what follows needs its time, and those first that will probably answer together.
        """
        pool.offer(best, trials)
        likely = pool.likely(trials)
        brake = self.brake.sooner(self.after(likely))
        for trial in sorted(contenders(trials), key=lambda trial: trial not in likely):
            lost = pool.get(trial) is None and trial.number not in pool.dropped
            # Without a clock the pool is what it would be without the interruption.
            room = self.max_trials is not None or not pool.dropped
            if lost and room and not brake.sooner(2 * trial.seconds).closed():
                pool.offer(self.runner.refit(trial, brake), trials)
        return tuple(pool.outcomes())

    def _brake(self, trials: Sequence[Trial], leader: Trial | None, pool: Pool) -> Brake:
        """Closes while there is time for what follows; models of earlier trials are gone and must be fitted again."""
        if leader is None:
            return self.brake.at_least(_LEAST_S)
        members = pool.likely(trials) or [leader]
        brake = self.brake.sooner(self.after(members))
        outcomes = [pool.get(trial) for trial in members]
        lost = leader.seconds * (1 + _PACKING_SHARE) if pool.get(leader) is None else 0.0
        return brake.sooner(lost + self.packing * sum(outcome.packing_s for outcome in outcomes if outcome))

    def _least(self, trials: Sequence[Trial]) -> float:
        """Seconds in which no trial comes to its end, as far as those before tell."""
        if self.max_trials is not None:
            return 0.0
        return _NO_TRIAL * min((trial.seconds for trial in trials if trial.state == "succeeded"), default=0.0)

    def _enough(self, trials: Sequence[Trial], leader: Trial | None) -> bool:
        return (self.max_trials is not None and len(trials) >= self.max_trials) or (
            leader is None and len(trials) >= _HOPELESS
        )

    def _attempts(self, trials: Sequence[Trial], brake: Brake) -> list[Attempt]:
        """As many as the runner makes at once, in the order of their numbers; none when everything has been tried.

        Batches begin at multiples of that, also when a search was interrupted amidst one, and those of a batch do not
        know of each other how they end.
        """
        begin = trials[-1].number + 1 if trials else 0
        first = begin - begin % self.runner.width
        known = [trial for trial in trials if trial.number < first]
        budget = Budget(whole_s=self.whole_s, left_s=brake.left(), max_trials=self.max_trials)
        attempts: list[Attempt] = []
        end = first + self.runner.width
        if self.max_trials is not None:
            end = min(end, begin + self.max_trials - len(trials))
        for number in range(first, end):
            attempt = self.agenda.next([*known, *map(as_pending, attempts)], number, budget)
            if attempt is None:
                break
            attempts.append(attempt)
        return attempts[begin - first :]
