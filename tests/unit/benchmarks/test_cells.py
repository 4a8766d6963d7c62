"""A cell of the benchmark: run once by a real peer, then kept."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.automl.cells import Bench
from benchmarks.automl.roster import WINNOW, Peer
from benchmarks.tables import Table, read_folder


@pytest.fixture
def table(tmp_path: Path) -> Table:
    random = np.random.default_rng(0)
    values = random.normal(size=400)
    target = np.where(values + random.normal(size=400) / 2 > 0, "good", "bad")
    split = np.where(np.arange(400) % 4 == 0, "test", "train")
    rows = {"x": values, "kind": random.choice(["a", "b"], 400), "target": target, "_split": split}
    pq.write_table(pa.table(rows), tmp_path / "made.parquet")
    entry = {"name": "made", "task": "binary", "positive": "bad", "text_columns": []}
    words = {"name": "words", "task": "binary", "positive": "bad", "text_columns": ["text"]}
    (tmp_path / "MANIFEST.json").write_text(json.dumps([entry, words]))
    return read_folder(tmp_path)["made"]


def test_the_positive_class_is_the_last_and_the_parts_share_no_row(table: Table) -> None:
    assert table.classes == ["good", "bad"]
    assert table.metric == "roc_auc"
    train, test = table.rows("train"), table.rows("test")
    assert (len(train), len(test)) == (300, 100)
    assert not set(train["x"].to_pylist()) & set(test["x"].to_pylist())
    assert table.truth("test").tolist() == [int(label == "bad") for label in test["target"].to_pylist()]


def test_tables_of_text_are_left_out(table: Table) -> None:
    assert set(read_folder(table.path.parent)) == {"made"}


@pytest.mark.slow
def test_winnow_is_measured_once_and_its_failure_is_a_result(table: Table, tmp_path: Path) -> None:
    bench = Bench(tmp_path / "cells", tmp_path / "cache")
    cell = bench.cell(WINNOW, table, seed=0, seconds=5)
    assert cell.error is None
    assert cell.value is not None
    assert cell.value > 0.8
    assert cell.trials
    assert bench.cell(WINNOW, table, seed=0, seconds=5) == cell
    broken = bench.cell(Peer("broken", "winnow", {"folds": -1}), table, seed=0, seconds=5)
    assert broken.value is None
    assert broken.error
