"""Every figure of a report, answered together for any weights of the same rows: what they share is made once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from automl.confusion import BY_CONFUSION, f1_by_class
from automl.evaluation.along import ALONG, along, support_along
from automl.evaluation.intervals import Scale
from automl.evaluation.judged import Judged
from automl.evaluation.reliability import binned, calibration_error
from automl.metrics import BY_RANKING, BY_ROW, counting, prepare
from automl.ranking import average_precision, roc_auc
from automl.types import Floats, Json

CALIBRATION_ERROR: Final = "expected_calibration_error"
_OF_ALL_ROWS: Final = ("accuracy", "log_loss", "brier", CALIBRATION_ERROR)
RESIDUALS: Final = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)
ERRORS: Final = (0.5, 0.75, 0.9, 0.95, 0.99)

_SCALES: Final[dict[str, Scale]] = {
    "kappa": "signed", "kappa_quadratic": "signed", "mcc": "signed", "log_loss": "loss", "brier": "loss",
    "rmse": "loss", "mae": "loss", "r2": "fit", "absolute_error": "loss", "residual": "value",
    CALIBRATION_ERROR: "excess",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of a report: of one class by its index, of one quantile, at one place of a curve, or of all rows."""

    name: str
    of: float | None = None

    @property
    def scale(self) -> Scale:
        """What it can be."""
        return _SCALES.get(self.name, "share")


Measured = Mapping[Figure, dict[str, Json]]
"""`value`, `low` and `high` of each figure; the last two None where nothing is known."""
Values = Callable[[Floats | None], Floats]
"""The figures `(f,)` when row i counts `weights[i]` times; None, or only zeros, count each once."""
_Part = tuple[list[Figure], Values]


def figures_of(judged: Judged, *, bands: bool = False) -> _Part:
    """All figures of some rows, and what answers for them.

    Args:
        judged: the rows.
        bands: whether of two classes the places of the curves are among them, see `along`.
    """
    rankings = partial(_rankings, bands=bands and judged.task == "binary")
    makers = (_errors, _residuals) if judged.task == "regression" else (_labels, rankings, _losses, _calibration)
    parts = [make(judged) for make in makers]

    def values(weights: Floats | None) -> Floats:
        return np.concatenate([part(counting(weights)) for _, part in parts])

    return [figure for figures, _ in parts for figure in figures], values


def support(judged: Judged, figure: Figure) -> int:
    """How many rows a figure rests on: those beyond a quantile, and of two classes those of the rarer one.

    A mean over all rows rests on all. Where rows go together, it is how many groups have such rows.
    """
    if figure.name in ALONG and figure.of is not None:
        return support_along(judged, figure.name, figure.of)
    if judged.task == "regression":
        if figure.name == "r2" and judged.constant:
            return 0
        return int(judged.units * (1.0 if figure.of is None else min(figure.of, 1 - figure.of)))
    if figure.of is not None:
        return int((judged.called if figure.name == "precision" else judged.true)[int(figure.of)])
    of_all = judged.task == "multiclass" or figure.name in _OF_ALL_ROWS
    return judged.units if of_all else int(judged.true.min())


def _labels(judged: Judged) -> _Part:
    count = len(judged.classes)
    metrics = [BY_CONFUSION[name] for name in judged.metrics if name in BY_CONFUSION]
    cells = judged.target * count + judged.predicted

    def values(weights: Floats | None) -> Floats:
        confusion = np.bincount(cells, weights, minlength=count**2).reshape(count, count).astype(np.float64)
        right, true, called = confusion.diagonal(), confusion.sum(axis=1), confusion.sum(axis=0)
        precision, recall = (np.divide(right, whole, np.zeros(count), where=whole > 0) for whole in (called, true))
        whole = [summary(confusion) for summary in metrics]
        return np.concatenate([whole, precision, recall, f1_by_class(confusion)])

    names = [Figure(name) for name in judged.metrics if name in BY_CONFUSION]
    return names + _each(("precision", "recall", "f1"), range(count)), values


def _rankings(judged: Judged, *, bands: bool = False) -> _Part:
    names = [name for name in judged.metrics if name in BY_RANKING]

    def values(weights: Floats | None) -> Floats:
        counts = [ranking.counts(weights) for ranking in judged.rankings]
        of_each = np.array([[average_precision(*pair), roc_auc(*pair)] for pair in counts])
        there = np.array([pair[0][-1] > 0 for pair in counts])
        precision, area = of_each[there if there.any() else ...].mean(axis=0)
        whole = [area if name == "roc_auc" else precision for name in names]
        return np.concatenate([whole, of_each.T.ravel(), along(*counts[0]) if bands else ()])

    named = [Figure(name) for name in names] + _each(("average_precision", "roc_auc"), judged.ranked)
    places = [Figure(name, place) for name, there in ALONG.items() for place in there]
    return named + (places if bands else []), values


def _losses(judged: Judged) -> _Part:
    names = [name for name in judged.metrics if name in BY_ROW]
    lost = np.column_stack([BY_ROW[name](judged.target, judged.outputs) for name in names])
    return [Figure(name) for name in names], partial(_means, lost)


def _means(lost: Floats, weights: Floats | None) -> Floats:
    return np.asarray(lost.mean(axis=0) if weights is None else weights @ lost / weights.sum())


def _calibration(judged: Judged) -> _Part:
    reliability = binned(judged)
    return [Figure(CALIBRATION_ERROR)], lambda weights: np.array([calibration_error(reliability, weights)])


def _errors(judged: Judged) -> _Part:
    prepared = [prepare(name, judged.target, judged.outputs) for name in judged.metrics]
    return [Figure(name) for name in judged.metrics], lambda weights: np.array([value(weights) for value in prepared])


def _residuals(judged: Judged) -> _Part:
    with np.errstate(over="ignore", invalid="ignore"):
        residuals = judged.target - judged.outputs
    signed, absolute = _quantiles(residuals, RESIDUALS), _quantiles(np.abs(residuals), ERRORS)
    names = _each(("residual",), RESIDUALS) + _each(("absolute_error",), ERRORS)
    return names, lambda weights: np.concatenate([signed(weights), absolute(weights)])


def _quantiles(values: Floats, shares: Sequence[float]) -> Values:
    """The least values that these shares of the weight do not lie above: the inverted distribution function."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]

    def at(weights: Floats | None) -> Floats:
        below = np.cumsum(np.ones(len(order)) if weights is None else weights[order])
        places = np.searchsorted(below, np.multiply(shares, below[-1]))
        return np.asarray(ordered[np.minimum(places, len(order) - 1)])

    return at


def _each(names: Sequence[str], of: Sequence[float]) -> list[Figure]:
    return [Figure(name, each) for name in names for each in of]
