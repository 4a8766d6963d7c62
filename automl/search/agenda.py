"""What is tried when: first configurations, models of other kinds, the algorithm's ideas, at the end more of the best.

An agenda reads only the trials so far and how the budget stands, so a search that was interrupted goes on as if it had
not been.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from automl.augment import Mix
from automl.learners.params import choice
from automl.search.attempt import Attempt
from automl.search.auditions import AUDITION, Auditions, twin_of
from automl.search.closing import Closing
from automl.search.growth import Fidelity, Growth
from automl.search.kinds import Kinds
from automl.search.plan import Plan
from automl.search.proposers import BASES, Proposal, Proposer
from automl.search.stopping import find_rival
from automl.types import Json, Trial

_MOST: Final[Mapping[str, float]] = {
    **dict.fromkeys(("default", *BASES), 0.15),
    "companion": 0.1,
    AUDITION: 0.1,
    "polish": 1.0,
    "seeds": 1.0,
}
_MOST_ELSE: Final = 0.2
"""Of the whole search, the most that one trial may take, by its proposer: large tables shall see a few trials too."""

_IN_TIME: Final = 0.9
"""Of the time left, the most for one trial: so the last one is cut short in time to count."""

_UNRACED: Final = ("companion", "seeds")
"""Who is behind the best and yet of use beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How a search stands.

    Attributes:
        whole_s: seconds that it had at its beginning.
        left_s: seconds that it still has.
        max_trials: by number; nothing then depends on seconds.
    """

    whole_s: float
    left_s: float
    max_trials: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """Says what to try next.

    Attributes:
        propose: the first configurations, then the algorithm.
        growth: how many rows to learn from, and on how many folds.
        plan: what is on.
        seed: of the proposals.
        auditions: of augmentations, where they are to be tried.
        imposed: params that every trial has, whoever proposes it.
        kinds: other families that are searched too.
        closing: more of the best at the end.
    """

    propose: Proposer
    growth: Growth
    plan: Plan = field(default_factory=Plan)
    seed: int = 0
    auditions: Auditions | None = None
    imposed: Mapping[str, Json] = field(default_factory=dict)
    kinds: Kinds = field(default_factory=Kinds)
    closing: Closing = field(default_factory=Closing)

    def next(self, history: Sequence[Trial], number: int, budget: Budget) -> Attempt | None:
        """The attempt with this number, given the earlier trials, of which pending ones look failed.

        None when everything has been tried.
        """
        fidelity = self._fidelity(history, budget)
        proposal = (
            self.growth.promoted(history, fidelity)
            or self._close(history, fidelity, budget)
            or self._audition(history, number, budget)
            or self.kinds.next(history, number, self.seed, timed=budget.max_trials is None)
            or self.propose(history, number, self.seed)
            or self.closing.at_last(history, self.plan)
        )
        if proposal is None:
            return None
        proposal = replace(proposal, params={**proposal.params, **self.imposed})
        mix = Mix.of(proposal.params)
        family = choice(proposal.params, "family")
        # Of another kind it may be behind, and yet of use beside it.
        alike = [trial for trial in history if Mix.of(trial.params) == mix and choice(trial.params, "family") == family]
        rivals = [trial for trial in alike if fidelity.of(trial)]
        raced = self.plan.racing and proposal.proposer not in _UNRACED
        twin = twin_of(proposal, history)
        return Attempt(
            number,
            proposal,
            best=(twin or find_rival(rivals)) if raced else None,
            twin=twin,
            share=fidelity.share,
            folds=fidelity.folds,
            seconds=_most(proposal, budget),
        )

    def _fidelity(self, history: Sequence[Trial], budget: Budget) -> Fidelity:
        if not self.plan.growing or budget.max_trials is not None:
            return self.growth.whole
        return self.growth.fidelity(history, budget.whole_s, budget.left_s)

    def _close(self, history: Sequence[Trial], fidelity: Fidelity, budget: Budget) -> Proposal | None:
        whole = [trial for trial in history if fidelity.of(trial)]
        if budget.max_trials is None:
            return self.closing.within(whole, budget.whole_s, budget.left_s, self.plan)
        return self.closing.before(whole, budget.max_trials - len(history), self.plan)

    def _audition(self, history: Sequence[Trial], number: int, budget: Budget) -> Proposal | None:
        proposal = self.auditions.next(history, number, self.seed) if self.auditions else None
        twin = twin_of(proposal, history) if proposal else None
        too_costly = proposal is not None and twin is not None and twin.seconds > _most(proposal, budget)
        return None if too_costly else proposal


def _most(proposal: Proposal, budget: Budget) -> float:
    """Seconds that a trial may take.

    A network has as many as a companion as any: one that the clock cuts has not come to the low rates that it needs.
    """
    network = proposal.proposer == "companion" and choice(proposal.params, "family") == "neural"
    share = _MOST_ELSE if network else _MOST.get(proposal.proposer, _MOST_ELSE)
    return min(share * budget.whole_s, _IN_TIME * budget.left_s) if budget.max_trials is None else math.inf


def as_pending(attempt: Attempt) -> Trial:
    """A trial that runs looks like a failed one to the next proposal, which so keeps away from it."""
    return Trial(
        number=attempt.number,
        state="failed",
        params=attempt.proposal.params,
        score=None,
        fold_scores=(),
        rounds=(),
        seconds=0.0,
        proposer=attempt.proposal.proposer,
        share=attempt.share,
        parents=attempt.proposal.parents,
        origin=attempt.proposal.origin,
    )
