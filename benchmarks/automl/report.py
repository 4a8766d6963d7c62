"""Cells as a page to read: who is better, by how much, and what it costs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from statistics import mean, median

from benchmarks.automl.campaign import Harvest
from benchmarks.automl.cell import Cell
from benchmarks.automl.standing import BASE, duels, mean_ranks, whole_tables

OVERSHOOT_SHARE, OVERSHOOT_S = 0.05, 2.0
"""A budget is kept when the larger of the two is not exceeded."""

EXPLAINED = (
    "Of each table that both finished, the mean over the seeds that both have. The gain is how much smaller Winnow's "
    "loss is (one minus the score, for roc_auc and average_precision), the median over the tables; p is Wilcoxon's "
    "signed-rank test, two-sided, over the logarithms of the losses' ratios.\n"
)


def write_report(path: Path, seconds: float, harvest: Harvest) -> None:
    """The page of a plan."""
    cells = harvest.cells
    write_page(
        path,
        f"# Winnow beside other AutoML, {seconds:g} s a table\n",
        circumstances(cells),
        "## Scores on the test rows\n\nMean over the seeds; better is higher, but for log_loss and rmse.\n",
        _scores(cells),
        "## Against Winnow\n\n" + EXPLAINED,
        duel_table(cells),
        "## What it costs\n\nMedians over the cells; the peak of memory is the highest.\n",
        _costs(cells),
        _lists({"Over time (by more than 5 % and 2 s)": _late(cells)}),
        shortcomings(harvest),
    )


def write_page(path: Path, *parts: str) -> None:
    """Write it, its folder too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(part for part in parts if part).rstrip() + "\n")


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def circumstances(cells: Sequence[Cell]) -> str:
    """When, where and with which versions it was measured."""
    if not cells:
        return "Nothing is measured yet.\n"
    days = sorted({cell.measured for cell in cells})
    machines = dict.fromkeys(cell.machine for cell in cells)
    peers: dict[str, dict[str, None]] = {}
    for cell in cells:
        versions = ", ".join(f"{name} {number}" for name, number in cell.versions.items())
        if versions:
            peers.setdefault(versions, {})[cell.peer] = None
    lines = [f"- {', '.join(names)}: {versions}" for versions, names in peers.items()]
    where = f"Measured {' to '.join(dict.fromkeys((days[0], days[-1])))} on {'; '.join(machines)}.\n"
    return "\n".join([where, *lines]) + "\n"


def duel_table(cells: Sequence[Cell]) -> str:
    """Each peer against Winnow."""
    rows = [
        [duel.peer, str(duel.tables), str(duel.better), str(duel.worse), f"{duel.gain:+.2%}", f"{duel.p:.3g}"]
        for duel in duels(cells)
    ]
    return markdown(["against", "tables", f"{BASE} better", f"{BASE} worse", "gain", "p"], rows)


def shortcomings(harvest: Harvest) -> str:
    """What failed, what is not measured, and who could not be installed."""
    failed = [f"- {cell}" for cell in harvest.cells if cell.error]
    missing = [f"- {wish}" for wish in harvest.missing]
    refused = [f"- {peer}: {why}" for peer, why in harvest.refused.items()]
    return _lists({"Failed": failed, "Not measured": missing, "Not installed": refused})


def names(cells: Iterable[Cell], field: str) -> list[str]:
    """The different values of a field in the order of the cells."""
    return list(dict.fromkeys(getattr(cell, field) for cell in cells))


def _scores(cells: Sequence[Cell]) -> str:
    peers, ranks = names(cells, "peer"), mean_ranks(cells)
    values: dict[tuple[str, str], list[float | None]] = {}
    for cell in cells:
        values.setdefault((cell.peer, cell.table), []).append(cell.value)
    metrics = {cell.table: cell.metric for cell in cells}
    rows = [
        [table, metric, *(_mean(values.get((peer, table), [])) for peer in peers)] for table, metric in metrics.items()
    ]
    title = f"**mean rank**, {len(whole_tables(cells))} tables"
    rows.append([title, "", *(f"**{ranks[peer]:.2f}**" if ranks else "" for peer in peers)])
    return markdown(["table", "metric", *peers], rows)


def _mean(values: Sequence[float | None]) -> str:
    finished = [value for value in values if value is not None]
    return f"{mean(finished):.5g}" if finished and len(finished) == len(values) else "failed" if values else ""


def _costs(cells: Sequence[Cell]) -> str:
    rows = []
    for peer in names(cells, "peer"):
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


def _late(cells: Sequence[Cell]) -> list[str]:
    return [
        f"- {cell.peer}, {cell.table}, seed {cell.seed}: {cell.overshoot_s:.1f} s over"
        for cell in cells
        if (cell.overshoot_s or 0) > max(OVERSHOOT_S, OVERSHOOT_SHARE * cell.seconds)
    ]


def _lists(titles: Mapping[str, Sequence[str]]) -> str:
    return "\n".join(f"## {title}\n\n" + ("\n".join(lines) or "None.") + "\n" for title, lines in titles.items())
