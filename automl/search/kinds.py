"""When a family beside the searched one is searched too: where it is about as good, for a part of the time."""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import get_args

from automl.learners.params import choice
from automl.search.proposers import Proposal, Proposer, with_bases
from automl.search.stopping import find_best
from automl.spaces.companions import second
from automl.spaces.space import Space
from automl.types import Algorithm, Family, Trial

_SHARE, _BETTERS_SHARE = 0.25, 0.5
"""Of what the algorithm's trials take, the part of another family that is about as good, or better.

Of a number of trials it is never half: a network takes as long as many small trees.
"""


@dataclass(frozen=True, slots=True)
class Kinds:
    """Says when another family has its turn, and what is tried then.

    Attributes:
        spaces: of the other families.
        proposers: of their params.
    """

    spaces: Mapping[Family, Space] = field(default_factory=dict)
    proposers: Mapping[Family, Proposer] = field(default_factory=dict)

    def next(self, history: Sequence[Trial], number: int, seed: int, *, timed: bool) -> Proposal | None:
        """Trial `number`, given the earlier ones, of which pending ones look failed; None where it is not their turn.

        Args:
            history: of the search.
            number: of the next trial.
            seed: of the run.
            timed: whether seconds count, and not trials.
        """
        best = find_best(history)
        other = find_best([trial for trial in history if choice(trial.params, "family") in self.spaces])
        if not best or not other or not _about_as_good(other, best):
            return None
        family = choice(other.params, "family")
        if self._taken(history, timed=timed) >= (_BETTERS_SHARE if timed and other is best else _SHARE):
            return None
        known = [trial.params for trial in history if choice(trial.params, "family") == family]
        another = with_bases(Proposal(second(self.spaces[family]), "portfolio"), history)
        if len(known) == 1 and another.params not in known:
            return another
        return self.proposers[family](history, number, seed)

    def _taken(self, history: Sequence[Trial], *, timed: bool) -> float:
        """The others' part of what the algorithm's trials have taken: all of it before there are any."""
        by_algorithm = [trial for trial in history if trial.proposer in get_args(Algorithm)]
        costs = {trial.number: trial.seconds if timed else 1.0 for trial in by_algorithm}
        others = [trial.number for trial in by_algorithm if choice(trial.params, "family") in self.spaces]
        whole = math.fsum(costs.values())
        return math.fsum(costs[number] for number in others) / whole if whole else 1.0


def _about_as_good(other: Trial, best: Trial) -> bool:
    """Whether it is behind by no more than the deviation between the best trial's folds."""
    folds = len(best.fold_scores)
    margin = statistics.stdev(best.fold_scores) if folds > 1 else 0.0
    return len(other.fold_scores) == folds and (other.score or 0.0) >= (best.score or 0.0) - margin
