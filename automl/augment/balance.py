"""Classes nearer to one size: by weight, by copies, by leaving rows out.

The strength is an exponent, and so means the same for all of them: a class counts `(most / its own rows) ** strength`
times, which is full balance at 1, and its square root at 0.5.
"""

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from automl.augment.rows import TrainingRows

_FEWEST: Final = 20


def class_weights(rows: TrainingRows, strength: float, rng: np.random.Generator) -> TrainingRows:  # noqa: ARG001 - one signature for all
    """Rows of rare classes count more. The sum of the weights stays, since penalties are measured against it."""
    counts = np.maximum(rows.class_counts(), 1)
    weights = rows.weights * ((counts.max() / counts) ** strength)[rows.target]
    return replace(rows, weights=weights * (rows.weights.sum() / weights.sum()))


def random_over(rows: TrainingRows, strength: float, rng: np.random.Generator) -> TrainingRows:
    """Rows of rare classes stand there several times."""
    picked = [
        rng.choice(np.flatnonzero(rows.target == label), size=more)
        for label, more in enumerate(additions(rows, strength).tolist())
        if more
    ]
    base = np.concatenate(picked) if picked else np.empty(0, dtype=np.int64)
    return rows.taken(np.concatenate([np.arange(len(rows)), base]))


def random_under(rows: TrainingRows, strength: float, rng: np.random.Generator) -> TrainingRows:
    """Rows of frequent classes are left out at random, down to 20: of so few, every row tells something."""
    counts = rows.class_counts()
    rarest = counts[counts > 0].min()
    due = np.ceil(counts * (rarest / np.maximum(counts, 1)) ** strength).astype(np.int64)
    kept = np.maximum(due, np.minimum(counts, _FEWEST))
    picked = [
        rng.choice(np.flatnonzero(rows.target == label), size=min(size, counts[label]), replace=False)
        for label, size in enumerate(kept.tolist())
    ]
    return rows.taken(np.sort(np.concatenate(picked)))


def additions(rows: TrainingRows, strength: float) -> NDArray[np.int64]:
    """How many rows each class lacks `(n_classes,)`: together no more than there are, and none where there is none."""
    counts = rows.class_counts()
    lift = (counts.max() / np.maximum(counts, 1)) ** strength
    wanted = np.where(counts > 0, counts * (lift - 1), 0.0)
    more: NDArray[np.int64] = np.floor(wanted * min(1.0, len(rows) / max(wanted.sum(), 1.0))).astype(np.int64)
    return more
