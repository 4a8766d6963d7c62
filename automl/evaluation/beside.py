"""Simpler answers to the same rows, beside the model's."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from automl.clock import Over
from automl.decisions.decision import decide
from automl.evaluation.baselines import constant_call
from automl.evaluation.evaluate import measure_all
from automl.evaluation.judged import Judged
from automl.types import Floats, Json, Metric

_DUMMY: Final = "dummy"


def likeliest(judged: Judged, outputs: Floats) -> Judged:
    """The same rows as something else answers them, which calls the likeliest class."""
    return judged.answered(outputs, outputs if judged.task == "regression" else decide(outputs, None))


def simply(judged: Judged, name: str, outputs: Floats, metric: Metric) -> Judged:
    """The same rows as a baseline answers them; the dummy with the one label that is best by the metric."""
    if name != _DUMMY or judged.task == "regression":
        return likeliest(judged, outputs)
    return judged.answered(outputs, np.full(judged.rows, constant_call(metric, outputs[0])))


def dummy_label(judged: Judged, baselines: Mapping[str, Floats], metric: Metric) -> Json:
    """What the dummy calls every row; None of a regression, or without a dummy."""
    dummy = baselines.get(_DUMMY)
    return None if dummy is None or not judged.classes else judged.classes[constant_call(metric, dummy[0])]


def tell_baselines(judged: Judged, baselines: Mapping[str, Floats], *, over: Over, seed: int) -> dict[str, Json]:
    """The figures of all rows of each baseline, `baselines`, and `baseline_intervals` of these.

    Args:
        judged: the rows, as the model answers them.
        baselines: outputs of each, by name.
        over: ends the intervals.
        seed: of the resamples.
    """
    told = {name: _figures(judged, name, outputs, over=over, seed=seed) for name, outputs in baselines.items()}
    return {
        "baselines": {name: {key: each["value"] for key, each in figures.items()} for name, figures in told.items()},
        "baseline_intervals": {
            name: {key: {"low": each["low"], "high": each["high"]} for key, each in figures.items()}
            for name, figures in told.items()
        },
    }


def _figures(judged: Judged, name: str, outputs: Floats, *, over: Over, seed: int) -> dict[str, dict[str, Json]]:
    """Each of all rows, the dummy's with the label that is best by it."""

    def by(metric: Metric) -> dict[str, dict[str, Json]]:
        measured, _ = measure_all(simply(judged, name, outputs, metric), over=over, seed=seed)
        return {figure.name: each for figure, each in measured.items() if figure.of is None}

    figures = by("accuracy")
    return figures | {"f1": by("f1")["f1"]} if name == _DUMMY and "f1" in figures else figures
