"""Augmentations on trial: now and then the best params so far once more, with one augmentation and else unchanged."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from automl.augment import PLAIN, Mix
from automl.learners.params import CHOICES, choice
from automl.search.evidence import FEWEST_FOLDS
from automl.search.proposers import Proposal, Proposer
from automl.search.stopping import find_best
from automl.types import Augmentation, Family, Trial

AUDITION: Final = "augmentation"
"""Its proposer's name."""

FIRST: Final = 20
"""Trials before the first: until then there are better ideas."""
_EVERY: Final = 10
"""From then on one of so many trials."""


@dataclass(frozen=True, slots=True)
class Auditions:
    """Each kind once at its default strength, then what the algorithm makes of kinds and strengths.

    One that was better beyond noise is tried at once on every new best trial.

    Attributes:
        kinds: to try.
        propose: the algorithm, over a space of nothing but kind and strength.
        family: that is searched; trials of others are no twins.
    """

    kinds: tuple[Augmentation, ...]
    propose: Proposer
    family: Family = CHOICES["family"]

    def next(self, history: Sequence[Trial], number: int, seed: int) -> Proposal | None:
        """The proposal for trial `number`, with its twin for a parent; None where the trial had better be another."""
        heard = [trial for trial in history if trial.proposer == AUDITION]
        twin = find_best(trial for trial in history if may_be_twin(trial, self.family))
        if twin is None:
            return None
        mix = _proven(heard, twin)
        if mix is None and len(history) >= FIRST + _EVERY * len(heard):
            mix = self._fresh(heard, number, seed)
        return Proposal({**twin.params, **mix.to_params()}, AUDITION, parents=(twin.number,)) if mix else None

    def _fresh(self, heard: Sequence[Trial], number: int, seed: int) -> Mix | None:
        tried = {name for trial in heard for name in Mix.of(trial.params).names}
        untried = next((name for name in self.kinds if name not in tried), None)
        if untried:
            return Mix((untried,))
        proposal = self.propose(heard, number, seed)
        return Mix.of(proposal.params) if proposal else None


def may_be_twin(trial: Trial, family: Family) -> bool:
    """Whether something could be proven beside a trial, which must be of the family that is searched."""
    return (
        trial.state == "succeeded"
        and trial.share == 1
        and len(trial.fold_scores) >= FEWEST_FOLDS
        and choice(trial.params, "family") == family
        and Mix.of(trial.params).names == PLAIN.names
    )


def _proven(heard: Sequence[Trial], twin: Trial) -> Mix | None:
    """The best that has helped, where it has not been tried on this twin yet."""
    best = find_best(trial for trial in heard if trial.state == "succeeded")
    here = {Mix.of(trial.params) for trial in heard if twin.number in trial.parents}
    return None if best is None or Mix.of(best.params) in here else Mix.of(best.params)


def twin_of(heard: Proposal | Trial, history: Sequence[Trial]) -> Trial | None:
    """The trial that another one, made or still to be made, is to be better than, where it is on trial."""
    if heard.proposer != AUDITION:
        return None
    return next(trial for trial in history if trial.number in heard.parents)
