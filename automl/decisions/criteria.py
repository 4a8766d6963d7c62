"""What many decisions are worth at once, by whatever they are to be tuned for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from automl.tables.cells import label
from automl.types import Aim, Criterion, Floats, Json, Metric

_TINY: Final = 1e-300


@dataclass(frozen=True, slots=True)
class Tallies:
    """Of each of m ways to decide on the same rows of k classes, in sums of the rows' weights.

    Attributes:
        true: of each class `(k,)`.
        called: that were called each class `(m, k)`.
        right: that were called it rightly `(m, k)`.
        lost: by a cost matrix `(m,)`.
        costs: that matrix `(k, k)`, true classes by called ones.
    """

    true: Floats
    called: Floats
    right: Floats
    lost: Floats
    costs: Floats

    @classmethod
    def of(
        cls, target: NDArray[np.int64], called: NDArray[np.int64], weights: Floats | None, costs: Floats
    ) -> "Tallies":
        """Of one way: what was called `(n,)`."""
        k = len(costs)
        table = np.bincount(target * k + called, weights, minlength=k * k).reshape(k, k).astype(np.float64)
        lost = np.array([np.sum(costs * table)])
        return cls(table.sum(axis=1), table.sum(axis=0)[None], table.diagonal()[None], lost, costs)

    def take(self, way: int) -> "Tallies":
        """One of the ways."""
        here = slice(way, way + 1)
        return replace(self, called=self.called[here], right=self.right[here], lost=self.lost[here])


def cost_matrix(criterion: Criterion, classes: Sequence[Json]) -> Floats:
    """What each true class costs when another is called `(k, k)`; zeros where the aim knows no costs."""
    k = len(classes)
    if criterion.by == "kappa_quadratic":
        rank = np.arange(k, dtype=np.float64)
        return np.square(rank[:, None] - rank)
    costs = criterion.costs or {}
    names = [label(each) or "" for each in classes]
    return np.array([[costs.get(true, {}).get(called, 0.0) for called in names] for true in names], dtype=np.float64)


def _accuracy(it: Tallies) -> Floats:
    return np.asarray(it.right.sum(axis=1) / it.true.sum())


def _recalls(it: Tallies) -> Floats:
    present = it.true > 0
    recalls: Floats = it.right[:, present] / it.true[present]
    return recalls


def _balanced_accuracy(it: Tallies) -> Floats:
    return np.asarray(_recalls(it).mean(axis=1))


def _g_mean(it: Tallies) -> Floats:
    recalls = _recalls(it)
    return np.asarray(np.prod(recalls ** (1 / recalls.shape[1]), axis=1))


def _f1s(it: Tallies) -> Floats:
    return 2 * it.right / np.maximum(it.true + it.called, _TINY)


def _f1(it: Tallies) -> Floats:
    return np.asarray(_f1s(it)[:, 1])


def _f1_macro(it: Tallies) -> Floats:
    seen = it.true + it.called > 0
    return np.asarray(_f1s(it).sum(axis=1) / seen.sum(axis=1))


def _f1_weighted(it: Tallies) -> Floats:
    return np.asarray(_f1s(it) @ it.true / it.true.sum())


def _kappa(it: Tallies) -> Floats:
    by_chance = it.called @ it.true / it.true.sum() ** 2
    return np.where(by_chance < 1, (_accuracy(it) - by_chance) / np.maximum(1 - by_chance, _TINY), 0.0)


def _kappa_quadratic(it: Tallies) -> Floats:
    by_chance = it.called @ (it.true @ it.costs) / it.true.sum()
    return np.where(by_chance > 0, 1 - it.lost / np.maximum(by_chance, _TINY), 0.0)


def _mcc(it: Tallies) -> Floats:
    whole = it.true.sum()
    spread = (whole**2 - np.sum(it.called**2, axis=1)) * (whole**2 - it.true @ it.true)
    together = it.right.sum(axis=1) * whole - it.called @ it.true
    return np.where(spread > 0, together / np.sqrt(np.maximum(spread, _TINY)), 0.0)


def _cost(it: Tallies) -> Floats:
    """Per row, turned so that more is better."""
    return np.asarray(-it.lost / it.true.sum())


WORTH: Final[Mapping[Aim, Callable[[Tallies], Floats]]] = {
    "f1": _f1,
    "f1_macro": _f1_macro,
    "f1_weighted": _f1_weighted,
    "kappa": _kappa,
    "kappa_quadratic": _kappa_quadratic,
    "mcc": _mcc,
    "balanced_accuracy": _balanced_accuracy,
    "g_mean": _g_mean,
    "accuracy": _accuracy,
    "cost": _cost,
}
"""The aims that are a number to be as high as can be."""

_OF_TWO: Final = ("f1", "kappa", "mcc", "balanced_accuracy", "g_mean", "accuracy")
_OF_MANY: Final = ("f1_macro", "f1_weighted", "kappa", "mcc", "balanced_accuracy", "g_mean", "accuracy")


def aim_of(metric: Metric, classes: int) -> Aim | None:
    """The metric as an aim that decisions on so many classes can be tuned for; None where it is not one of labels."""
    return next((aim for aim in aims_for(classes, ordered=True) if aim == metric), None)


def aims_for(classes: int, *, ordered: bool) -> tuple[Aim, ...]:
    """The metrics that decisions on so many classes can be tuned for."""
    if classes == 2:  # noqa: PLR2004 - binary
        return _OF_TWO
    return (*_OF_MANY, "kappa_quadratic") if ordered else _OF_MANY
