"""What is tried when: first configurations, models of other kinds, the algorithm's ideas, at the end more of the best.

An agenda reads only the trials so far and how the budget stands, so a search that was interrupted goes on as if it had
not been.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from automl.augment import Mix
from automl.params import CHOICES, choice
from automl.search.auditions import Auditions, twin_of
from automl.search.evaluator import Attempt
from automl.search.growth import Growth
from automl.search.plan import Plan
from automl.search.proposers import Proposal, Proposer
from automl.search.special import polish, reseed
from automl.search.stopping import find_best
from automl.types import Json, Trial

_FIRST_MOST, _MOST, _COMPANION_MOST = 0.6, 1 / 3, 0.1
"""Of the time left, the most that one trial may take: large tables shall see a few trials too."""

_SEEDS: Final = 2
_CLOSING: Final = 1 + _SEEDS
"""Trials of the end: one polished, and so many with other seeds."""
_CLOSING_COST: Final = 2.0 + _SEEDS
"""The same in trials like the best one: smaller steps take twice as long."""
_FEWEST: Final = 5
"""So many times more trials than the end has come before it: until then a new idea is worth more."""
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
        growth: how many rows to learn from.
        plan: what is on.
        seed: of the proposals.
        auditions: of augmentations, where they are to be tried.
        imposed: params that every trial has, whoever proposes it.
    """

    propose: Proposer
    growth: Growth = field(default_factory=Growth)
    plan: Plan = field(default_factory=Plan)
    seed: int = 0
    auditions: Auditions | None = None
    imposed: Mapping[str, Json] = field(default_factory=dict)

    def next(self, history: Sequence[Trial], number: int, budget: Budget) -> Attempt:
        """The attempt with this number, given the earlier trials, of which pending ones look failed."""
        share = self.growth.share(history, budget.whole_s, budget.left_s) if self._grows(budget) else 1.0
        proposal = (
            self.growth.promoted(history, share)
            or self._closing(history, budget)
            or (self.auditions.next(history, number, self.seed) if self.auditions else None)
            or self.propose(history, number, self.seed)
        )
        proposal = replace(proposal, params={**proposal.params, **self.imposed})
        mix = Mix.of(proposal.params)
        rivals = [trial for trial in history if trial.share == share and Mix.of(trial.params) == mix]
        raced = self.plan.racing and proposal.proposer not in _UNRACED
        most = _COMPANION_MOST if proposal.proposer == "companion" else _MOST if history else _FIRST_MOST
        twin = twin_of(proposal, history)
        return Attempt(number, proposal, (twin or find_best(rivals)) if raced else None, share, most, twin)

    def _grows(self, budget: Budget) -> bool:
        return self.plan.growing and budget.max_trials is None

    def _closing(self, history: Sequence[Trial], budget: Budget) -> Proposal | None:
        """More of the best, once there is hardly time for anything else."""
        best = find_best(trial for trial in history if choice(trial.params, "family") == CHOICES["family"])
        if best is None or best.share < 1 or not self._is_late(len(history), best.seconds, budget):
            return None
        closers = [trial for trial in history if trial.proposer in ("polish", "seeds")]
        if self.plan.polish and not closers:
            return polish(best)
        seeded = sum(trial.proposer == "seeds" for trial in closers)
        if not self.plan.seeds or seeded >= _SEEDS:
            return None
        first = next((t for t in history if t.proposer == "seeds"), None)
        parent = next(t for t in history if t.number == first.parents[0]) if first else best
        return reseed(parent, _SEEDS)[seeded]

    def _is_late(self, trials: int, seconds: float, budget: Budget) -> bool:
        if budget.max_trials is not None:
            return trials >= budget.max_trials - _CLOSING >= _FEWEST * _CLOSING
        return trials >= _FEWEST * _CLOSING and budget.left_s <= _CLOSING_COST * seconds


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
    )
