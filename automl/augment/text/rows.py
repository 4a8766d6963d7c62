"""Rows whose texts are changed, with the features that follow from that."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from automl.augment.rows import TrainingRows
from automl.clock import go_on
from automl.splits.split import Rows
from automl.types import Floats

Edit = Callable[[str, float, np.random.Generator], str]
"""From a text, a strength in (0, 1] and a source of chance to another text."""

_MOST_CHARACTERS: Final = 2_000_000
"""Of the texts that are changed: to tag so many takes about a second."""


def edited(edit: Edit, rows: TrainingRows, strength: float, rng: np.random.Generator) -> TrainingRows:
    """A copy of each row whose texts changed, of as many rows at random as have two million characters."""
    if not rows.texts:
        return rows
    base = affordable(rows, rng, _MOST_CHARACTERS)

    def changed(text: str) -> str:
        go_on(rows.told_to_stop)
        return edit(text, strength, rng)

    made, texts = retexted(rows, base, lambda known: list(map(changed, known)))
    return rows.grown(base, made, rows.target[base], texts=texts, only_changed=True)


def retexted(
    rows: TrainingRows, base: Rows, change: Callable[[Sequence[str]], Sequence[str]]
) -> tuple[Floats, list[NDArray[Any]]]:
    """Features `(len(base), f)` of some rows whose texts are changed, and these texts, one array a column.

    Args:
        rows: with texts.
        base: the rows to be changed.
        change: gives another text for each of a column that is not missing.
    """
    made, texts = rows.matrix[base], []
    for column in rows.texts:
        values = column.values[base]
        known = [place for place, text in enumerate(values) if text is not None]
        values[known] = change([str(text) for text in values[known]])
        made[:, column.features] = column.encoded(values)
        texts.append(values)
    return made, texts


def affordable(rows: TrainingRows, rng: np.random.Generator, most: int) -> Rows:
    """As many rows at random, one at least, as have texts of so many characters."""
    lengths = np.array([sum(len(column.values[row] or "") for column in rows.texts) for row in range(len(rows))])
    order = rng.permutation(len(rows))
    fits = np.cumsum(lengths[order]) <= most
    fits[0] = True
    return np.sort(order[fits])
