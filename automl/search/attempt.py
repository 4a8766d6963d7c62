"""A trial that is to be made, and what a trial that was made leaves behind."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from automl.search.fitting import FoldFit
from automl.search.proposers import Proposal
from automl.splits.split import Rows
from automl.types import Floats, Trial

NOTHING: Final = np.empty(0, dtype=np.int64), np.empty(0)
"""Rows and outputs of an outcome without any."""
_PACKING_S_PER_BYTE: Final = 0.13e-6


@dataclass(frozen=True, slots=True)
class Attempt:
    """A trial to be made.

    Attributes:
        number: of the trial.
        proposal: what to try.
        best: the trial to race against, of the same fidelity; without one all folds are run to their end.
        twin: the trial of the same params without augmentation; what is not better beyond noise is stopped.
        share: of each fold's training rows to learn from.
        folds: so many of them are run, at the most.
        seconds: the most that it may take: its folds keep the rounds that they came to.
    """

    number: int
    proposal: Proposal
    best: Trial | None = None
    twin: Trial | None = None
    share: float = 1.0
    folds: int = 1_000_000
    seconds: float = math.inf


@dataclass(frozen=True, slots=True)
class Outcome:
    """A trial and what it leaves behind.

    Attributes:
        trial: as plain data.
        folds: one a fold run, or one a model on all rows; none when it failed.
        rows: the training rows that were validated, ascending.
        outputs: what was said of them out of fold, `(len(rows), k)` or `(len(rows),)`; the mean, where folds repeat.
    """

    trial: Trial
    folds: tuple[FoldFit, ...]
    rows: Rows
    outputs: Floats

    @property
    def texts(self) -> tuple[str, ...]:
        """Of one model a fold run, with what it begins at."""
        return tuple(fold.fitted.text + (fold.fitted.start or "") for fold in self.folds)

    @property
    def letters(self) -> int:
        """In which its models are written."""
        return sum(len(fold.fitted.text) + len(fold.fitted.start or "") for fold in self.folds)

    @property
    def packing_s(self) -> float:
        """Seconds that checking and packing its models will take."""
        return self.letters * _PACKING_S_PER_BYTE


def gathered(trial: Trial, folds: Sequence[FoldFit]) -> Outcome:
    """A trial with its folds' fits, and what these said out of fold put together."""
    if not folds:
        return Outcome(trial, (), *NOTHING)
    each = np.concatenate([fold.rows for fold in folds])
    outputs = np.concatenate([fold.outputs for fold in folds])
    rows, place, times = np.unique(each, return_inverse=True, return_counts=True)
    total = np.zeros((len(rows), *outputs.shape[1:]))
    np.add.at(total, place, outputs)
    mean = total / times.reshape(-1, *(1,) * (outputs.ndim - 1))
    return Outcome(trial, tuple(folds), rows, mean)
