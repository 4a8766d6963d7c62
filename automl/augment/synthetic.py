"""New rows of rare classes between near ones, by imbalanced-learn.

SMOTE (Chawla et al. 2002), SMOTE-NC where there are categories beside numbers, borderline-SMOTE (Han et al. 2005),
ADASYN (He et al. 2008). The library knows no missing values, and takes long for many rows: so the missing stand at the
mean meanwhile, and at most 10,000 rows are made from at most 10,000, each with the weight of as many as are wanted.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from automl.augment.balance import additions
from automl.augment.neighbours import moments, nearest, repeatable, standardised
from automl.augment.rows import TrainingRows, some
from automl.splits.split import Rows
from automl.types import Floats

_NEIGHBOURS: Final = 5
_MOST: Final = 10_000
_SEEDS: Final = 2**31

_Sampler = Any
"""One of imbalanced-learn, which is untyped."""
_Make = Callable[[TrainingRows, dict[int, int], int, int], tuple[_Sampler, bool]]
"""From rows, how many of class 1 there shall be, neighbours, a seed: to a sampler, and whether it takes categories."""


def smote(rows: TrainingRows, strength: float, rng: np.random.Generator) -> TrainingRows:
    """Between a row and one of its five nearest of the same class; categories by the neighbours' vote."""
    return _grow(rows, strength, rng, _smote)


def borderline_smote(rows: TrainingRows, strength: float, rng: np.random.Generator) -> TrainingRows:
    """The same only for rows that mostly have neighbours of other classes. Categories are the base row's."""
    return _grow(rows, strength, rng, _borderline if len(rows.numbers) else _smote)


def adasyn(rows: TrainingRows, strength: float, rng: np.random.Generator) -> TrainingRows:
    """The more new rows, the more neighbours are of other classes. Categories are the base row's."""
    return _grow(rows, strength, rng, _adasyn if len(rows.numbers) else _smote)


def _grow(rows: TrainingRows, strength: float, rng: np.random.Generator, make: _Make) -> TrainingRows:
    bases, parts, shares = [], [], []
    for label, more in enumerate(additions(rows, strength).tolist()):
        own = np.flatnonzero(rows.target == label)
        if more == 0 or len(own) <= 1:
            continue
        own, others = some(own, _MOST, rng), some(np.flatnonzero(rows.target != label), 2 * _MOST, rng)
        wanted = min(more, _MOST)
        seed, neighbours = int(rng.integers(_SEEDS)), min(_NEIGHBOURS, len(own) - 1)
        sampler, with_codes = make(rows, {1: len(own) + wanted}, neighbours, seed)
        base, made = _synthesise(rows, own, others, sampler, with_codes=with_codes)
        bases.append(base)
        parts.append(made)
        shares.append(np.full(len(base), more / wanted))
    if not bases:
        return rows
    base = np.concatenate(bases)
    return rows.grown(base, np.concatenate(parts), rows.target[base], share=np.concatenate(shares))


def _synthesise(
    rows: TrainingRows, own: Rows, others: Rows, sampler: _Sampler, *, with_codes: bool
) -> tuple[Rows, Floats]:
    """New rows of a class, with the nearest row of it to each."""
    numbers, codes = rows.numbers, list(rows.categorical)
    mean, spread = moments(rows.matrix[:, numbers])
    both = rows.matrix[np.concatenate([own, others])]
    points = np.where(np.isnan(both), -1.0, both)
    points[:, numbers] = standardised(both[:, numbers], mean, spread)
    seen = np.arange(points.shape[1]) if with_codes else numbers
    new = _resampled(sampler, points[:, seen], len(own))
    near = numbers if len(numbers) else np.array(codes)
    made = np.empty((len(new), points.shape[1]))
    made[:, seen] = new
    base = own[nearest(points[: len(own), near], made[:, near], 1)[1][:, 0]] if len(new) else own[:0]
    if not with_codes:
        made[:, codes] = rows.matrix[base][:, codes]
    made[:, codes] = np.where(made[:, codes] < 0, np.nan, made[:, codes])
    made[:, numbers] = made[:, numbers] * spread + mean
    return base, made


def _resampled(sampler: _Sampler, points: Floats, own: int) -> Floats:
    """What the sampler adds to the class whose rows come first; nothing where it finds no place for any."""
    labels = np.zeros(len(points), dtype=np.int64)
    labels[:own] = 1
    try:
        with repeatable():
            every, _ = sampler.fit_resample(points, labels)
    except (ValueError, RuntimeError):  # ADASYN, where no row has a neighbour of another class
        return points[:0]
    new: Floats = every[len(points) :]
    return new


def _smote(rows: TrainingRows, wanted: dict[int, int], neighbours: int, seed: int) -> tuple[_Sampler, bool]:
    from imblearn.over_sampling import SMOTE, SMOTEN, SMOTENC  # noqa: PLC0415 - takes a second to import

    how = {"sampling_strategy": wanted, "k_neighbors": neighbours, "random_state": seed}
    if not rows.categorical:
        return SMOTE(**how), True
    return (SMOTENC(list(rows.categorical), **how) if len(rows.numbers) else SMOTEN(**how)), True


def _borderline(rows: TrainingRows, wanted: dict[int, int], neighbours: int, seed: int) -> tuple[_Sampler, bool]:  # noqa: ARG001 - one signature for all
    from imblearn.over_sampling import BorderlineSMOTE  # noqa: PLC0415 - takes a second to import

    return BorderlineSMOTE(sampling_strategy=wanted, k_neighbors=neighbours, random_state=seed), False


def _adasyn(rows: TrainingRows, wanted: dict[int, int], neighbours: int, seed: int) -> tuple[_Sampler, bool]:  # noqa: ARG001 - one signature for all
    from imblearn.over_sampling import ADASYN  # noqa: PLC0415 - takes a second to import

    return ADASYN(sampling_strategy=wanted, n_neighbors=neighbours, random_state=seed), False
