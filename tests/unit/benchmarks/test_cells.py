"""Cells of the benchmark: run once by a real peer, then kept; what cannot be had is named."""

import argparse
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.automl.campaign import gather
from benchmarks.automl.cell import Cell, Wish
from benchmarks.automl.identity import key
from benchmarks.automl.roster import PEERS, WINNOW, Peer
from benchmarks.environments import NotInstalled, python_with
from benchmarks.keeping import keep, read
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


@pytest.fixture
def options(tmp_path: Path) -> argparse.Namespace:
    return argparse.Namespace(cells=tmp_path / "cells", cache=tmp_path / "cache", report_only=False)


def test_a_kept_cell_is_read_and_a_missing_one_is_named(table: Table, options: argparse.Namespace) -> None:
    wish, other = Wish(PEERS["optuna"], table, 0, 5), Wish(PEERS["optuna"], table, 1, 5)
    options.report_only = True
    cell = Cell(
        peer="optuna",
        table="made",
        seed=0,
        seconds=5,
        metric="roc_auc",
        peak_bytes=1,
        machine="a",
        measured="2026-01-02",
        versions={},
        value=0.5,
    )
    keep(options.cells / f"{key(wish)}.json", cell)
    harvest = gather([wish, other], options)
    assert harvest.cells == [cell]
    assert harvest.missing == ["optuna, made, seed 1, 5 s"]


def test_what_was_written_in_part_is_no_cell(tmp_path: Path) -> None:
    (tmp_path / "a.partial").write_text("{")
    assert read(tmp_path / "a.json", Cell) is None


@pytest.mark.parametrize("change", ["peer", "options", "table", "seed", "seconds"])
def test_another_question_has_another_name(table: Table, change: str) -> None:
    wish = Wish(PEERS["flaml"], table, 0, 5)
    other = {
        "peer": replace(wish, peer=PEERS["optuna"]),
        "options": replace(wish, peer=replace(wish.peer, options={"estimators": ["rf"]})),
        "table": replace(wish, table=changed(table)),
        "seed": replace(wish, seed=1),
        "seconds": replace(wish, seconds=6),
    }[change]
    assert key(other) != key(wish)


def changed(table: Table) -> Table:
    folder = table.path.parent / "changed"
    folder.mkdir()
    pq.write_table(pq.read_table(table.path).slice(1), folder / table.path.name)
    return replace(table, path=folder / table.path.name)


def test_a_package_that_pip_refuses_is_told(tmp_path: Path) -> None:
    requirements = tmp_path / "peer.txt"
    requirements.write_text("./no-such-wheel.whl\n")
    with pytest.raises(NotInstalled, match="no-such-wheel"):
        python_with(requirements, tmp_path)


@pytest.mark.slow
def test_winnow_is_measured_once_and_its_failure_is_a_result(table: Table, options: argparse.Namespace) -> None:
    wish = Wish(WINNOW, table, 0, 5)
    first, again = (gather([wish], options).cells[0] for _ in range(2))
    assert first.error is None
    assert first.value is not None
    assert first.value > 0.8
    assert first.trials
    assert again == first
    switched_off = Wish(Peer("no recipes", "winnow", {"plan": {"recipes": False}}), table, 0, 5)
    assert gather([switched_off], options).cells[0].error is None
    (broken,) = gather([Wish(Peer("broken", "winnow", {"folds": -1}), table, 0, 5)], options).cells
    assert broken.value is None
    assert broken.error
