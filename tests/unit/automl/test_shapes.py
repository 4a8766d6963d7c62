"""Tables of every shape end well: few rows, many, many columns, many classes of which some are rare, little memory."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from automl import Result, TrainRequest, load_bundle, scope, train
from automl.errors import InvalidRequest, TooLarge
from automl.machine import resident_bytes
from automl.memory import MB


def table(rows: int, columns: int, target: Any = None) -> pa.Table:
    """Numbers with gaps, a tenth of the columns categories; two classes, unless there is a target."""
    rng = np.random.default_rng(0)
    names = [f"x{i}" for i in range(columns)]
    data: dict[str, Any] = {name: pa.array(rng.normal(size=rows), mask=rng.random(rows) < 0.05) for name in names}
    for name in names[::10]:
        data[name] = rng.choice(["red", "green", "blue"], rows)
    first, second = (data[names[i]].fill_null(0).to_numpy() for i in (1, 2))
    found = np.where(first + second + rng.normal(size=rows) > 0, "yes", "no") if target is None else target
    return pa.table({**data, "y": found})


FRESH = 300 * MB
"""What a process with our libraries holds before it has done anything."""


def check(asked: TrainRequest, data: pa.Table, **limits: int) -> Result:
    """The model answers, and the run stayed within what it had expected to take, this process's earlier tests aside."""
    before = resident_bytes() or 0
    result = train(data, asked, **limits)
    predictor = load_bundle(result.bundle.data)
    assert len(predictor.predict([predictor.sample()]).predictions) == 1
    memory = result.report["memory"]
    assert memory["peak_mb"] - max(0, before - FRESH) // MB <= memory["estimate_mb"] <= memory["limit_mb"]
    assert {step["stage"] for step in result.report["steps"]} >= {"profile", "search", "bundle"}
    return result


@pytest.mark.parametrize("rows", [20, 100])
def test_few_rows_are_enough(rows: int) -> None:
    check(TrainRequest(target="y", max_trials=4, timeout_s=600), table(rows, 5))


def test_fewer_are_refused_with_what_is_needed() -> None:
    with pytest.raises(InvalidRequest, match="at least 20") as caught:
        train(table(19, 5), TrainRequest(target="y"))
    assert caught.value.code == "too-few-rows"


def test_rare_ones_of_many_classes_are_answered_for_too() -> None:
    sizes = [20] * 6 + [60] * 20
    classes = np.repeat([f"class {i:02}" for i in range(26)], sizes)
    columns = {f"x{i}": np.random.default_rng(i).normal(np.repeat(np.arange(26), sizes) % (i + 2)) for i in range(6)}
    result = check(TrainRequest(target="y", max_trials=2, timeout_s=600), pa.table({**columns, "y": classes}))
    predictor = load_bundle(result.bundle.data)
    assert predictor.classes == sorted(set(classes))
    answer = predictor.predict([predictor.sample()])
    assert answer.probabilities is not None
    assert answer.probabilities.shape == (1, 26)
    assert answer.probabilities.sum() == pytest.approx(1)


def test_little_memory_is_made_do_with_and_too_little_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scope, "cores", lambda: 1)  # several fits at once would be given up first
    asked = TrainRequest(target="y", max_trials=2, timeout_s=600)
    small = table(20_000, 10)
    roomy = train(small, asked).report["memory"]
    result = train(small, asked, memory_bytes=(roomy["estimate_mb"] - 20) * MB)
    assert result.report["memory"]["left_out"] == ["recipes", "companions", "augmentation", "starts"]
    with pytest.raises(TooLarge, match="drop columns or rows"):
        train(small, asked, memory_bytes=100 * MB)


@pytest.mark.slow
@pytest.mark.parametrize(("rows", "columns"), [(2_000, 5_000), (300_000, 30)])
def test_wide_and_long_tables_end_in_a_short_time(rows: int, columns: int) -> None:
    check(TrainRequest(target="y", timeout_s=12), table(rows, columns))


@pytest.mark.slow
def test_few_of_very_many_columns_are_found() -> None:
    quick: dict[str, Any] = {"families": ["boosted"], "params": {"learning_rate": 0.2, "num_leaves": 8}, "refit": False}
    result = check(TrainRequest(target="y", max_trials=1, timeout_s=600, **quick), table(2_000, 2_000))
    assert result.report["metrics"]["roc_auc"]["value"] > 0.7


@pytest.mark.slow
def test_rows_are_left_out_where_neither_time_nor_memory_go_so_far() -> None:
    long = table(300_000, 30)
    short = check(TrainRequest(target="y", timeout_s=1), long)
    assert "there is no time for more" in short.report["steps"][1]["detail"]
    whole = train(long, TrainRequest(target="y", max_trials=1, timeout_s=600), memory_bytes=928 * MB)
    assert "there is no memory for more" in whole.report["steps"][1]["detail"]
    assert whole.bundle.manifest["lineage"]["rows"] < 240_000
