"""Which rows are held out and how the rest is folded: by chance, by groups, along time, or as a column says.

Nothing else in the engine decides it, and every decision is made before anything is fitted.
"""

from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from automl.splits.groups import deal
from automl.splits.moments import expanding_folds, split_latest
from automl.splits.split import Folds, Rows, find_copies, split_folds, split_holdout, strata
from automl.types import Floats, Frame, SplitKind, Task

HELD_OUT: Final = ("holdout", "test")
TRAIN, VALID = "train", "valid"
"""What a user's column may say, besides the number of a fold."""

_VALID_SHARE: Final = 0.2


class Splitter(Protocol):
    """Splits the rows of one table. Row numbers ascend; the same seed gives the same split."""

    @property
    def together(self) -> NDArray[Any]:
        """Rows of one value are on one side of each split (n,)."""

    def holdout(self, share: float, seed: int) -> tuple[Rows, Rows]:
        """Training rows, and about this share of the rows to be held out."""

    def folds(self, rows: Rows, count: int, seed: int) -> Folds:
        """Folds of some of the rows, by their numbers among these; a count of 1 is one split of about 80/20."""


@dataclass(frozen=True, slots=True)
class ByChance:
    """Strata are spread evenly, and exact copies of a row stay together.

    Attributes:
        strata: (n,) from `split.strata`.
        copies: (n,) from `split.find_copies`.
    """

    strata: Rows
    copies: Rows

    @property
    def together(self) -> Rows:
        return self.copies

    def holdout(self, share: float, seed: int) -> tuple[Rows, Rows]:
        return split_holdout(self.strata, self.copies, share, seed)

    def folds(self, rows: Rows, count: int, seed: int) -> Folds:
        return split_folds(self.strata[rows], self.copies[rows], count, seed)


@dataclass(frozen=True, slots=True)
class ByGroup:
    """No group is on two sides, whatever copies there are; strata are spread as evenly as groups allow.

    Attributes:
        strata: (n,) from `split.strata`.
        groups: (n,) numbers, at least three different ones.
    """

    strata: Rows
    groups: Rows

    @property
    def together(self) -> Rows:
        return self.groups

    def holdout(self, share: float, seed: int) -> tuple[Rows, Rows]:
        """Two groups at least are left to learn from and to validate, if there are three."""
        part = deal(self.groups, self.strata, (1 - share, share), seed)
        names, sizes = np.unique(self.groups[part == 1], return_counts=True)
        if len(np.unique(self.groups[part == 0])) < 2 <= len(names):  # noqa: PLR2004
            part[self.groups == names[sizes.argmax()]] = 0
        return np.flatnonzero(part == 0), np.flatnonzero(part == 1)

    def folds(self, rows: Rows, count: int, seed: int) -> Folds:
        """As many as there are groups, if those are fewer."""
        groups, spread = self.groups[rows], self.strata[rows]
        if count == 1:
            part = deal(groups, spread, (1 - _VALID_SHARE, _VALID_SHARE), seed)
            return [(np.flatnonzero(part == 0), np.flatnonzero(part == 1))]
        count = min(count, len(np.unique(groups)))
        part = deal(groups, spread, (1 / count,) * count, seed)
        return [(np.flatnonzero(part != fold), np.flatnonzero(part == fold)) for fold in range(count)]


@dataclass(frozen=True, slots=True)
class ByTime:
    """What is judged lies after what is learnt from; the seed decides nothing.

    Attributes:
        moments: (n,) from `moments.split_latest`.
        gap: between the two, in the moments' unit.
    """

    moments: Floats
    gap: float

    @property
    def together(self) -> Floats:
        return self.moments

    def holdout(self, share: float, seed: int) -> tuple[Rows, Rows]:  # noqa: ARG002 - the protocol's
        return split_latest(self.moments, share, self.gap)

    def folds(self, rows: Rows, count: int, seed: int) -> Folds:  # noqa: ARG002 - the protocol's
        return expanding_folds(self.moments[rows], count, self.gap)


@dataclass(frozen=True, slots=True)
class ByColumn:
    """Rows that say `holdout` or `test` are held out; every other value than `train` names a fold.

    A fold validates its rows and learns from all others that are not held out. Where no row says one of these, the
    holdout, or the folds, are drawn as otherwise.

    Attributes:
        says: (n,) texts.
        otherwise: draws them.
    """

    says: NDArray[Any]
    otherwise: Splitter

    @property
    def together(self) -> Rows:
        return np.arange(len(self.says))  # what the user says goes before what rows have in common

    def holdout(self, share: float, seed: int) -> tuple[Rows, Rows]:
        held = np.isin(self.says, HELD_OUT)
        if not held.any():
            return self.otherwise.holdout(share, seed)
        return np.flatnonzero(~held), np.flatnonzero(held)

    def folds(self, rows: Rows, count: int, seed: int) -> Folds:
        says = self.says[rows]
        names = sorted(set(says) - {TRAIN, *HELD_OUT}, key=lambda name: (len(name), name))
        if not names:
            return self.otherwise.folds(rows, count, seed)
        return [(np.flatnonzero(says != name), np.flatnonzero(says == name)) for name in names]


def make_splitter(
    kind: SplitKind, guide: NDArray[Any] | None, *, gap: float, task: Task, frame: Frame, target: NDArray[Any]
) -> Splitter:
    """The splitter of a table.

    Args:
        kind: how to split.
        guide: (n,) the split column: numbers of groups, moments, or texts; None where `kind` is `random`.
        gap: for `time`.
        task: what is predicted.
        frame: the features, to find copies.
        target: (n,) class indices or values.
    """
    spread = strata(task, target)
    if guide is not None and kind == "group":
        return ByGroup(spread, guide)
    if guide is not None and kind == "time":
        return ByTime(guide, gap)
    chance = ByChance(spread, find_copies([*frame.values(), target]))
    return chance if guide is None else ByColumn(guide, chance)


def repeated_folds(splitter: Splitter, rows: Rows, *, count: int, repeats: int, seed: int) -> Folds:
    """The folds of one repeat after the other, each drawn with a seed of its own."""
    return [fold for repeat in range(repeats) for fold in splitter.folds(rows, count, seed + repeat)]
