"""Judged rows with their columns, so that they can be looked at slice by slice."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.evaluation.judged import Judged
from automl.evaluation.slicing import Slicing
from automl.splits.split import Rows
from automl.tables.frames import take
from automl.types import Column, Frame, Metric


@dataclass(frozen=True)
class Ground:
    """Judged rows with their columns.

    Attributes:
        judged: the rows.
        frame: what a model learns from of them.
        aside: other columns.
    """

    judged: Judged
    frame: Frame
    aside: Frame = field(default_factory=dict)

    def values(self, column: Column) -> NDArray[Any]:
        """What a column says of the rows `(n,)`."""
        found: NDArray[Any] = (self.frame if column.name in self.frame else self.aside)[column.name]
        return found

    def take(self, rows: Rows) -> "Ground":
        """Some of the rows."""
        return Ground(self.judged.take(rows), take(self.frame, rows), take(self.aside, rows))

    def pieces(self, slicing: Slicing) -> Callable[[int], Judged]:
        """The rows of each slice, by its number."""
        codes = slicing.codes(self.values(slicing.column))
        return lambda number: self.judged.take(np.flatnonzero(codes == number))


def says(metric: Metric, piece: Judged, *, rows: int, of_class: int) -> bool:
    """Whether a metric says anything of some rows.

    Args:
        metric: R² says nothing where the target is the same in all rows.
        piece: the rows.
        rows: as many at least.
        of_class: so many of them of each class of two.
    """
    if piece.rows < rows or (metric == "r2" and piece.constant):
        return False
    return piece.task != "binary" or int(np.bincount(piece.target, minlength=2).min()) >= of_class
