"""What some rows say of a model: every figure with its interval, the table of classes, curves, the confusion matrix."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from automl.bootstrap import deviations
from automl.clock import Over, never
from automl.confusion import confusion_matrix
from automl.evaluation.bands import banded
from automl.evaluation.bounds import bounds, widened
from automl.evaluation.curves import curves
from automl.evaluation.figures import CALIBRATION_ERROR, ERRORS, RESIDUALS, Figure, Measured, figures_of
from automl.evaluation.intervals import SHARE
from automl.evaluation.judged import Judged
from automl.evaluation.reliability import binned, error_by_chance
from automl.types import Json

_OF_CLASSES: Final = ("precision", "recall", "f1", "average_precision", "roc_auc")


def evaluate(judged: Judged, *, over: Over = never, seed: int) -> dict[str, Json]:
    """`metrics`, `intervals`, `classes`, `confusion_matrix` and `curves` of some rows.

    Args:
        judged: the rows.
        over: ends the bootstrap.
        seed: of the bootstrap.
    """
    drawn = curves(judged)
    measured, resamples = measure_all(judged, bands=True, over=over, seed=seed)
    if judged.task == "binary":
        drawn = banded(drawn, measured)
    if judged.task == "regression":
        drawn |= {
            "residuals": _quantiles(measured, "residual", RESIDUALS),
            "absolute_errors": _quantiles(measured, "absolute_error", ERRORS),
        }
    return {
        "rows": judged.rows,
        "metrics": {name: measured[Figure(name)] for name in reported(judged)},
        "intervals": {"share": SHARE, "resamples": resamples, "method": _method(judged)},
        "classes": _classes(judged, measured),
        "confusion_matrix": _confusion(judged),
        "curves": drawn,
    }


def _method(judged: Judged) -> str:
    if judged.groups is not None:
        return "bootstrap of whole groups"
    return "bootstrap" if judged.task == "regression" else "bootstrap, stratified by class"


def reported(judged: Judged) -> tuple[str, ...]:
    """What is told of all rows: the task's metrics, and of classes the calibration error, which nobody ranks by."""
    return (*judged.metrics, *(() if judged.task == "regression" else (CALIBRATION_ERROR,)))


def measure_all(judged: Judged, *, bands: bool = False, over: Over = never, seed: int) -> tuple[Measured, int]:
    """Every figure of the rows, and how many resamples their intervals rest on.

    Args:
        judged: the rows.
        bands: whether of two classes the places of the curves are among them.
        over: ends the bootstrap.
        seed: of the bootstrap.
    """
    figures, values = figures_of(judged, bands=bands)
    found = dict(zip(figures, values(judged.weights).tolist(), strict=True))
    resamples = judged.resamples(seed=seed)
    part = judged.take(resamples.rows)
    _, of_part = figures_of(part, bands=bands)
    own = np.ones(part.rows) if part.weights is None else part.weights
    spread, drawn = deviations(lambda weights: of_part(weights * own), resamples, over=over)
    deviation = np.full(len(figures), np.nan) if spread is None else spread
    chance = 0.0 if judged.task == "regression" else error_by_chance(binned(judged), judged.weights)
    return {
        figure: _measured(judged, figure, found, each, chance)
        for figure, each in zip(figures, deviation.tolist(), strict=True)
    }, drawn


def _measured(
    judged: Judged, figure: Figure, found: Mapping[Figure, float], deviation: float, chance: float
) -> dict[str, Json]:
    wide = widened(judged, figure, found, deviation)
    low, high = bounds(judged, figure, found, wide, chance=chance)
    by_chance = {"by_chance": chance} if figure.name == CALIBRATION_ERROR else {}
    return {"value": found[figure], "low": low, "high": high, **by_chance}


def _classes(judged: Judged, measured: Measured) -> list[dict[str, Json]] | None:
    if judged.task == "regression":
        return None
    true, called = (np.bincount(each, minlength=len(judged.classes)) for each in (judged.target, judged.predicted))
    return [
        {
            "label": label,
            "rows": int(true[k]),
            "predicted": int(called[k]),
            **{name: _of_class(judged, measured, name, k) for name in _OF_CLASSES},
        }
        for k, label in enumerate(judged.classes)
    ]


def _of_class(judged: Judged, measured: Measured, name: str, k: int) -> dict[str, Json] | None:
    """Nothing is known of a class that no row is of, or, where it is ranked against the rest, that every row is of."""
    there, of_all = judged.true[k] > 0, judged.true.sum() == judged.true[k]
    known = {"recall": there, "average_precision": there, "roc_auc": there and not of_all}.get(name, True)
    figure = measured.get(Figure(name, k))
    return figure if known or figure is None else {"value": None, "low": None, "high": None}


def _confusion(judged: Judged) -> dict[str, Json] | None:
    """Rows by true class, columns by predicted one, as counts and, where rows have weights, as sums of these."""
    if judged.task == "regression":
        return None
    count, weights = len(judged.classes), judged.weights
    cells = judged.target * count + judged.predicted
    sums = None if weights is None else np.bincount(cells, weights, minlength=count**2).reshape(count, count)
    return {
        "labels": list(judged.classes),
        "counts": confusion_matrix(judged.target, judged.predicted, count).astype(np.int64).tolist(),
        "weights": None if sums is None else sums.tolist(),
    }


def _quantiles(measured: Measured, name: str, shares: Sequence[float]) -> list[dict[str, Json]]:
    return [{"quantile": share, **measured[Figure(name, share)]} for share in shares]
