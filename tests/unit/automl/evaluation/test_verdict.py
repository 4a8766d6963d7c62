from typing import Any

import pytest

from automl.evaluation.verdict import verdict
from automl.types import Json


def _report(**changes: Any) -> dict[str, Json]:
    report = {
        "task": "binary",
        "metric": "average_precision",
        "rows": 500,
        "metrics": {"average_precision": {"value": 0.83, "low": 0.79, "high": 0.861}},
        "baselines": {"dummy": {"average_precision": 0.24}, "default_lightgbm": {"average_precision": 0.8}},
        "confusion_matrix": {"labels": ["no", "yes"], "counts": [[391, 9], [39, 61]]},
    }
    return {**report, **changes}


def test_a_binary_verdict_names_what_it_beats_and_what_that_means() -> None:
    assert verdict(_report()) == (
        "0.83 average precision (0.79 to 0.86) against 0.24 by chance and 0.80 from default LightGBM; "
        "flags 61 of 100 positives at 9 false alarms."
    )


@pytest.mark.parametrize(
    ("value", "low", "start"),
    [(0.2, 0.1, "No better than knowing nothing: "), (0.3, 0.22, "Perhaps luck: "), (0.3, 0.25, "0.30 average")],
)
def test_a_weak_model_is_called_weak(value: float, low: float, start: str) -> None:
    metrics = {"average_precision": {"value": value, "low": low, "high": 0.5}}
    assert verdict(_report(metrics=metrics)).startswith(start)


def test_losses_are_better_when_lower() -> None:
    words = verdict(
        _report(
            task="multiclass",
            metric="log_loss",
            metrics={"log_loss": {"value": 0.42, "low": 0.4, "high": 0.45}},
            baselines={"dummy": {"log_loss": 1.1}},
            confusion_matrix={"labels": [1, 2, 3], "counts": [[200, 5, 5], [5, 150, 5], [30, 30, 70]]},
        )
    )
    assert words == "0.42 log loss (0.40 to 0.45) against 1.10 by chance; right on 420 of 500 rows."


def test_a_regression_verdict_speaks_of_errors() -> None:
    words = verdict(
        _report(
            task="regression",
            metric="rmse",
            metrics={"rmse": {"value": 1234.5, "low": None, "high": None}},
            baselines={"dummy": {"rmse": 2000.0}},
            confusion_matrix=None,
            curves={"residuals": [{"quantile": 0.25, "value": -0.5}, {"quantile": 0.75, "value": 12345.0}]},
        )
    )
    assert (
        words
        == "1,234 rmse against 2,000 from always saying the mean; half of the errors lie between -0.50 and 12,345."
    )
