"""Which rows things are shown on, such as augmentations: some of each class, no more than take a second or two."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from automl.problem import Problem
from automl.splits.split import Rows, some_of, strata
from automl.tables.frames import take
from automl.types import Column, Frame

AN_IMAGE: Final = 5_000
"""Letters that take as long as one image, to see and to change."""
MOST_LETTERS: Final = 1_000_000
_MOST_ROWS: Final = 2000


def in_turn(spread: Rows, seed: int, *, even: bool = False) -> Rows:
    """About 2,000 rows, 20 of each stratum at least, in an order that may be cut short anywhere.

    Each beginning has the strata in the shares that they have of the whole, and one row of each before two of any.

    Args:
        spread: the stratum of each row `(n,)`.
        seed: of the draw.
        even: each beginning has as many rows of each stratum, as far as they go.
    """
    rows = some_of(np.arange(len(spread)), spread, _MOST_ROWS, seed)
    shuffled = np.random.default_rng(seed).permutation(rows)
    order = shuffled[np.argsort(spread[shuffled], kind="stable")]
    _, start, size = np.unique(spread[order], return_index=True, return_counts=True)
    place = np.arange(len(order)) - np.repeat(start, size)
    return np.asarray(order[np.argsort(place if even else place / np.repeat(size, size), kind="stable")])


def affordable(turn: Rows, letters: Rows) -> Rows:
    """The first of some rows, as many as have a million letters, ascending; those that alone have more are passed over.

    Args:
        turn: the rows in their turn `(n,)`.
        letters: of each of these.
    """
    short = letters <= MOST_LETTERS
    turn, letters = turn[short], letters[short]
    return np.sort(turn[np.cumsum(letters) <= MOST_LETTERS])


def some_rows(problem: Problem, frame: Frame, target: Rows, seed: int) -> Rows:
    """Numbers of the rows to show augmentation on, ascending; none where each has more than a million letters.

    Args:
        problem: that the rows are of.
        frame: their features.
        target: their class indices or values `(n,)`.
        seed: of the draw.
    """
    turn = in_turn(strata(problem.task, target), seed)
    return affordable(turn, _letters(take(frame, turn), problem.columns))


def _letters(frame: Frame, columns: Sequence[Column]) -> Rows:
    """Of each row; a number counts as one."""
    letters = np.full(len(frame[columns[0].name]), len(columns), dtype=np.int64)
    for column in columns:
        if column.type in ("categorical", "text", "image"):
            letters += np.array([_length(value) for value in frame[column.name]], dtype=np.int64)
    return letters


def _length(value: str | bytes | None) -> int:
    return AN_IMAGE if isinstance(value, bytes) else len(value or "")
