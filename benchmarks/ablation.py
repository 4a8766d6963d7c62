"""What each part of the engine brings: Winnow with one part switched off at a time, at equal budget.

python -m benchmarks.ablation FOLDER
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Final, get_args

from automl.learners.params import OPTIONS
from automl.search import Plan
from automl.types import Algorithm, Json
from benchmarks.automl.campaign import RESULTS, add_options, gather
from benchmarks.automl.cell import Cell, Wish
from benchmarks.automl.report import circumstances, duel_table, markdown, names, shortcomings, write_page
from benchmarks.automl.roster import WINNOW, Peer
from benchmarks.automl.standing import gains, saved
from benchmarks.tables import read_folder

TABLES = ("bank_marketing", "soybean", "ames_housing", "diamonds")
EXPLAINED = (
    "`winnow` is everything at its default; the gain is how much smaller its loss is than that of the run of the row, "
    "by the median of the tables, and then on each of them by the mean of its seeds.\n"
)
OF_VALUES = ("no links", "no starts")
"""What there is for regressions alone."""

SWITCHES: Final[Mapping[str, Mapping[str, Json]]] = {
    **{f"no {part.name}": {"plan": {part.name: False}} for part in fields(Plan)},
    "with schedules": {"ranges": {"schedule": OPTIONS["schedule"]}},
    "no ensemble": {"ensemble": False},
    "no refit": {"refit": False},
    "nothing but the algorithm": {
        "plan": {part.name: False for part in fields(Plan)},
        "ensemble": False,
        "refit": False,
    },
    **{f"algorithm {name}": {"algorithm": name} for name in get_args(Algorithm) if name != "auto"},
}


def main() -> None:
    """Run what is not kept yet, and write the table."""
    options = _options()
    peers = [WINNOW, *(Peer(name, "winnow", part) for name, part in SWITCHES.items() if name in options.switches)]
    tables = read_folder(options.folder)
    harvest = gather(
        (
            Wish(peer, tables[name], seed, options.seconds)
            for name in options.tables
            for seed in range(options.seeds)
            for peer in peers
            if tables[name].task == "regression" or peer.name not in OF_VALUES
        ),
        options,
    )
    write_page(
        options.out,
        f"# What each part brings, {options.seconds:g} s a run\n",
        circumstances(harvest.cells),
        f"Tables: {', '.join(options.tables)}; seeds: {options.seeds}. {EXPLAINED}",
        duel_table(harvest.cells),
        _by_table(harvest.cells),
        shortcomings(harvest),
    )


def _by_table(cells: Sequence[Cell]) -> str:
    tables, runs = names(cells, "table"), names(cells, "peer")
    found = {run: gains(cells, run) for run in runs if run != WINNOW.name}
    rows = [
        [run, *(f"{saved(gain[table]):+.2%}" if table in gain else "" for table in tables)]
        for run, gain in found.items()
    ]
    return markdown(["against", *tables], rows)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--switches", nargs="+", choices=SWITCHES, default=list(SWITCHES))
    parser.add_argument("--tables", nargs="+", default=TABLES)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--seeds", type=int, default=2)
    add_options(parser, cells=RESULTS / "ablation" / "cells", out=RESULTS / "ablation.md")
    return parser.parse_args()


if __name__ == "__main__":
    main()
