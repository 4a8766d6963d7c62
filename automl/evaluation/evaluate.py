"""What some rows say of a model: every figure with its interval, the table of classes, curves, the confusion matrix."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from automl.bootstrap import deviations
from automl.clock import Over, never
from automl.confusion import confusion_matrix
from automl.evaluation.curves import curves
from automl.evaluation.figures import CALIBRATION_ERROR, ERRORS, RESIDUALS, Figure, figures_of, support
from automl.evaluation.hidden import G_MEAN, hidden_variance, most_g_mean
from automl.evaluation.intervals import SHARE, interval
from automl.evaluation.judged import Judged
from automl.evaluation.reliability import binned, error_by_chance
from automl.types import Json

Measured = Mapping[Figure, dict[str, Json]]
"""`value`, `low` and `high` of each figure; the last two None where nothing is known."""

_OF_CLASSES: Final = ("precision", "recall", "f1", "average_precision", "roc_auc")


def evaluate(judged: Judged, *, over: Over = never, seed: int) -> dict[str, Json]:
    """`metrics`, `intervals`, `classes`, `confusion_matrix` and `curves` of some rows.

    Args:
        judged: the rows.
        over: ends the bootstrap.
        seed: of the bootstrap.
    """
    drawn = curves(judged)
    measured, resamples = measure_all(judged, over=over, seed=seed)
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


def measure_all(judged: Judged, *, over: Over = never, seed: int) -> tuple[Measured, int]:
    """Every figure of the rows, and how many resamples their intervals rest on."""
    figures, values = figures_of(judged)
    found = values(judged.weights)
    resamples = judged.resamples(seed=seed)
    part = judged.take(resamples.rows)
    _, of_part = figures_of(part)
    own = np.ones(part.rows) if part.weights is None else part.weights
    spread, drawn = deviations(lambda weights: of_part(weights * own), resamples, over=over)
    deviation = np.full(len(figures), np.nan) if spread is None else spread
    named = dict(zip(figures, found.tolist(), strict=True))
    if judged.task != "regression":
        deviation = np.sqrt(deviation**2 + [hidden_variance(judged, figure, named) for figure in figures])
    chance = 0.0 if judged.task == "regression" else error_by_chance(binned(judged), judged.weights)
    measured = {
        figure: _measured(figure, value, each, rows=support(judged, figure), chance=chance)
        for (figure, value), each in zip(named.items(), deviation.tolist(), strict=True)
    }
    if named.get(G_MEAN) == 0 and measured[G_MEAN]["high"] is not None:
        measured[G_MEAN]["high"] = most_g_mean(judged, named)
    return measured, drawn


def _measured(figure: Figure, value: float, deviation: float, *, rows: int, chance: float) -> dict[str, Json]:
    low, high = interval(figure.scale, value, deviation, rows=rows, chance=chance) or (None, None)
    by_chance = {"by_chance": chance} if figure.name == CALIBRATION_ERROR else {}
    return {"value": value, "low": low, "high": high, **by_chance}


def _classes(judged: Judged, measured: Measured) -> list[dict[str, Json]] | None:
    if judged.task == "regression":
        return None
    true, called = (np.bincount(each, minlength=len(judged.classes)) for each in (judged.target, judged.predicted))
    return [
        {
            "label": label,
            "rows": int(true[k]),
            "predicted": int(called[k]),
            **{name: measured.get(Figure(name, k)) for name in _OF_CLASSES},
        }
        for k, label in enumerate(judged.classes)
    ]


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
