"""Original rows beside what augmentation made of them, in the table's own values."""

import math
from collections.abc import Iterable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from automl.augment.rows import TrainingRows
from automl.features.encoder import FeatureEncoder
from automl.problem import Problem
from automl.rowschema import json_cell
from automl.splits.split import Rows
from automl.types import Column, ColumnType, Floats, Json, Sample

Pair = tuple[int, int | None]
"""A row before augmentation and one after it, or None where it is left out."""

_EXACT: Final = 2**53


class Writer:
    """Features back to values: a category by the rows that have its code, other columns are their first feature."""

    def __init__(
        self, problem: Problem, sample: Sample, numbers: Rows, encoder: FeatureEncoder, before: TrainingRows
    ) -> None:
        """`numbers` are those of the sample's rows in the dataset; `before` is the sample as `encoder` has it."""
        self._problem = problem
        self._sample = sample
        self._numbers = numbers
        self._before = before
        self._place = {column.name: encoder.sources.index(column.name) for column in problem.columns}
        numeric = [column.name for column in problem.columns if column.type == "numeric"]
        self._whole = {name for name in numeric if _is_whole(sample.frame[name])}
        self._whole_target = not problem.classes and _is_whole(sample.target)

    def write(self, after: TrainingRows, pairs: Iterable[Pair]) -> list[dict[str, Json]]:
        """As `Showing.pairs` has them."""
        return [
            {
                "row": int(self._numbers[old]),
                "original": self._original(old),
                "changed": None if new is None else self._changed(after, new, old),
                "weight": 0.0 if new is None else float(after.weights[new]),
                "weight_before": float(self._before.weights[old]),
            }
            for old, new in pairs
        ]

    def _original(self, row: int) -> dict[str, Json]:
        cells = {column.name: self._own(column, row) for column in self._problem.columns}
        return cells | self._target(self._sample.target, row)

    def _changed(self, after: TrainingRows, row: int, old: int) -> dict[str, Json]:
        apart = {column.name: column.values for column in after.texts}
        apart |= {column.name: column.values for column in after.images}
        cells = {
            column.name: _json(apart[column.name], row, column.type)
            if column.name in apart
            else self._made(column, after.matrix[row], old)
            for column in self._problem.columns
        }
        return cells | self._target(after.target, row)

    def _own(self, column: Column, row: int) -> Json:
        return _json(self._sample.frame[column.name], row, column.type, whole=column.name in self._whole)

    def _made(self, column: Column, features: Floats, old: int) -> Json:
        place = self._place[column.name]
        feature, own = float(features[place]), float(self._before.matrix[old, place])
        if feature == own or (math.isnan(feature) and math.isnan(own)):
            return self._own(column, old)
        if column.type == "categorical":
            return self._level(column, feature)
        return _json(np.array([feature]), 0, column.type, whole=column.name in self._whole)

    def _level(self, column: Column, code: float) -> Json:
        """What has the code; rare levels share one, and then nobody can tell which of them it is."""
        having = self._before.matrix[:, self._place[column.name]] == code
        levels = set(self._sample.frame[column.name][having].tolist())
        return levels.pop() if len(levels) == 1 else f"(any of {len(levels)} rare values)"

    def _target(self, values: NDArray[Any], row: int) -> dict[str, Json]:
        classes = self._problem.classes
        value = classes[int(values[row])] if classes else _json(values, row, "numeric", whole=self._whole_target)
        return {self._problem.name: value}


def _json(values: NDArray[Any], row: int, kind: ColumnType, *, whole: bool = False) -> Json:
    """A value; of a column of whole numbers without a point."""
    value = json_cell(values, row, kind)
    return int(value) if whole and isinstance(value, float) and value.is_integer() else value


def _is_whole(values: Floats) -> bool:
    known = values[~np.isnan(values)]
    return bool((known == np.rint(known)).all() and np.abs(known).max(initial=0) < _EXACT)
