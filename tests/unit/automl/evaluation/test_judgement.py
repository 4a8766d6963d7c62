import io
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from automl.decisions.decision import Decision
from automl.decisions.tuning import Tuner
from automl.evaluation.judged import Judged
from automl.evaluation.judgement import Judgement, duel
from automl.evaluation.paired import compare
from automl.evaluation.rules import kept_tuner
from automl.types import Criterion, Task


def judged(task: Task, rows: int, noise: float, seed: int = 0, *, weights: bool = False) -> Judged:
    """The same truth for one seed, answered the better the less noise there is."""
    rng = np.random.default_rng(seed)
    classes = {"binary": 2, "multiclass": 3, "regression": 0}[task]
    own = rng.random(rows) if weights else None
    if not classes:
        target = rng.normal(size=rows)
        outputs = target + noise * np.random.default_rng(int(noise * 100)).normal(size=rows)
        return Judged(task=task, target=target, outputs=outputs, predicted=outputs, weights=own)
    target = rng.integers(0, classes, rows)
    raw = np.exp(
        2 * np.eye(classes)[target] + noise * np.random.default_rng(int(noise * 100)).normal(size=(rows, classes))
    )
    outputs = raw / raw.sum(axis=1, keepdims=True)
    return Judged(
        task=task,
        classes=range(classes),
        target=target,
        outputs=outputs,
        predicted=outputs.argmax(axis=1),
        weights=own,
    )


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
@pytest.mark.parametrize("weights", [True, False])
def test_bytes_give_it_back(task: Task, weights: bool) -> None:  # noqa: FBT001 - a case
    given = Judgement.of(np.arange(100, 200), judged(task, 100, 1.0, weights=weights), 500)
    again = Judgement.from_bytes(given.to_bytes())
    assert again.rows.tolist() == given.rows.tolist() == list(range(100, 200))
    assert again.each.tolist() == given.each.tolist() == [1.0] * 100
    for name in ("target", "outputs", "predicted", "weights"):
        np.testing.assert_array_equal(getattr(again.judged, name), getattr(given.judged, name))
    assert (again.judged.task, list(again.judged.classes)) == (task, list(given.judged.classes))
    assert given.to_bytes() == given.to_bytes()


def test_rules_can_be_tuned_and_tried_on_what_was_kept() -> None:
    labels = ["a", "b", "c"]
    rows = judged("multiclass", 3000, 2.0, weights=True)
    kept = Judgement.from_bytes(Judgement.of(np.arange(3000), rows, 3000, most=600).to_bytes())
    assert 500 < len(kept.rows) <= 600
    tuner, whole = kept_tuner(kept, labels), Tuner(rows.target, rows.outputs, rows.weights, labels)
    weightless = replace(kept, judged=replace(kept.judged, weights=np.zeros(len(kept.rows))))
    assert all(np.isfinite(value) for value in kept_tuner(weightless, labels).gives(Decision()).values())
    own = Decision(offsets=(1.0, 0.0, -1.0))
    for name, value in tuner.gives(own).items():
        assert value == pytest.approx(whole.gives(own)[name], abs=0.08)
    dear = Criterion("cost", costs={"a": {"b": 90, "c": 90}, "b": {"a": 1, "c": 1}, "c": {"a": 1, "b": 5}})
    found = tuner.tune(dear)
    assert found.gives["cost"] == pytest.approx(tuner.gives(found)["cost"])
    assert whole.gives(found)["cost"] < whole.gives(Decision(dear))["cost"]


def test_rows_that_go_together_are_compared_as_such() -> None:
    rows, groups = np.arange(400), np.arange(400) // 40
    better, worse = (replace(judged("binary", 400, noise), groups=groups) for noise in (1.0, 2.0))
    given = Judgement.of(rows, better, 400)
    assert Judgement.from_bytes(given.to_bytes()).judged.groups.tolist() == groups.tolist()
    assert duel("roc_auc", given, Judgement.of(rows, worse, 400)) == compare("roc_auc", better, worse)
    assert compare("roc_auc", better, worse) != compare(
        "roc_auc", *(replace(it, groups=None) for it in (better, worse))
    )


def test_the_same_rows_are_compared_as_they_are() -> None:
    better, worse = judged("binary", 400, 1.0), judged("binary", 400, 2.0)
    rows = np.arange(0, 800, 2)
    found = duel("roc_auc", Judgement.of(rows, better, 800), Judgement.of(rows, worse, 800))
    assert found == compare("roc_auc", better, worse)
    assert found["difference"] > 0


def test_rows_that_judged_both_are_compared() -> None:
    every = judged("binary", 1000, 1.0), judged("binary", 1000, 2.0)
    first, second = np.arange(0, 600), np.arange(300, 1000)
    found = duel(
        "log_loss",
        Judgement.of(first, every[0].take(first), 1000),
        Judgement.of(second, every[1].take(second), 1000),
    )
    assert found
    assert found["rows"] == 300
    assert found["p_value"] < 0.05


def test_too_few_rows_or_other_truths_are_not_compared() -> None:
    one = Judgement.of(np.arange(100), judged("binary", 100, 1.0), 300)
    assert duel("roc_auc", one, Judgement.of(np.arange(80, 180), judged("binary", 100, 1.0), 300)) is None
    assert duel("roc_auc", one, Judgement.of(np.arange(100), judged("binary", 100, 1.0, seed=5), 300)) is None


def test_very_many_rows_are_stood_for_by_some_that_two_holdouts_share() -> None:
    rng = np.random.default_rng(0)
    target = (rng.random(100_000) < 0.01).astype(np.int64)
    outputs = np.c_[1 - rng.random(100_000) / 2, rng.random(100_000) / 2]
    every = Judged(task="binary", classes=range(2), target=target, outputs=outputs, predicted=target * 0)
    first, second = np.arange(0, 60_000), np.arange(20_000, 100_000)
    one, two = (Judgement.of(rows, every.take(rows), 100_000) for rows in (first, second))
    assert len(one.rows) <= 20_000
    assert one.each.sum() == pytest.approx(60_000)
    assert (one.judged.target == 1).sum() == target[first].sum(), "rare rows stay"
    assert len(np.intersect1d(one.rows, two.rows)) > 9000
    found = duel("average_precision", one, two)
    assert found
    assert found["difference"] == 0.0


def changed(**changes: Any) -> bytes:
    table = pq.read_table(io.BytesIO(Judgement.of(np.arange(50), judged("binary", 50, 1.0), 50).to_bytes()))
    told = {**json.loads(table.schema.metadata[b"winnow"]), **changes.pop("told", {})}
    for name, values in changes.items():
        table = table.drop([name]) if name in table.column_names else table
        table = table if values is None else table.append_column(name, pa.array(values))
    sink = io.BytesIO()
    pq.write_table(table.replace_schema_metadata({b"winnow": json.dumps(told).encode()}), sink)
    return sink.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PAR1 no more PAR1",
        changed(told={"format": 2}),
        changed(told={"task": "regression"}),
        changed(told={"classes": 3}),
        changed(target=[2] * 50),
        changed(predicted=[0.5] * 50),
        changed(row=[0] * 50),
        changed(row=["a"] * 50),
        changed(each=None),
        changed(output_1=[float("nan")] * 50),
        changed(output_1=["high"] * 50),
        changed(more=[1] * 50),
    ],
)
def test_what_is_no_judgement_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"judgement|convert"):
        Judgement.from_bytes(data)
