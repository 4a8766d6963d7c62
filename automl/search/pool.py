"""The trials that may have a part in the final model, with all that they left behind."""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Final, get_args

from automl.learners.params import choice
from automl.search.attempt import Outcome
from automl.standing import faith, ranked
from automl.types import Family, Trial

SIZE: Final = 24
MOST: Final = SIZE + len(get_args(Family)) - 1
"""That `contenders` gives."""
_LIKELY: Final = 3


def contenders(trials: Iterable[Trial]) -> list[Trial]:
    """The best 24 and the best of each family, best first, of the most faithful trials that came to their end.

    A trial that is none of them will not be one after any further trial either.
    """
    best = ranked(trials)
    alike = [trial for trial in best if faith(trial) == faith(best[0])]
    firsts = _firsts(alike)
    return [t for place, t in enumerate(alike) if place < SIZE or t.number in firsts]


def _firsts(best: Sequence[Trial]) -> set[int]:
    """Numbers of the best of each family, of trials best first."""
    return set({choice(trial.params, "family"): trial.number for trial in reversed(best)}.values())


class Pool:
    """Keeps the outcomes of the contenders.

    Args:
        helps: whether the best of them would gain by another one.
        room: letters that the models of all of them may have; the best is kept whatever it has.

    Attributes:
        dropped: numbers of trials for whose models there was no room.
    """

    def __init__(self, helps: Callable[[Outcome, Outcome], bool] = lambda *_: True, room: float = math.inf) -> None:
        self._kept: dict[int, Outcome] = {}
        self._helps = helps
        self._room = room
        self.dropped = set[int]()
        self._known: dict[tuple[int, int], bool] = {}

    def offer(self, outcome: Outcome, trials: Sequence[Trial]) -> None:
        """Keep the outcome if its trial is a contender among `trials`, and drop those that are none any more.

        One that was fitted again and for some of whose folds there was no time says too little to be kept.
        """
        if len(outcome.folds) == len(outcome.trial.fold_scores):
            self._kept[outcome.trial.number] = outcome
        best = [self._kept[t.number] for t in contenders(trials) if t.number in self._kept]
        self._kept = {each.trial.number: each for each in self._fitting(best)}

    def _fitting(self, best: Sequence[Outcome]) -> list[Outcome]:
        """Those for which there is room: first the best of each family, then as they are ranked."""
        firsts = _firsts([outcome.trial for outcome in best])
        kept, left = set[int](), self._room
        for outcome in sorted(best, key=lambda outcome: outcome.trial.number not in firsts):
            if kept and outcome.letters > left:
                self.dropped.add(outcome.trial.number)
                continue
            kept.add(outcome.trial.number)
            left -= outcome.letters
        return [outcome for outcome in best if outcome.trial.number in kept]

    def get(self, trial: Trial) -> Outcome | None:
        """What a trial left behind; None when that is gone."""
        return self._kept.get(trial.number)

    def likely(self, trials: Iterable[Trial]) -> list[Trial]:
        """Those of the contenders that will probably answer together.

        The best, and of the next two and the best of each other family those that help it, or may: where models are
        gone, nobody knows.
        """
        best = contenders(trials)
        firsts = _firsts(best)
        likely = [t for place, t in enumerate(best) if place < _LIKELY or t.number in firsts]
        return likely[:1] + [trial for trial in likely[1:] if self._useful(best[0], trial)]

    def _useful(self, best: Trial, other: Trial) -> bool:
        pair = best.number, other.number
        if pair not in self._known:
            outcomes = self.get(best), self.get(other)
            if outcomes[0] is None or outcomes[1] is None:
                return True
            self._known[pair] = self._helps(outcomes[0], outcomes[1])
        return self._known[pair]

    def outcomes(self) -> list[Outcome]:
        """Those kept, best first."""
        return list(self._kept.values())
