"""Copies of rows, slightly off."""

from typing import Final

import numpy as np

from automl.augment.neighbours import moments
from automl.augment.rows import TrainingRows, some

_MOST: Final = 100_000
_LOUDEST: Final = 0.3
"""Standard deviations of its column by which a number is off at strength 1."""


def noise(rows: TrainingRows, strength: float, rng: np.random.Generator) -> TrainingRows:
    """One copy of each row with Gaussian noise on its numbers, scaled to each column (Bishop 1995).

    Codes stay, and whole numbers whole; no copy where nothing changed by that.
    """
    base = some(np.arange(len(rows)), _MOST, rng)
    numbers = rows.numbers
    _, spread = moments(rows.matrix[:, numbers])
    made = rows.matrix[base]
    made[:, numbers] += _LOUDEST * strength * spread * rng.normal(size=(len(base), len(numbers)))
    return rows.grown(base, made, rows.target[base], only_changed=True)
