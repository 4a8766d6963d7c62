"""Test score against seconds: Winnow beside FLAML and hand-written hyperopt, as a picture.

    python -m benchmarks.anytime FOLDER

Each point is a run of its own with that budget, so that it is what a user with so much time would have got.
"""

import argparse
import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from statistics import mean

from automl.types import Json
from benchmarks.automl.campaign import RESULTS, add_options, gather
from benchmarks.automl.cell import Cell, Wish
from benchmarks.automl.report import circumstances, markdown, shortcomings, write_page
from benchmarks.automl.roster import PEERS
from benchmarks.environments import python_with
from benchmarks.tables import read_folder

HERE = Path(__file__).parent
TABLES = ("german_credit", "bank_marketing", "satellite", "ames_housing")
COMPARED = ("winnow", "flaml-lgbm", "hyperopt")
BUDGETS = (5.0, 10.0, 20.0, 40.0, 60.0)


def main() -> None:
    """Run what is not kept yet, write the table, draw the picture."""
    options = _options()
    tables = read_folder(options.folder)
    harvest = gather(
        (
            Wish(PEERS[peer], tables[name], seed, seconds)
            for name in options.tables
            for seconds in options.budgets
            for seed in range(options.seeds)
            for peer in COMPARED
        ),
        options,
    )
    curves = _curves(harvest.cells, options.budgets)
    write_page(
        options.out,
        "# Test score against seconds\n",
        circumstances(harvest.cells),
        _table(curves, options.budgets),
        shortcomings(harvest),
    )
    command = [str(python_with(HERE / "plot.txt", options.cache)), str(HERE / "draw.py"), str(options.picture)]
    subprocess.run(command, input=json.dumps(curves), text=True, check=True)


def _curves(cells: Sequence[Cell], budgets: Sequence[float]) -> list[dict[str, Json]]:
    """One a table and peer: the mean score over the seeds that finished for each budget, None where none did."""
    groups: dict[tuple[str, str, str], dict[float, list[float]]] = {}
    for cell in cells:
        points = groups.setdefault((cell.table, cell.peer, cell.metric), {})
        points.setdefault(cell.seconds, []).extend([] if cell.value is None else [cell.value])
    return [
        {
            "table": table,
            "peer": peer,
            "metric": metric,
            "seconds": list(budgets),
            "values": [mean(points[seconds]) if points.get(seconds) else None for seconds in budgets],
        }
        for (table, peer, metric), points in groups.items()
    ]


def _table(curves: Sequence[dict[str, Json]], budgets: Sequence[float]) -> str:
    rows = [
        [curve["table"], curve["metric"], curve["peer"], *("" if v is None else f"{v:.5g}" for v in curve["values"])]
        for curve in curves
    ]
    return markdown(["table", "metric", "peer", *(f"{seconds:g} s" for seconds in budgets)], rows)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tables", nargs="+", default=TABLES)
    parser.add_argument("--budgets", nargs="+", type=float, default=BUDGETS)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--picture", type=Path, default=HERE.parent / "docs" / "anytime.svg")
    # The cells of 60 s are the standard plan's, too.
    add_options(parser, cells=RESULTS / "automl" / "cells", out=RESULTS / "anytime.md")
    return parser.parse_args()


if __name__ == "__main__":
    main()
