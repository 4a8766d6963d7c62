"""A column as slices: which of its values, or of its ranges, each row belongs to."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from automl.splits.split import Rows
from automl.types import Column, Json

_RANGES: Final = 5
_MOST_LEVELS: Final = 50


@dataclass(frozen=True, slots=True)
class Slicing:
    """A column cut into slices.

    Attributes:
        column: that is cut.
        levels: the values of its slices, the most frequent first; empty where it is cut into ranges.
        edges: where its ranges begin, the first one excepted; empty where it is cut by values.
        rest: how many values have no slice, as they are too rare of too many.
    """

    column: Column
    levels: tuple[str, ...] = ()
    edges: tuple[float, ...] = ()
    rest: int = 0

    @classmethod
    def of(cls, column: Column, values: NDArray[Any]) -> "Slicing | None":
        """By the 50 most frequent values; numbers and moments by fifths. None for texts, images, or if all is one."""
        if column.type in ("text", "image"):
            return None
        if column.type == "categorical":
            counted = pa.array(values, from_pandas=True).drop_null().value_counts()
            names, counts = (counted.field(i).to_pylist() for i in (0, 1))
            order = sorted(range(len(names)), key=lambda i: (-counts[i], names[i]))
            levels = tuple(names[i] for i in order[:_MOST_LEVELS])
            return cls(column, levels=levels, rest=len(names) - len(levels))
        present = values[~np.isnan(values)]
        above = present[present > present.min(initial=np.inf)]
        if not len(above):
            return None
        cuts = np.quantile(present, np.arange(1, _RANGES) / _RANGES, method="inverted_cdf")
        # Where nearly all have the least value, those above it are a range of their own.
        edges = np.unique(cuts[cuts > present.min()]).tolist() or [float(above.min())]
        return cls(column, edges=tuple(edges))

    @classmethod
    def even_of_one(cls, column: Column, values: NDArray[Any]) -> "Slicing":
        """As `of`, but where all numbers are one, they and the missing ones are the slices."""
        return cls.of(column, values) or cls(column, edges=(1.0,) if column.type == "boolean" else ())

    def codes(self, values: NDArray[Any]) -> Rows:
        """The slice of each row `(n,)`: the last number is for missing values, -1 for values that have no slice."""
        if self.column.type == "categorical":
            texts = pa.array(values, pa.string())
            place = pc.index_in(texts, pa.array(self.levels, pa.string()))
            return np.asarray(pc.if_else(texts.is_null(), len(self.levels), pc.fill_null(place, -1)), np.int64)
        found = np.searchsorted(np.array(self.edges), values, side="right")
        return np.where(np.isnan(values), len(self.edges) + 1, found).astype(np.int64)

    @property
    def count(self) -> int:
        """How many slices there are, that of missing values the last."""
        return 1 + (len(self.levels) if self.column.type == "categorical" else len(self.edges) + 1)

    def describe(self, number: int) -> dict[str, Json]:
        """A slice in JSON: its `column`, and its `value`, or `from` (inclusive) and `to` (exclusive; null is open)."""
        name = self.column.name
        if number == self.count - 1:
            return {"column": name, "value": None}
        if self.column.type in ("categorical", "boolean"):
            return {"column": name, "value": self.levels[number] if self.levels else number == 1}
        ends = (None, *self.edges, None)
        low, high = (None if end is None else self._shown(end) for end in ends[number : number + 2])
        return {"column": name, "from": low, "to": high}

    def _shown(self, end: float) -> Json:
        if self.column.type == "datetime":
            return datetime.fromtimestamp(end, UTC).isoformat().replace("+00:00", "Z")
        return end
