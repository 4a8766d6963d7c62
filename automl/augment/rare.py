"""More rows where a regression's target is rare."""

from typing import Final

import numpy as np

from automl.augment.neighbours import moments, nearest, standardised
from automl.augment.rows import TrainingRows
from automl.types import Floats

_MOST: Final = 10_000
_NEIGHBOURS: Final = 5
_BINS: Final = 50
_KERNEL: Final = np.exp(-0.5 * (np.arange(-4, 5) / 2) ** 2)
_NOISE: Final = 0.02
"""Standard deviations by which a row without near neighbours is moved."""


def rare_targets(rows: TrainingRows, strength: float, rng: np.random.Generator) -> TrainingRows:
    """New rows, the more the rarer their target is, up to `strength` times a half of the rows.

    SMOGN's idea (Branco et al. 2017): where a neighbour is near, the new row lies between, features and target; where
    it is far, that would be in no man's land, so the row is only moved a little. Categories are the base row's, so of
    rows with nothing else there are copies. A target of whole numbers stays one.
    """
    rarity = _rarity(rows.target)
    wanted = min(_MOST, round(strength * len(rows) / 2))
    if wanted == 0 or rarity.sum() == 0:
        return rows
    base = rng.choice(len(rows), size=wanted, p=rarity / rarity.sum())
    if len(rows.numbers) == 0:
        return rows.grown(base, rows.matrix[base], rows.target[base])
    mean, spread = moments(rows.matrix[:, rows.numbers])
    pool = np.unique(base)
    points = standardised(rows.matrix[np.ix_(pool, rows.numbers)], mean, spread)
    distances, near = nearest(points, points, min(_NEIGHBOURS + 1, len(pool)))
    place, pick = np.searchsorted(pool, base), rng.integers(min(1, near.shape[1] - 1), near.shape[1], size=wanted)
    other = pool[near[place, pick]]
    far = distances[place, pick] > np.median(distances[:, -1])
    step = np.where(far, 0.0, rng.random(wanted))
    made = rows.matrix[base]
    moved = np.where(far, _NOISE, 0.0)[:, None] * spread * rng.normal(size=(wanted, len(rows.numbers)))
    between = step[:, None] * (rows.matrix[other] - made)[:, rows.numbers]
    made[:, rows.numbers] += between + moved
    target = rows.target[base] + step * (rows.target[other] - rows.target[base])
    whole = bool((rows.target == np.rint(rows.target)).all())
    return rows.grown(base, made, np.rint(target) if whole else target)


def _rarity(target: Floats) -> Floats:
    """How many more rows each value would need to be as frequent as the most frequent ones `(n,)`, at most 20.

    By a histogram, smoothed since values near each other stand in for each other (Yang et al. 2021).
    """
    low, high = np.quantile(target, [0.005, 0.995])
    if not high > low:
        return np.zeros(len(target))
    place = np.clip((target - low) / (high - low) * _BINS, 0, _BINS - 1).astype(np.int64)
    counts = np.convolve(np.bincount(place, minlength=_BINS), _KERNEL / _KERNEL.sum(), mode="same")
    lacking = np.minimum(counts.max() / np.maximum(counts, 1e-9) - 1, 20.0)
    return np.asarray(lacking[place])
