"""How many rows to learn from: few at first where a trial on all of them is too costly, then all that time allows.

Multi-fidelity search as in Hyperband (Li et al. 2018) and FLAML (Wang et al. 2021), with two steps: what is good on few
rows is tried again on many.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from automl.search.proposers import Proposal
from automl.types import Trial

_FEW_TIME: Final = 0.4
"""Of the search, the part that few rows have."""
_FEW_TRIALS: Final = 15
"""Trials that shall fit there."""
_MANY_TRIALS: Final = 3
"""Trials that shall fit into the rest."""
_PROBE_CELLS: Final = 2_000_000
"""Values times outputs that the very first trial may learn from before anything has been measured."""
_NEARLY: Final = 0.6
"""A share beyond is not worth two steps."""
_PROMOTED: Final = 3


@dataclass(frozen=True, slots=True)
class Growth:
    """Shares of the rows for a table.

    Attributes:
        cells: rows x features x outputs that a fold learns from.
        least: the smallest share that makes sense for so many rows.
    """

    cells: int = 0
    least: float = 1.0

    @classmethod
    def of(cls, rows: int, features: int, outputs: int) -> "Growth":
        """For the training rows of a fold; 500 of them are the fewest to learn anything from that holds for all."""
        return cls(rows * features * max(1, outputs), min(1.0, 500 / max(1, rows)))

    def share(self, history: Sequence[Trial], whole_s: float, left_s: float) -> float:
        """The share for the next trial, given those before it and the seconds of the whole search and left."""
        probe = self._rounded(_PROBE_CELLS / max(1, self.cells))
        timed = next((trial for trial in history if trial.fold_scores), None)
        if timed is None:
            return history[-1].share if history else probe
        whole_trial = timed.seconds / timed.share
        few = self._rounded(_FEW_TIME * whole_s / _FEW_TRIALS / whole_trial)
        if few == 1 or left_s > (1 - _FEW_TIME) * whole_s:
            return few
        return max(few, self._rounded((1 - _FEW_TIME) * whole_s / _MANY_TRIALS / whole_trial))

    def promoted(self, history: Sequence[Trial], share: float) -> Proposal | None:
        """What was best on fewer rows and has not been tried on so many yet, one of three after the other."""
        fewer = [trial for trial in history if trial.share < share and trial.state == "succeeded"]
        if not fewer:
            return None
        most = max(trial.share for trial in fewer)
        ranked = sorted((t for t in fewer if t.share == most), key=lambda trial: (-(trial.score or 0.0), trial.number))
        tried = {parent for trial in history if trial.proposer == "promoted" for parent in trial.parents}
        best = next((trial for trial in ranked[:_PROMOTED] if trial.number not in tried), None)
        return Proposal(best.params, "promoted", parents=(best.number,)) if best else None

    def _rounded(self, share: float) -> float:
        """So that the first trial and those that follow it are mostly of one share, and comparable."""
        if share >= _NEARLY:
            return 1.0
        power = 1.0
        while power / 2 >= share:
            power /= 2
        return max(power, self.least)
