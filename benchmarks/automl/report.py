"""Cells as a page to read: who is better, by how much, and what it costs."""

import os
import platform
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from statistics import mean, median

import numpy as np
from scipy.stats import rankdata, wilcoxon

from automl.metrics import LOSSES
from benchmarks.automl.cells import Cell
from benchmarks.automl.roster import WINNOW, Plan

OVERSHOOT_SHARE, OVERSHOOT_S = 0.05, 2.0
"""A budget is kept when the larger of the two is not exceeded."""
_TINY = 1e-12


def write_report(path: Path, plan: Plan, cells: Sequence[Cell], missing: Mapping[str, str]) -> None:
    """Write the page, its folder too."""
    parts = [
        f"# Winnow beside other AutoML, {plan.seconds:g} s a table\n",
        circumstances(cells),
        "## Scores on the test rows\n\nMean over the seeds; better is higher, but for log_loss and rmse.\n",
        _scores(cells),
        "## Against Winnow\n\n" + _explained(),
        duels(cells),
        "## What it costs\n\nMedians over the cells; the peak of memory is the highest.\n",
        _costs(cells),
        _failures(cells, missing),
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(parts) + "\n")


def loss(cell: Cell) -> float:
    """What is left to gain: the loss itself, or one minus a score that is at most one."""
    if cell.value is None:
        return float("inf")
    return cell.value if cell.metric in LOSSES else 1 - cell.value


def mean_losses(cells: Iterable[Cell]) -> dict[tuple[str, str], float]:
    """By peer and table the mean over the seeds; infinite where one of them failed."""
    grouped: dict[tuple[str, str], list[float]] = {}
    for cell in cells:
        grouped.setdefault((cell.peer, cell.table), []).append(loss(cell))
    return {key: mean(values) for key, values in grouped.items()}


def mean_ranks(cells: Sequence[Cell]) -> dict[str, float]:
    """Each peer's mean rank over the tables, 1 is the best; who failed shares the last places."""
    losses, peers, tables = mean_losses(cells), _names(cells, "peer"), _names(cells, "table")
    grid = np.array([[losses.get((peer, table), np.inf) for peer in peers] for table in tables])
    return dict(zip(peers, rankdata(grid, axis=1).mean(axis=0).tolist(), strict=True))


def duel(cells: Sequence[Cell], peer: str) -> list[float]:
    """For each table and seed that both finished, by how much (natural log) the peer's loss exceeds Winnow's."""
    ours = {
        (cell.table, cell.seed): loss(cell) for cell in cells if cell.peer == WINNOW.name and cell.value is not None
    }
    theirs = {(cell.table, cell.seed): loss(cell) for cell in cells if cell.peer == peer and cell.value is not None}
    return [float(np.log((theirs[key] + _TINY) / (ours[key] + _TINY))) for key in ours if key in theirs]


def circumstances(cells: Sequence[Cell]) -> str:
    """When, where and with which versions it was measured."""
    days = sorted({cell.measured for cell in cells})
    versions = sorted({name: number for cell in cells for name, number in cell.versions.items()}.items())
    return (
        f"Measured {' to '.join(dict.fromkeys((days[0], days[-1])))} on {_processor()}, "
        f"2 of its {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"{', '.join(f'{name} {number}' for name, number in versions)}.\n"
    )


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def _scores(cells: Sequence[Cell]) -> str:
    peers, ranks = _names(cells, "peer"), mean_ranks(cells)
    values: dict[tuple[str, str], list[float | None]] = {}
    for cell in cells:
        values.setdefault((cell.peer, cell.table), []).append(cell.value)
    metrics = {cell.table: cell.metric for cell in cells}
    rows = [
        [table, metrics[table], *(_mean(values.get((peer, table), [])) for peer in peers)]
        for table in _names(cells, "table")
    ]
    rows.append(["**mean rank**", "", *(f"**{ranks[peer]:.2f}**" for peer in peers)])
    return markdown(["table", "metric", *peers], rows)


def _mean(values: Sequence[float | None]) -> str:
    finished = [value for value in values if value is not None]
    return f"{mean(finished):.5g}" if finished and len(finished) == len(values) else "failed" if values else ""


def _explained() -> str:
    return (
        "Each pair is a table and a seed that both finished. The gain is how much smaller Winnow's loss is (one minus "
        "the score, for roc_auc and average_precision), its median over the pairs; p is Wilcoxon's signed-rank test, "
        "two-sided, over the logarithms of the losses' ratios.\n"
    )


def duels(cells: Sequence[Cell]) -> str:
    """A table of each peer against Winnow over the pairs that both finished."""
    rows = []
    for peer in _names(cells, "peer"):
        gains = duel(cells, peer)
        if peer == WINNOW.name or not gains:
            continue
        wins, losses = sum(gain > 0 for gain in gains), sum(gain < 0 for gain in gains)
        p = wilcoxon(gains).pvalue if any(gains) else 1.0
        rows.append([peer, str(len(gains)), str(wins), str(losses), f"{1 - np.exp(-median(gains)):+.2%}", f"{p:.3g}"])
    return markdown(["peer", "pairs", "Winnow better", "Winnow worse", "gain", "p"], rows)


def _costs(cells: Sequence[Cell]) -> str:
    rows = []
    for peer in _names(cells, "peer"):
        own = [cell for cell in cells if cell.peer == peer and cell.value is not None]
        if own:
            rows.append([peer, *_cost(own)])
    head = ["seconds", "worst overshoot s", "trials", "predict test ms", "one row ms", "size MB", "peak memory MB"]
    return markdown(["peer", *head], rows)


def _cost(cells: Sequence[Cell]) -> list[str]:
    def middle(of: Callable[[Cell], float | None], unit: float = 1) -> str:
        known = [value for cell in cells if (value := of(cell)) is not None]
        return f"{median(known) * unit:.3g}" if known else ""

    return [
        middle(lambda cell: cell.fit_s),
        f"{max(cell.overshoot_s or 0 for cell in cells):+.1f}",
        middle(lambda cell: cell.trials),
        middle(lambda cell: cell.predict_s, 1e3),
        middle(lambda cell: cell.predict_one_s, 1e3),
        middle(lambda cell: cell.bytes, 1e-6),
        f"{max(cell.peak_bytes for cell in cells) / 1e6:.0f}",
    ]


def _failures(cells: Sequence[Cell], missing: Mapping[str, str]) -> str:
    late = [
        f"- {cell.peer}, {cell.table}, seed {cell.seed}: {cell.overshoot_s:.1f} s over"
        for cell in cells
        if (cell.overshoot_s or 0) > max(OVERSHOOT_S, OVERSHOOT_SHARE * cell.seconds)
    ]
    failed = [f"- {cell.peer}, {cell.table}, seed {cell.seed}: {cell.error}" for cell in cells if cell.error]
    absent = [f"- {peer}: {why}" for peer, why in missing.items()]
    titles = {"Failed": failed, "Over time (by more than 5 % and 2 s)": late, "Not installed": absent}
    return "\n".join(f"## {title}\n\n" + ("\n".join(lines) or "None.") + "\n" for title, lines in titles.items())


def _names(cells: Iterable[Cell], field: str) -> list[str]:
    return list(dict.fromkeys(getattr(cell, field) for cell in cells))


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
