"""The end of a search: the best few at a lower learning rate, in more rounds; then the best once more by other seeds.

While it looks for ideas, a search fits fast at high rates, since what is better there is better at low ones too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from automl.learners.params import CHOICES, choice, is_random
from automl.search.plan import Plan
from automl.search.proposers import Proposal
from automl.search.special import CLOSERS, LEAST_RATE, SLOWER, polish, reseed
from automl.types import Family, Trial

_POLISHED: Final = 3
_SEEDS: Final = 2
_FEWEST: Final = 5
"""So many times more trials than the end has come before it: until then a new idea is worth more."""
_FEWEST_IDEAS: Final = 3
"""Trials of the family that came to a score, before which a new idea is worth more whatever the time."""
_LONGER: Final = 1.5
"""Times what it had, the least time for a trial that the clock cut short; it takes all that is left."""
_MOST_SHARE: Final = 0.4
"""Of the whole search, the most that the end may take."""
_LATE: Final = 1.1
"""No two fits take the same time."""


@dataclass(frozen=True, slots=True)
class Closing:
    """Says what to do at the end, and when that is.

    Attributes:
        family: that is searched.
        slowest: no learning rate is lowered below it.
    """

    family: Family = CHOICES["family"]
    slowest: float = LEAST_RATE

    def within(self, trials: Sequence[Trial], whole_s: float, left_s: float, plan: Plan) -> Proposal | None:
        """The next step once the time is only just enough for those to come; None before, and where none fits.

        Args:
            trials: those that learnt from as many rows as the search can afford.
            whole_s: seconds that the search had at its beginning.
            left_s: seconds that it still has.
            plan: what is on.
        """
        steps = self._steps(trials, plan)
        if not steps:
            return None
        need, chosen = 0.0, list[Proposal]()
        for step, seconds in steps:
            if need + seconds <= min(_MOST_SHARE * whole_s, left_s):
                need += seconds
                chosen.append(step)
        return chosen[0] if chosen and left_s <= _LATE * need + steps[0][1] / SLOWER else None

    def before(self, trials: Sequence[Trial], trials_left: int, plan: Plan) -> Proposal | None:
        """The next step once as many trials are left as there are steps; None before, and where that is too early.

        Args:
            trials: so far.
            trials_left: to be made.
            plan: what is on.
        """
        steps = self._steps(trials, plan)
        due = 0 < trials_left <= len(steps) and trials_left + len(trials) > _FEWEST * len(steps)
        return steps[0][0] if due else None

    def at_last(self, trials: Sequence[Trial], plan: Plan) -> Proposal | None:
        """The best with another seed, once nothing else is left to try; None after a few of them."""
        steps = _reseeded(trials, _ranked(trials, self.family)) if plan.seeds else []
        return steps[0][0] if steps else None

    def _steps(self, trials: Sequence[Trial], plan: Plan) -> list[tuple[Proposal, float]]:
        """Those to come, and the seconds that each takes."""
        if sum(_is_idea(trial, self.family) for trial in trials) < _FEWEST_IDEAS:
            return []
        ranked = _ranked(trials, self.family)
        polished = _polished(trials, ranked, self.slowest) if plan.polish else []
        return polished or (_reseeded(trials, ranked) if plan.seeds else [])


def _polished(trials: Sequence[Trial], ranked: Sequence[Trial], slowest: float) -> list[tuple[Proposal, float]]:
    """Those that were given up count too, or they would be tried for ever."""
    made = [trial for trial in trials if trial.proposer == "polish"]
    parents = {parent for trial in made for parent in trial.parents}
    ideas = [t for t in ranked if t.proposer not in CLOSERS and t.number not in parents]
    best = ((polish(trial, slowest), trial) for trial in ideas[: _POLISHED - len(made)])
    return [(proposal, (_LONGER if it.cut_folds else SLOWER) * it.seconds) for proposal, it in best if proposal]


def _reseeded(trials: Sequence[Trial], ranked: Sequence[Trial]) -> list[tuple[Proposal, float]]:
    seeded = [trial for trial in trials if trial.proposer == "seeds"]
    parents = {parent for trial in seeded for parent in trial.parents}
    parent = next((t for t in ranked if t.proposer != "seeds" and (t.number in parents or not parents)), None)
    if parent is None or not is_random(parent.params):
        return []
    return [(proposal, parent.seconds) for proposal in reseed(parent, _SEEDS)[len(seeded) :]]


def _is_idea(trial: Trial, family: Family) -> bool:
    return trial.score is not None and choice(trial.params, "family") == family


def _ranked(trials: Sequence[Trial], family: Family) -> list[Trial]:
    """Those of a family that came to their end, the best first."""
    whole = [trial for trial in trials if trial.state == "succeeded" and _is_idea(trial, family)]
    return sorted(whole, key=lambda trial: (-(trial.score or 0.0), trial.number))
