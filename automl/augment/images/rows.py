"""Rows whose images are changed, with the features that follow from that."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import numpy as np

from automl.augment.images.edits import mirrored
from automl.augment.rows import TrainingRows, some
from automl.clock import go_on
from automl.splits.split import Rows
from automl.tables.images import drawn, pixels

if TYPE_CHECKING:
    from PIL.Image import Image

Edit = Callable[["Image", float, np.random.Generator], "Image"]
"""From a picture, a strength in (0, 1] and a source of chance to another picture of the same size."""

MOST_IMAGES: Final = 1000
"""That are changed in a fold: to change so many and to see what they show takes about two seconds."""


def edited(edit: Edit, rows: TrainingRows, strength: float, rng: np.random.Generator) -> TrainingRows:
    """A copy of each row whose images changed, of at most 1,000 rows at random."""
    return _grown(edit, rows, some(np.arange(len(rows)), MOST_IMAGES, rng), strength, rng)


def flip(rows: TrainingRows, strength: float, rng: np.random.Generator) -> TrainingRows:
    """The same with images mirrored, for `strength` of the rows."""
    return _grown(mirrored, rows, some(np.arange(len(rows)), _share(rows, strength), rng), strength, rng)


def _share(rows: TrainingRows, strength: float) -> int:
    return min(MOST_IMAGES, max(1, round(strength * len(rows))))


def _grown(edit: Edit, rows: TrainingRows, base: Rows, strength: float, rng: np.random.Generator) -> TrainingRows:
    from PIL.Image import fromarray  # noqa: PLC0415 - only tables with images need it

    if not rows.images:
        return rows
    made, images = rows.matrix[base], []
    for column in rows.images:
        values = column.values[base]
        known = [place for place, image in enumerate(values) if image is not None]
        for place in known:
            go_on(rows.told_to_stop)
            values[place] = drawn(edit(fromarray(pixels(values[place])), strength, rng))
        made[:, column.features] = column.encoded(values)
        images.append(values)
    return rows.grown(base, made, rows.target[base], images=images, only_changed=True)
