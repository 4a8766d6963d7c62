"""What can be said of predicted labels alone: summaries of a confusion matrix, rows true and columns predicted."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from automl.types import Floats, Metric


def confusion_matrix(target: NDArray[Any], predicted: NDArray[Any], classes: int) -> Floats:
    """(k, k) counts: rows are true classes, columns predicted ones."""
    return np.bincount(target * classes + predicted, minlength=classes**2).reshape(classes, classes).astype(np.float64)


def _accuracy(confusion: Floats) -> float:
    return float(np.trace(confusion) / confusion.sum())


def _balanced_accuracy(confusion: Floats) -> float:
    support = confusion.sum(axis=1)
    present = support > 0
    return float(np.mean(confusion.diagonal()[present] / support[present]))


def _g_mean(confusion: Floats) -> float:
    """Geometric mean of the recalls of the classes that are there (Kubat & Matwin 1997 for two classes)."""
    support = confusion.sum(axis=1)
    present = support > 0
    recalls = confusion.diagonal()[present] / support[present]
    return float(np.prod(recalls ** (1 / len(recalls))))


def f1_by_class(confusion: Floats) -> Floats:
    """F1 of each class against the rest `(k,)`; 0 for one that is neither there nor predicted."""
    both = confusion.sum(axis=0) + confusion.sum(axis=1)
    shares: Floats = np.divide(2 * confusion.diagonal(), both, np.zeros(len(both)), where=both > 0)
    return shares


def _f1(confusion: Floats) -> float:
    return float(f1_by_class(confusion)[1])


def _f1_macro(confusion: Floats) -> float:
    seen = confusion.sum(axis=0) + confusion.sum(axis=1) > 0
    return float(np.mean(f1_by_class(confusion)[seen]))


def _f1_weighted(confusion: Floats) -> float:
    return float(np.average(f1_by_class(confusion), weights=confusion.sum(axis=1)))


def _kappa(confusion: Floats, *, power: int) -> float:
    """Cohen's kappa (1960) whose disagreement costs distance ** power; power 0 makes all cost the same."""
    rank = np.arange(len(confusion))
    distance = np.abs(rank[:, None] - rank)
    cost = (distance**power) * (distance > 0)
    by_chance = np.sum(cost * np.outer(confusion.sum(axis=1), confusion.sum(axis=0))) / confusion.sum()
    return float(1 - np.sum(cost * confusion) / by_chance) if by_chance > 0 else 0.0


def _mcc(confusion: Floats) -> float:
    """Matthews correlation for any number of classes (Gorodkin 2004).

    Of sums over other classes: the usual differences of squares lose half of their digits where weights are uneven.
    """
    others = 1 - np.eye(len(confusion))
    true, predicted, wrong = confusion.sum(axis=1), confusion.sum(axis=0), confusion * others
    rejected = np.sum((others @ confusion) * others, axis=1)
    together = confusion.diagonal() @ rejected - wrong.sum(axis=1) @ wrong.sum(axis=0)
    spread = (predicted @ others @ predicted) * (true @ others @ true)
    return float(together / np.sqrt(spread)) if spread > 0 else 0.0


BY_CONFUSION: Final[Mapping[Metric, Callable[[Floats], float]]] = {
    "f1": _f1,
    "f1_macro": _f1_macro,
    "f1_weighted": _f1_weighted,
    "kappa": partial(_kappa, power=0),
    "kappa_quadratic": partial(_kappa, power=2),
    "mcc": _mcc,
    "balanced_accuracy": _balanced_accuracy,
    "g_mean": _g_mean,
    "accuracy": _accuracy,
}
"""From the confusion matrix: they see predicted labels only, not how sure the model was."""
