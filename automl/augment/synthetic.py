"""New rows of rare classes between near ones, by imbalanced-learn.

SMOTE (Chawla et al. 2002), SMOTE-NC where there are categories beside numbers, borderline-SMOTE (Han et al. 2005),
ADASYN (He et al. 2008). The library knows no missing values, and takes long for many rows: so the missing stand at the
mean meanwhile, and at most 10,000 rows are made from at most 10,000, each with the weight of as many as are wanted.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from automl.augment.balance import additions
from automl.augment.neighbours import moments, nearest, repeatable, standardised
from automl.augment.rows import TrainingRows, some
from automl.clock import go_on
from automl.splits.split import Rows
from automl.types import Floats

_NEIGHBOURS: Final = 5
_MOST: Final = 10_000
_SEEDS: Final = 2**31
_AROUND: Final = 10
"""Neighbours of any class, by which borderline-SMOTE knows a row of the border."""
_NO_PLACE: Final = "neigbours belong to the majority class", "No samples will be generated"
"""What ADASYN says, its slip included, where no row, or hardly one, has a neighbour of another class."""

_Sampler = Any
"""One of imbalanced-learn, which is untyped."""


@dataclass(frozen=True, slots=True)
class _Order:
    """What a sampler is to do for class 1 against class 0.

    Attributes:
        rows: with all classes.
        total: rows that the class shall have.
        neighbours: of the class, between which new rows lie.
        around: neighbours of any class, by which a row of the border is known.
        seed: of the sampler.
    """

    rows: TrainingRows
    total: int
    neighbours: int
    around: int
    seed: int

    @property
    def common(self) -> dict[str, Any]:
        return {"sampling_strategy": {1: self.total}, "random_state": self.seed}


_Make = Callable[[_Order], tuple[_Sampler, bool]]
"""From an order to a sampler, and whether it takes categories."""


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
        go_on(rows.told_to_stop)
        own = np.flatnonzero(rows.target == label)
        if more == 0 or len(own) <= 1:
            continue
        own, others = some(own, _MOST, rng), some(np.flatnonzero(rows.target != label), 2 * _MOST, rng)
        wanted = min(more, _MOST)
        order = _Order(
            rows,
            total=len(own) + wanted,
            neighbours=min(_NEIGHBOURS, len(own) - 1),
            around=min(_AROUND, len(own) + len(others) - 1),
            seed=int(rng.integers(_SEEDS)),
        )
        sampler, with_codes = make(order)
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
    except (ValueError, RuntimeError) as error:
        if not any(reason in str(error) for reason in _NO_PLACE):
            raise
        return points[:0]
    new: Floats = every[len(points) :]
    return new


def _smote(order: _Order) -> tuple[_Sampler, bool]:
    from imblearn.over_sampling import SMOTE, SMOTEN, SMOTENC  # noqa: PLC0415 - takes a second to import

    rows, how = order.rows, {**order.common, "k_neighbors": order.neighbours}
    if not rows.categorical:
        return SMOTE(**how), True
    return (SMOTENC(list(rows.categorical), **how) if len(rows.numbers) else SMOTEN(**how)), True


def _borderline(order: _Order) -> tuple[_Sampler, bool]:
    from imblearn.over_sampling import BorderlineSMOTE  # noqa: PLC0415 - takes a second to import

    return BorderlineSMOTE(**order.common, k_neighbors=order.neighbours, m_neighbors=order.around), False


def _adasyn(order: _Order) -> tuple[_Sampler, bool]:
    from imblearn.over_sampling import ADASYN  # noqa: PLC0415 - takes a second to import

    return ADASYN(**order.common, n_neighbors=order.neighbours), False
