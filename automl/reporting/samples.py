"""What an augmentation does to some rows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from automl.augment.mix import Mix, augment
from automl.augment.rows import TrainingRows, some
from automl.features.encoder import FeatureEncoder
from automl.problem import Problem
from automl.reporting.pairs import Pair, Writer
from automl.reporting.unchanged import NO_ROWS, NOT_SHOWN, why_unchanged
from automl.splits.split import Rows
from automl.types import Augmentation, Json, Sample

_COPIES: Final[Augmentation] = "random_over"
"""Adds rows that equal others, as it should."""


@dataclass(frozen=True, slots=True)
class Showing:
    """What an augmentation does.

    Attributes:
        rows: that were augmented.
        augmented: that there were then.
        pairs: some `{"row", "original", "changed", "weight", "weight_before"}`; `row` is the original's number in the
            dataset, from 0; `changed` is None for a row that is left out.
        note: why no row was changed, or why that does not show; None where it does, or rows count otherwise or are
            left out.
    """

    rows: int
    augmented: int
    pairs: list[dict[str, Json]]
    note: str | None


def show(problem: Problem, sample: Sample, numbers: Rows, mix: Mix, *, most: int, seed: int) -> Showing:
    """Augment some rows, and show new ones; where there are none, rows that count otherwise than before.

    Texts and images are as they were unless the augmentation changes those; others change the features that are made
    of them. A category that shares its code with other rare ones cannot be told from them once it is made anew.

    Args:
        problem: that the rows are of.
        sample: the rows.
        numbers: theirs in the dataset `(n,)`.
        mix: what to do to them.
        most: pairs to show.
        seed: of the augmentation, and of the choice of pairs.
    """
    if not len(numbers):
        return Showing(0, 0, [], NO_ROWS)
    sample = replace(sample, frame=dict(sample.frame))
    encoder, texts = FeatureEncoder.learn(sample.frame, problem.columns)
    before = TrainingRows.of(
        encoder.transform(sample.frame),
        sample.target,
        categorical=encoder.categorical,
        sources=encoder.sources,
        task=problem.task,
        n_classes=len(problem.classes),
        weights=sample.weights,
        texts=texts,
        images=encoder.images(sample.frame),
        dates=encoder.dates,
    )
    after = augment(before, mix, [seed, 0])
    chosen, note = _pick(before, after, mix, most, np.random.default_rng(seed))
    pairs = Writer(problem, sample, numbers, encoder, before).write(after, chosen)
    hidden = note is None and _COPIES not in mix.names and all(map(_looks_unchanged, pairs))
    return Showing(len(before), len(after), pairs, NOT_SHOWN if hidden else note)


def _pick(
    before: TrainingRows, after: TrainingRows, mix: Mix, most: int, rng: np.random.Generator
) -> tuple[list[Pair], str | None]:
    """Rows before with rows after, and the note where nothing was changed."""
    _, first = np.unique(after.origin, return_index=True)
    new = np.setdiff1d(np.arange(len(after)), first)
    changed = new[before.unlike(after.origin[new], after, new)]
    counting = first[after.weights[first] != before.weights[after.origin[first]]]
    copies = new if _COPIES in mix.names else new[:0]
    for rows in (changed, copies, counting):
        if len(rows):
            return [(int(after.origin[row]), int(row)) for row in some(rows, most, rng)], None
    gone = np.setdiff1d(np.arange(len(before)), after.origin)
    if len(gone):
        return [(int(row), None) for row in some(gone, most, rng)], None
    pairs: list[Pair] = [(int(after.origin[row]), int(row)) for row in some(new, most, rng)]
    return pairs, why_unchanged(mix.names, rows=len(before), copies=len(new))


def _looks_unchanged(pair: Mapping[str, Json]) -> bool:
    return bool(pair["original"] == pair["changed"] and pair["weight"] == pair["weight_before"])
