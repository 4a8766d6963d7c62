"""The benchmark's arithmetic: who ranks where, and who beats whom."""

import math
from pathlib import Path

import pytest

from benchmarks.automl.cells import Cell
from benchmarks.automl.report import duel, mean_ranks, write_report
from benchmarks.automl.roster import Plan


def cell(peer: str, table: str, value: float | None, *, metric: str = "roc_auc", seed: int = 0) -> Cell:
    return Cell(
        peer=peer,
        table=table,
        seed=seed,
        seconds=10,
        metric=metric,
        peak_bytes=1_000_000,
        measured="2026-01-02",
        versions={"numpy": "2"},
        value=value,
        fit_s=None if value is None else 12.5,
        overshoot_s=None if value is None else 2.5,
        error="ValueError: no" if value is None else None,
    )


def test_a_loss_ranks_the_other_way_round_and_failing_ranks_last() -> None:
    cells = [
        cell("winnow", "a", 0.9),
        cell("other", "a", 0.8),
        cell("third", "a", None),
        cell("winnow", "b", 0.9, metric="log_loss"),
        cell("other", "b", 0.8, metric="log_loss"),
        cell("third", "b", 0.7, metric="log_loss"),
    ]
    assert mean_ranks(cells) == {"winnow": 2.0, "other": 2.0, "third": 2.0}


def test_one_failed_seed_fails_the_table() -> None:
    cells = [cell("winnow", "a", 0.99), cell("winnow", "a", None, seed=1), cell("other", "a", 0.6)]
    assert mean_ranks(cells) == {"winnow": 2.0, "other": 1.0}


def test_a_duel_pairs_table_and_seed() -> None:
    cells = [
        cell("winnow", "a", 0.9),
        cell("winnow", "a", 0.8, seed=1),
        cell("winnow", "b", 2.0, metric="rmse"),
        cell("other", "a", 0.8),
        cell("other", "a", None, seed=1),
        cell("other", "b", 1.0, metric="rmse"),
    ]
    assert duel(cells, "other") == pytest.approx([math.log(2), -math.log(2)])


def test_the_page_names_failures_overshoot_and_the_missing(tmp_path: Path) -> None:
    cells = [cell("winnow", "a", 0.9), cell("other", "a", None)]
    write_report(tmp_path / "page.md", Plan(10, ("a",), {}), cells, {"third": "no such release"})
    page = (tmp_path / "page.md").read_text()
    assert "- other, a, seed 0: ValueError: no" in page
    assert "- winnow, a, seed 0: 2.5 s over" in page
    assert "- third: no such release" in page
