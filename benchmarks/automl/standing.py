"""Who is better: mean ranks, and each peer against Winnow (Demšar 2006)."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, median
from typing import Final

import numpy as np
from scipy.stats import rankdata, wilcoxon

from automl.metrics import LOSSES
from benchmarks.automl.cell import Cell
from benchmarks.automl.roster import WINNOW

BASE: Final = WINNOW.name
_TINY = 1e-12


@dataclass(frozen=True)
class Duel:
    """Winnow against a peer over the tables that both finished.

    Attributes:
        better: how many tables Winnow won.
        gain: by which share its loss is smaller, the median over the tables.
        p: of Wilcoxon's signed-rank test.
    """

    peer: str
    tables: int
    better: int
    worse: int
    gain: float
    p: float


def whole_tables(cells: Sequence[Cell]) -> list[str]:
    """Those on which every peer was measured, be it that it failed."""
    met = {(cell.peer, cell.table) for cell in cells}
    peers = {peer for peer, _ in met}
    tables = dict.fromkeys(cell.table for cell in cells)
    return [table for table in tables if all((peer, table) in met for peer in peers)]


def mean_ranks(cells: Sequence[Cell]) -> dict[str, float]:
    """Each peer's mean rank over the whole tables by its mean over the seeds; 1 is the best.

    Who failed on a seed shares the table's last places. Empty when no table is whole.
    """
    losses: dict[tuple[str, str], list[float]] = {}
    for cell in cells:
        losses.setdefault((cell.peer, cell.table), []).append(_loss(cell))
    peers, tables = list(dict.fromkeys(cell.peer for cell in cells)), whole_tables(cells)
    if not tables:
        return {}
    grid = np.array([[mean(losses[peer, table]) for peer in peers] for table in tables])
    return dict(zip(peers, rankdata(grid, axis=1).mean(axis=0).tolist(), strict=True))


def duels(cells: Sequence[Cell]) -> list[Duel]:
    """One for each peer that finished a table which Winnow finished, too."""
    peers = dict.fromkeys(cell.peer for cell in cells if cell.peer != BASE)
    found = {peer: list(gains(cells, peer).values()) for peer in peers}
    return [
        Duel(
            peer=peer,
            tables=len(values),
            better=sum(value > 0 for value in values),
            worse=sum(value < 0 for value in values),
            gain=saved(median(values)),
            p=float(wilcoxon(values).pvalue) if any(values) else 1.0,
        )
        for peer, values in found.items()
        if values
    ]


def gains(cells: Sequence[Cell], peer: str) -> dict[str, float]:
    """By table the mean, over the seeds that both finished, of how much the peer's loss exceeds Winnow's (natural log).

    Logarithms, so that no table counts more for its unit.
    """
    finished = {(cell.peer, cell.table, cell.seed): _loss(cell) for cell in cells if cell.value is not None}
    ratios: dict[str, list[float]] = {}
    for (name, table, seed), ours in finished.items():
        theirs = finished.get((peer, table, seed))
        if name == BASE and theirs is not None:
            ratios.setdefault(table, []).append(float(np.log((theirs + _TINY) / (ours + _TINY))))
    return {table: mean(values) for table, values in ratios.items()}


def saved(excess: float) -> float:
    """The share by which a loss is smaller than another that exceeds it by so much (natural log)."""
    return float(1 - np.exp(-excess))


def _loss(cell: Cell) -> float:
    """What is left to gain: the loss itself, or one minus a score that is at most one; infinite where it failed."""
    if cell.value is None:
        return float("inf")
    return cell.value if cell.metric in LOSSES else 1 - cell.value
