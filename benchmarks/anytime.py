"""Test score against seconds: Winnow beside FLAML and hand-written hyperopt, as a picture.

    python -m benchmarks.anytime FOLDER

Each point is a run of its own with that budget, so that it is what a user with so much time would have got.
"""

import argparse
import json
import os
import subprocess
from pathlib import Path
from statistics import mean

from automl.types import Json
from benchmarks.automl.cells import THREADS, Bench, Cell
from benchmarks.automl.report import circumstances, markdown
from benchmarks.automl.roster import PEERS
from benchmarks.environments import CACHE, python_with
from benchmarks.tables import read_folder

HERE = Path(__file__).parent
TABLES = ("german_credit", "bank_marketing", "satellite", "ames_housing")
COMPARED = ("winnow", "flaml-lgbm", "hyperopt")
BUDGETS = (5.0, 10.0, 20.0, 40.0, 60.0)


def main() -> None:
    """Run what is not kept yet, write the table, draw the picture."""
    options = _options()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])
    tables, bench = read_folder(options.folder), Bench(options.cells, CACHE)
    cells = [
        bench.cell(PEERS[peer], tables[name], seed, seconds)
        for name in options.tables
        for seconds in options.budgets
        for seed in range(options.seeds)
        for peer in COMPARED
    ]
    curves = _curves(cells)
    _write(options.out, cells, curves)
    _draw(options.picture, curves)


def _curves(cells: list[Cell]) -> list[dict[str, Json]]:
    """One a table and peer: budgets, and the mean score over the seeds that finished (None where none did)."""
    groups: dict[tuple[str, str, str], dict[float, list[float]]] = {}
    for cell in cells:
        points = groups.setdefault((cell.table, cell.peer, cell.metric), {})
        points.setdefault(cell.seconds, []).extend([] if cell.value is None else [cell.value])
    return [
        {
            "table": table,
            "peer": peer,
            "metric": metric,
            "seconds": list(points),
            "values": [mean(values) if values else None for values in points.values()],
        }
        for (table, peer, metric), points in groups.items()
    ]


def _write(path: Path, cells: list[Cell], curves: list[dict[str, Json]]) -> None:
    rows = [
        [
            curve["table"],
            curve["metric"],
            curve["peer"],
            *("failed" if v is None else f"{v:.5g}" for v in curve["values"]),
        ]
        for curve in curves
    ]
    budgets = [f"{seconds:g} s" for seconds in curves[0]["seconds"]]
    page = [
        "# Test score against seconds\n",
        circumstances(cells),
        markdown(["table", "metric", "peer", *budgets], rows),
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(page))


def _draw(picture: Path, curves: list[dict[str, Json]]) -> None:
    python = python_with(HERE / "plot.txt", CACHE)
    command = [str(python), str(HERE / "draw.py"), str(picture)]
    subprocess.run(command, input=json.dumps(curves), text=True, check=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tables", nargs="+", default=TABLES)
    parser.add_argument("--budgets", nargs="+", type=float, default=BUDGETS)
    parser.add_argument("--seeds", type=int, default=2)
    # Those of 60 s are the same as the standard plan's.
    parser.add_argument("--cells", type=Path, default=HERE / "results" / "automl" / "cells")
    parser.add_argument("--out", type=Path, default=HERE / "results" / "anytime.md")
    parser.add_argument("--picture", type=Path, default=HERE.parent / "docs" / "anytime.svg")
    return parser.parse_args()


if __name__ == "__main__":
    main()
