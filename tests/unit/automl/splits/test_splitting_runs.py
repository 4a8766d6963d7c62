"""Whole runs whose rows are split, weighted or spread in unusual ways."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from automl import TrainRequest, load_bundle, train
from automl.errors import InvalidRequest
from automl.problem import pose
from automl.stages import split

ROWS = 240
RNG = np.random.default_rng(0)
SIZE = RNG.normal(size=ROWS)
COLUMNS: dict[str, Any] = {
    "size": SIZE,
    "noise": RNG.normal(size=ROWS),
    "shop": RNG.integers(0, 30, ROWS),
    "day": RNG.permutation(ROWS),
    "side": ["train"] * 120 + ["valid"] * 60 + ["holdout"] * 60,
    "weight": RNG.integers(0, 4, ROWS),
    "y": np.where(SIZE + 0.3 * RNG.normal(size=ROWS) > 0.5, "high", "low"),
}
TABLE = pa.table({name: list(values) for name, values in COLUMNS.items()})


@pytest.mark.parametrize(
    ("request_", "held_out", "learnt_from"),
    [
        ({"split": "group", "split_column": "shop"}, 48, {"size", "noise", "day", "side", "weight"}),
        ({"split": "time", "split_column": "day", "gap": 5.0}, 48, {"size", "noise", "shop", "day", "side", "weight"}),
        ({"split": "column", "split_column": "side"}, 60, {"size", "noise", "shop", "day", "weight"}),
        ({"repeats": 2, "folds": 3}, 48, {"size", "noise", "shop", "day", "side", "weight"}),
        ({"weights": "weight"}, 48, {"size", "noise", "shop", "day", "side"}),
    ],
)
def test_a_run_ends_well(request_: dict[str, Any], held_out: int, learnt_from: set[str]) -> None:
    request = TrainRequest(target="y", max_trials=2, timeout_s=600, **request_)
    result = train(TABLE, request)
    assert result.report["rows"] == pytest.approx(held_out, abs=8)
    assert result.report["metrics"]["roc_auc"]["value"] > 0.8
    assert set(load_bundle(result.bundle.data).sample()) == learnt_from
    assert result.bundle.manifest["lineage"]["request"]["split"] == request.split


def test_time_leaves_out_the_gap_and_holds_out_the_last_days() -> None:
    request = TrainRequest(target="y", split="time", split_column="day", gap=5.0)
    parts = split(pose(TABLE, request), request)
    assert sorted(parts.holdout["day"]) == list(range(192, 240))
    assert sorted(parts.train["day"]) == list(range(188))


def test_weights_go_with_their_rows() -> None:
    request = TrainRequest(target="y", weights="weight")
    parts = split(pose(TABLE, request), request)
    weight_of = dict(zip(COLUMNS["size"], COLUMNS["weight"], strict=True))
    assert parts.weights is not None
    assert parts.holdout_weights is not None
    assert parts.weights.tolist() == [weight_of[size] for size in parts.train["size"]]
    assert parts.holdout_weights.tolist() == [weight_of[size] for size in parts.holdout["size"]]


def test_rows_of_no_weight_are_not_learnt_from() -> None:
    """Half of the rows say the opposite; what they weigh decides who is believed."""
    size = RNG.normal(size=400)
    liar = np.arange(400) % 2 == 1
    target = np.where((size > 0) ^ liar, "high", "low")
    for weight, likely in ((~liar, True), (liar, False)):
        table = pa.table({"size": size, "weight": weight.astype(float), "y": target})
        request = TrainRequest(target="y", weights="weight", positive="high", max_trials=1, timeout_s=600)
        answers = load_bundle(train(table, request).bundle.data).predict([{"size": 2.0}])
        assert answers.probabilities is not None
        assert (answers.probabilities[0, 1] > 0.9) == likely


def test_a_split_that_leaves_one_class_is_refused() -> None:
    columns = {**COLUMNS, "y": ["low"] * 180 + ["high", "low"] * 30}
    table = pa.table({name: list(values) for name, values in columns.items()})
    with pytest.raises(InvalidRequest, match="training rows are of one class"):
        train(table, TrainRequest(target="y", split="column", split_column="side"))


@pytest.mark.parametrize("rows_of_a_class", [2, 3, 12])
def test_many_classes_of_few_rows_end_well(rows_of_a_class: int) -> None:
    classes = np.repeat(np.arange(26), [30] * 10 + [rows_of_a_class] * 16)
    letters = np.array([chr(ord("a") + number) for number in classes])
    x, z = classes % 6 + RNG.normal(0, 0.1, len(classes)), classes // 6 + RNG.normal(0, 0.1, len(classes))
    request = TrainRequest(target="y", max_trials=1, timeout_s=600, refit=False)
    result = train(pa.table({"x": x, "z": z, "y": letters}), request)
    assert result.report["metrics"]["kappa"]["value"] > 0.6
    assert len(load_bundle(result.bundle.data).spec.classes) == 26
    assert ("rare-class" in {found["code"] for found in result.report["findings"]}) == (rows_of_a_class < 10)


def test_two_rows_of_the_positive_class_are_enough_to_end() -> None:
    target = ["yes"] * 2 + ["no"] * 118
    result = train(pa.table({"x": RNG.normal(size=120), "y": target}), TrainRequest(target="y", max_trials=2))
    assert result.report["confusion_matrix"]["labels"] == ["no", "yes"]
