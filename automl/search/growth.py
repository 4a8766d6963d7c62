"""How faithful a trial is to the final model: on how many folds, and how many of the rows, by what trials cost.

Where enough trials on all rows fit into the time, they are raced over all folds. Where they do not, as many folds
judge as there are cores, or more until they judge enough rows; and where that is too costly too, few rows come first,
then all that time allows: multi-fidelity search as in Hyperband (Li et al. 2018) and FLAML (Wang et al. 2021), with
two steps: what is good on few rows is tried again on many.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from automl.search.effort import effort, rows_for
from automl.search.proposers import Proposal
from automl.types import Trial

_FEW_TIME: Final = 0.4
"""Of the search, the part that few rows have."""
_FEW_TRIALS: Final = 15
"""Trials that shall fit there."""
_MANY_TRIALS: Final = 4
"""Trials that shall fit into the rest."""
_PROBE_CELLS, _FEW_CELLS = 1_000_000, 300_000
"""Values times outputs that the very first trial may learn from before anything has been measured; so few that all
folds will be affordable."""
_NEARLY: Final = 0.6
"""A share beyond is not worth two steps."""
_PROMOTED: Final = 3
_FEWEST_ROWS: Final = 500
"""To learn anything from that holds for all."""
_FEWEST_JUDGED: Final = 1000
"""Rows that judge, as long as there are folds for it: of many trials the best on fewer is the luckiest."""


@dataclass(frozen=True, slots=True)
class Fidelity:
    """What a trial is made on.

    Attributes:
        share: of the training rows.
        folds: so many.
    """

    share: float
    folds: int

    def of(self, trial: Trial) -> bool:
        """Whether a trial was made so. Its folds may be fewer where it was stopped."""
        folds = len(trial.fold_scores)
        return trial.share == self.share and (folds == self.folds if trial.state == "succeeded" else folds < self.folds)

    def above(self, trial: Trial) -> bool:
        """Whether it is more faithful than a trial was that came to its end."""
        return self.share >= trial.share and self.folds >= len(trial.fold_scores) and not self.of(trial)


@dataclass(frozen=True, slots=True)
class Growth:
    """The fidelities for a table.

    Attributes:
        folds: that there are.
        cells: rows x features x outputs that a fold learns from.
        cores: that fit them side by side.
        rows: that a fold learns from.
    """

    folds: int
    cells: int = 0
    cores: int = 1
    rows: int = 1

    @classmethod
    def of(cls, rows: int, features: int, outputs: int, *, folds: int, cores: int) -> "Growth":
        """For the training rows of a fold."""
        return cls(folds, rows * features * max(1, outputs), cores, max(1, rows))

    @property
    def whole(self) -> Fidelity:
        """All there is."""
        return Fidelity(1.0, self.folds)

    def fidelity(self, history: Sequence[Trial], whole_s: float, left_s: float) -> Fidelity:
        """That of the next trial, given those before it and the seconds of the whole search and left."""
        timed = next((trial for trial in history if trial.fold_scores), None)
        if timed is None:
            return self._probe(history)
        wave_s = timed.seconds * self._dearer(timed.share) / self._waves(len(timed.fold_scores))
        turn = _FEW_TIME * whole_s / _FEW_TRIALS
        # Trials on all folds would rank above any on fewer, so a table that began with them stays with them.
        if self.cells <= _FEW_CELLS or turn >= _NEARLY * wave_s * self._waves(self.folds):
            return self.whole
        trial_s = wave_s * self._waves(self._fewest)
        few = max(self._share(turn / trial_s), timed.share)
        if few < 1 and left_s <= (1 - _FEW_TIME) * whole_s:
            few = max(few, self._share((1 - _FEW_TIME) * whole_s / _MANY_TRIALS / trial_s))
        return Fidelity(few, self._fewest)

    def promoted(self, history: Sequence[Trial], fidelity: Fidelity) -> Proposal | None:
        """What was best where less was learnt from and has not been tried on more yet.

        One after the other of the better half there, three at the most.
        """
        fewer = [trial for trial in history if trial.state == "succeeded" and fidelity.above(trial)]
        ranked = sorted(fewer, key=lambda trial: (-trial.share, -(trial.score or 0.0), trial.number))
        tried = {parent for trial in history if trial.proposer == "promoted" for parent in trial.parents}
        alike = [trial for trial in ranked if trial.share == ranked[0].share]
        better = alike[: min(_PROMOTED, math.ceil(len(alike) / 2))]
        best = next((trial for trial in better if trial.number not in tried), None)
        return Proposal(best.params, "promoted", parents=(best.number,)) if best else None

    def _probe(self, history: Sequence[Trial]) -> Fidelity:
        if self.cells <= _FEW_CELLS:
            return self.whole
        return Fidelity(history[-1].share if history else self._rounded(_PROBE_CELLS / self.cells), self._fewest)

    @property
    def _fewest(self) -> int:
        """Folds to judge by: as many as take no longer than one, or more where these would judge few rows.

        Threads on one fold would gain less than a second fold tells.
        """
        judged = self.rows / max(1, self.folds - 1)
        return min(self.folds, max(self.cores, math.ceil(_FEWEST_JUDGED / judged)))

    def _waves(self, folds: int) -> int:
        return math.ceil(folds / min(self.cores, folds))

    def _dearer(self, share: float) -> float:
        """How many times longer a fit takes on all rows."""
        return effort(self.rows) / effort(share * self.rows)

    def _share(self, of_time: float) -> float:
        """The share of the rows whose fits take so much of the time of one on all."""
        return self._rounded(rows_for(of_time * effort(self.rows)) / self.rows)

    def _rounded(self, share: float) -> float:
        """So that the first trial and those that follow it are mostly of one share, and comparable."""
        if share >= _NEARLY:
            return 1.0
        power, least = 1.0, min(1.0, _FEWEST_ROWS / self.rows)
        while power > least and power / 2 >= share:
            power /= 2
        return max(power, least)
