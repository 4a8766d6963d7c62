from typing import Any

import pytest

from automl.evaluation.verdict import verdict
from automl.types import Json


def _classes(*rows: int, labels: tuple[Json, ...] = ("no", "yes")) -> list[dict[str, Json]]:
    return [{"label": label, "rows": count} for label, count in zip(labels, rows, strict=True)]


def _report(**changes: Any) -> dict[str, Json]:
    report = {
        "task": "binary",
        "target": "fraud",
        "positive": "yes",
        "metric": "average_precision",
        "weighted": False,
        "rows": 500,
        "metrics": {"average_precision": {"value": 0.83, "low": 0.79, "high": 0.861}},
        "intervals": {"resamples": 200, "method": "bootstrap, stratified by class"},
        "baselines": {"dummy": {"average_precision": 0.24}, "default_lightgbm": {"average_precision": 0.8}},
        "dummy_label": "no",
        "threshold": {"tuned_for": "f1"},
        "classes": _classes(400, 100),
        "confusion_matrix": {"labels": ["no", "yes"], "counts": [[391, 9], [39, 61]], "weights": None},
    }
    return {**report, **changes}


def _unknown(metric: str, value: float) -> dict[str, Json]:
    return {metric: {"value": value, "low": None, "high": None}}


def test_a_binary_verdict_names_what_it_beats_and_what_that_means() -> None:
    assert verdict(_report()) == (
        "0.83 average precision (0.79 to 0.86) against 0.24 by chance and 0.80 from default LightGBM; "
        "flags 61 of 100 rows where 'fraud' is 'yes' at 9 false alarms."
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
            target="size",
            metric="log_loss",
            metrics={"log_loss": {"value": 0.42, "low": 0.4, "high": 0.45}},
            baselines={"dummy": {"log_loss": 1.1}},
            confusion_matrix={
                "labels": [1, 2, 3],
                "counts": [[200, 5, 5], [5, 150, 5], [30, 30, 70]],
                "weights": None,
            },
        )
    )
    assert words == "0.42 log loss (0.40 to 0.45) against 1.10 by chance; right about 'size' on 420 of 500 rows."


def test_a_regression_verdict_speaks_of_errors() -> None:
    words = verdict(
        _report(
            task="regression",
            target="price",
            metric="rmse",
            metrics={"rmse": {"value": 1234.5, "low": 1100.2, "high": 1400.0}},
            baselines={"dummy": {"rmse": 2000.0}},
            threshold=None,
            confusion_matrix=None,
            curves={"residuals": [{"quantile": 0.25, "value": -0.5}, {"quantile": 0.75, "value": 12345.0}]},
        )
    )
    assert words == (
        "1,234 RMSE (1,100 to 1,400) against 2,000 from always saying the mean; "
        "half of the errors in 'price' (actual less predicted) lie between -0.50 and 12,345."
    )


@pytest.mark.parametrize(
    ("changes", "beaten"),
    [
        ({"dummy_label": "yes"}, "0.24 by flagging all and 0.80 from default LightGBM at one half"),
        ({"dummy_label": "no"}, "0.24 by flagging none and 0.80 from default LightGBM at one half"),
        ({"threshold": {"tuned_for": "likeliest"}}, "0.24 by flagging none and 0.80 from default LightGBM;"),
        (
            {"task": "multiclass", "dummy_label": "no"},
            "0.24 by always saying the commonest class ('no') and 0.80 from default LightGBM untuned",
        ),
    ],
)
def test_a_verdict_by_labels_says_how_its_baselines_call_them(changes: dict[str, Json], beaten: str) -> None:
    metrics = {"kappa": {"value": 0.83, "low": 0.79, "high": 0.861}}
    baselines = {"dummy": {"kappa": 0.24}, "default_lightgbm": {"kappa": 0.8}}
    assert beaten in verdict(_report(**{"metric": "kappa", "metrics": metrics, "baselines": baselines, **changes}))


@pytest.mark.parametrize(
    ("changes", "start"),
    [
        ({"classes": _classes(499, 1)}, "Too few rows to say (only 1 row where 'fraud' is 'yes'): 1.00 average"),
        ({"classes": _classes(500, 0)}, "Too few rows to say (no rows where 'fraud' is 'yes'): 1.00"),
        ({"classes": _classes(3, 497)}, "Too few rows to say (only 3 rows where 'fraud' is 'no'): 1.00"),
        ({"intervals": {"resamples": 200, "method": "bootstrap of whole groups"}}, "Too few groups to say: 1.00"),
        (
            {"intervals": {"resamples": 19, "method": "bootstrap"}},
            "Without an interval, as there was no time: 1.00 average precision against 0.24",
        ),
    ],
)
def test_where_nothing_is_known_the_verdict_begins_with_that(changes: dict[str, Json], start: str) -> None:
    assert verdict(_report(metrics=_unknown("average_precision", 1.0), **changes)).startswith(start)


def test_a_handful_of_positives_is_told_whatever_the_interval() -> None:
    few = {"classes": _classes(493, 7)}
    assert verdict(_report(**few)).startswith("Only 7 rows where 'fraud' is 'yes': 0.83")
    metrics = {"average_precision": {"value": 0.83, "low": 0.2, "high": 0.9}}
    assert verdict(_report(metrics=metrics, **few)).startswith(
        "Perhaps luck (only 7 rows where 'fraud' is 'yes'): 0.83"
    )
    assert verdict(_report(classes=_classes(490, 10))).startswith("0.83")


def test_labels_are_written_as_the_api_does_and_no_longer_than_can_be_read() -> None:
    assert "where 'fraud' is true at" in verdict(_report(positive=True))
    assert "where 'fraud' is 1 at" in verdict(_report(positive=1))
    long = verdict(_report(target="a\n\x1b[31m" + "b" * 500, positive="c" * 41))
    assert f"where 'a [31m{'b' * 33}…' is '{'c' * 39}…' at" in long


def test_weights_are_told() -> None:
    matrix = {"labels": ["no", "yes"], "counts": [[391, 9], [39, 61]], "weights": [[391.0, 9.0], [300.0, 100.0]]}
    words = verdict(_report(weighted=True, confusion_matrix=matrix))
    assert words.startswith("0.83 weighted average precision")
    assert "flags 61 of 100 rows where 'fraud' is 'yes' (0.25 of their weight) at 9 false alarms" in words
    words = verdict(_report(task="multiclass", weighted=True, confusion_matrix=matrix))
    assert "right about 'fraud' on 452 of 500 rows (0.61 of their weight)" in words


@pytest.mark.parametrize(
    ("value", "low", "high", "dummy", "told"),
    [
        (0.9996, 0.9949, 0.99984, 0.01, "0.9996 average precision (0.995 to 0.9998) against 0.0100"),
        (0.9949, 0.98, 0.999, 0.9946, "0.9949 average precision (0.98 to 0.999) against 0.9946"),
        (0.5, 0.5, 0.5, 0.5, "0.50 average precision (0.50 to 0.50) against 0.50"),
        (1.0, 0.95, 1.0, 0.24, "1.00 average precision (0.95 to 1.00) against 0.24"),
    ],
)
def test_what_differs_looks_different(value: float, low: float, high: float, dummy: float, told: str) -> None:
    metrics = {"average_precision": {"value": value, "low": low, "high": high}}
    baselines = {"dummy": {"average_precision": dummy}}
    assert told in verdict(_report(metrics=metrics, baselines=baselines))
