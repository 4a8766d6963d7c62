"""Original rows beside what augmentation made of them, in the table's own values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.augment.mix import Mix, augment
from automl.augment.rows import TrainingRows, some
from automl.features.encoder import FeatureEncoder
from automl.problem import Problem
from automl.rowschema import json_cell
from automl.splits.split import Rows, some_of, strata
from automl.types import Column, Floats, Json, Sample

_MOST_ROWS, _MOST_WITH_IMAGES = 2000, 200


@dataclass(frozen=True, slots=True)
class Showing:
    """What an augmentation does.

    Attributes:
        rows: that were augmented.
        augmented: that there were then.
        pairs: some `{"original", "changed", "weight", "weight_before"}`; `changed` is None for a row that is left out.
    """

    rows: int
    augmented: int
    pairs: list[dict[str, Json]]


def some_rows(problem: Problem, rows: Rows, target: NDArray[Any], seed: int) -> Rows:
    """Of these rows, ascending, with their targets, up to about 2,000 to look at; 20 of each class, or all that it has.

    With images it is 200 of any class, as each takes its time.
    """
    if problem.images:
        return np.sort(np.random.default_rng(seed).permutation(rows)[:_MOST_WITH_IMAGES])
    return some_of(rows, strata(problem.task, target), _MOST_ROWS, seed)


def show(problem: Problem, sample: Sample, mix: Mix, *, most: int, seed: int) -> Showing:
    """Augment some rows, and show new ones; where there are none, rows that count otherwise than before.

    Texts and images are as they were unless the augmentation changes those; others change the features that are made
    of them.

    Args:
        problem: that the rows are of.
        sample: the rows.
        mix: what to do to them.
        most: pairs to show.
        seed: of the augmentation, and of the choice of pairs.
    """
    encoder = FeatureEncoder.fit(sample.frame, problem.columns)
    before = TrainingRows.of(
        encoder.transform(sample.frame),
        sample.target,
        categorical=encoder.categorical,
        sources=encoder.sources,
        task=problem.task,
        n_classes=len(problem.classes),
        weights=sample.weights,
        texts=encoder.texts(sample.frame),
        images=encoder.images(sample.frame),
        dates=encoder.dates,
    )
    after = augment(before, mix, [seed, 0])
    pairs = _pick(before, after, most, np.random.default_rng(seed))
    return Showing(len(before), len(after), _Writer(problem, sample, encoder, before).write(after, pairs))


def _pick(
    before: TrainingRows, after: TrainingRows, most: int, rng: np.random.Generator
) -> list[tuple[int, int | None]]:
    """Rows before with rows after."""
    _, first = np.unique(after.origin, return_index=True)
    new = np.setdiff1d(np.arange(len(after)), first)
    if not len(new):
        new = first[after.weights[first] != before.weights[after.origin[first]]]
    if len(new):
        return [(int(after.origin[row]), int(row)) for row in some(new, most, rng)]
    gone = np.setdiff1d(np.arange(len(before)), after.origin)
    return [(int(row), None) for row in some(gone, most, rng)]


class _Writer:
    """Features back to values: a category by any row that has its code, other columns are their first feature."""

    def __init__(self, problem: Problem, sample: Sample, encoder: FeatureEncoder, before: TrainingRows) -> None:
        self._problem = problem
        self._sample = sample
        self._before = before
        self._place = {column.name: encoder.sources.index(column.name) for column in problem.columns}
        self._columns = [column for column in problem.columns if column.type not in ("text", "image")]
        coded = [column for column in self._columns if column.type == "categorical"]
        self._values = {column.name: self._decoded(column) for column in coded}

    def write(self, after: TrainingRows, pairs: list[tuple[int, int | None]]) -> list[dict[str, Json]]:
        return [
            {
                "original": self._row(self._before, old),
                "changed": None if new is None else self._row(after, new),
                "weight": 0.0 if new is None else float(after.weights[new]),
                "weight_before": float(self._before.weights[old]),
            }
            for old, new in pairs
        ]

    def _row(self, rows: TrainingRows, row: int) -> dict[str, Json]:
        classes, target = self._problem.classes, rows.target[row]
        cells = {column.name: self._cell(column, rows.matrix[row]) for column in self._columns}
        texts = {column.name: column.values[row] for column in rows.texts}
        images = {column.name: json_cell(column.values, row, "image") for column in rows.images}
        return cells | texts | images | {self._problem.name: classes[int(target)] if classes else float(target)}

    def _cell(self, column: Column, features: Floats) -> Json:
        feature = float(features[self._place[column.name]])
        if column.type == "categorical":
            return self._values[column.name].get(feature)
        return json_cell(np.array([feature]), 0, column.type)

    def _decoded(self, column: Column) -> Mapping[float, Json]:
        codes = self._before.matrix[:, self._place[column.name]].tolist()
        return dict(zip(codes, self._sample.frame[column.name].tolist(), strict=True))
