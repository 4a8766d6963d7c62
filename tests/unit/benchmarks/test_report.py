"""The benchmark's arithmetic: who ranks where, and who beats whom."""

import math
from pathlib import Path

import pytest

from benchmarks.automl.campaign import Harvest
from benchmarks.automl.cell import Cell
from benchmarks.automl.report import write_report
from benchmarks.automl.standing import duels, gains, mean_ranks


def cell(peer: str, table: str, value: float | None, *, metric: str = "roc_auc", seed: int = 0) -> Cell:
    return Cell(
        peer=peer,
        table=table,
        seed=seed,
        seconds=10,
        metric=metric,
        peak_bytes=1_000_000,
        machine="some processor",
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


def test_a_table_that_a_peer_has_not_met_counts_for_no_rank() -> None:
    cells = [cell("winnow", "a", 0.9), cell("other", "a", 0.8), cell("winnow", "b", 0.1)]
    assert mean_ranks(cells) == {"winnow": 1.0, "other": 2.0}
    assert mean_ranks([cell("winnow", "a", 0.9), cell("other", "b", 0.8)]) == {}


def test_a_duel_compares_the_seeds_that_both_finished() -> None:
    cells = [
        cell("winnow", "a", 0.9),
        cell("winnow", "a", 0.7, seed=1),
        cell("winnow", "a", 0.0, seed=2),
        cell("winnow", "b", 2.0, metric="rmse"),
        cell("other", "a", 0.8),
        cell("other", "a", 0.7, seed=1),
        cell("other", "a", None, seed=2),
        cell("other", "b", 1.0, metric="rmse"),
    ]
    assert gains(cells, "other") == pytest.approx({"a": math.log(2) / 2, "b": -math.log(2)})
    (duel,) = duels(cells)
    assert (duel.tables, duel.better, duel.worse) == (2, 1, 1)
    assert duel.gain == pytest.approx(1 - 2**0.25)


def test_the_page_names_failures_overshoot_and_what_is_missing(tmp_path: Path) -> None:
    cells = [cell("winnow", "a", 0.9), cell("other", "a", None)]
    harvest = Harvest(cells, ["fourth, a, seed 0, 10 s"], {"third": "no such release"})
    write_report(tmp_path / "page.md", 10, harvest)
    page = (tmp_path / "page.md").read_text()
    assert "- other, a, seed 0, 10 s: ValueError: no" in page
    assert "- winnow, a, seed 0: 2.5 s over" in page
    assert "- third: no such release" in page
    assert "- fourth, a, seed 0, 10 s" in page
    assert "- winnow, other: numpy 2" in page


def test_a_page_of_nothing_says_so(tmp_path: Path) -> None:
    write_report(tmp_path / "page.md", 10, Harvest([], ["winnow, a, seed 0, 10 s"]))
    assert "Nothing is measured yet." in (tmp_path / "page.md").read_text()
