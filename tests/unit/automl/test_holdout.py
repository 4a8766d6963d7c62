"""No step of the search can read what judges: whatever stands there, the same model is found."""

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from automl import TrainRequest, train
from automl.pipeline import Result

ROWS, HELD = 320, 80
REQUEST = TrainRequest(
    target="y",
    metric="roc_auc",
    positive="high",
    split="column",
    split_column="side",
    max_trials=14,
    timeout_s=600,
    refit=False,
)


def columns() -> dict[str, Any]:
    rng = np.random.default_rng(3)
    size = rng.normal(size=ROWS)
    return {
        "size": size,
        "noise": rng.normal(size=ROWS),
        "city": rng.choice(list("abcdef"), ROWS),
        "y": np.where(size + 0.8 * rng.normal(size=ROWS) > 0.4, "high", "low"),
        "side": np.array([*(["0", "1", "2"] * 80), *["holdout"] * HELD]),
    }


def spoilt(columns: dict[str, Any]) -> dict[str, Any]:
    """Every value of the held-out rows another, the target turned round."""
    rng = np.random.default_rng(4)
    changed = {name: values.copy() for name, values in columns.items()}
    changed["size"][-HELD:] = 1000 * rng.normal(size=HELD)
    changed["noise"][-HELD:] = np.nan
    changed["city"][-HELD:] = "nowhere"
    changed["y"][-HELD:] = np.where(columns["y"][-HELD:] == "high", "low", "high")
    return changed


def table(columns: dict[str, Any]) -> pa.Table:
    return pa.table({name: list(values) for name, values in columns.items()})


def found(result: Result) -> tuple[Any, ...]:
    """All that a search decides: trials, members and their models, the decision, the calibration."""
    trials = [replace(trial, seconds=0.0) for trial in result.trials]
    manifest = result.bundle.manifest
    models = {name: entry for name, entry in manifest["files"].items() if name.startswith(("model-", "extension-"))}
    return trials, manifest["members"], models, manifest["decision"], manifest["calibration"]


@pytest.mark.parametrize("metric", ["roc_auc", "f1"])
def test_held_out_rows_have_no_say_in_what_is_found(metric: Any) -> None:
    asked = replace(REQUEST, metric=metric)
    one, two = train(table(columns()), asked), train(table(spoilt(columns())), asked)
    assert one.report["metrics"]["roc_auc"]["value"] > 0.7 > two.report["metrics"]["roc_auc"]["value"]
    assert found(one) == found(two)


def test_nor_has_a_test_table() -> None:
    request = TrainRequest(target="y", metric="roc_auc", positive="high", max_trials=8, timeout_s=600)
    rows = {name: values for name, values in columns().items() if name != "side"}
    learnt = table({name: values[:-HELD] for name, values in rows.items()})
    tests = [{name: values[-HELD:] for name, values in it.items()} for it in (rows, spoilt(rows))]
    one, two = (train(learnt, request, test=table(test)) for test in tests)
    assert one.report["metrics"]["roc_auc"]["value"] != two.report["metrics"]["roc_auc"]["value"]
    assert found(one) == found(two)
