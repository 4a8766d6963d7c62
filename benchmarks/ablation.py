"""What each part of the engine brings: Winnow with one part switched off at a time, at equal budget.

    python -m benchmarks.ablation FOLDER

A switch is a field of the request, so that what is measured is what a user can ask for.
"""

import argparse
import os
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Final, get_args

from automl.types import Algorithm, Json, TrainRequest
from benchmarks.automl.cells import THREADS, Bench
from benchmarks.automl.report import circumstances, duels, markdown, mean_ranks
from benchmarks.automl.roster import WINNOW, Peer
from benchmarks.environments import CACHE
from benchmarks.tables import read_folder

RESULTS = Path(__file__).with_name("results")
TABLES = ("german_credit", "bank_marketing", "satellite", "ames_housing")
EXPLAINED = (
    "`winnow` is everything at its default; the gain is what it has over the run of the row, by the median of the "
    "losses' ratios."
)

SWITCHES: Final[Mapping[str, Mapping[str, Json]]] = {
    "no ensemble": {"ensemble": False},
    "boosted trees only": {"families": ["boosted"]},
    "constant learning rate": {"params": {"schedule": "constant"}},
    "plain features": {"params": {"recipe": "plain"}},
    "no refit on all rows": {"refit": False},
    **{f"proposer {name}": {"algorithm": name} for name in get_args(Algorithm)},
}


def main() -> None:
    """Run what is not kept yet, and write the table."""
    options = _options()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])
    known = {field.name for field in fields(TrainRequest)}
    peers = [WINNOW, *(Peer(name, "winnow", part) for name, part in SWITCHES.items() if part.keys() <= known)]
    absent = [name for name, part in SWITCHES.items() if not part.keys() <= known]
    tables = read_folder(options.folder)
    bench = Bench(options.cells, CACHE)
    cells = [
        bench.cell(peer, tables[name], seed, options.seconds)
        for name in options.tables
        for seed in range(options.seeds)
        for peer in peers
    ]
    ranks = sorted(mean_ranks(cells).items(), key=lambda item: item[1])
    parts = [
        f"# What each part brings, {options.seconds:g} s a run, {options.seeds} seeds\n",
        circumstances(cells),
        f"Tables: {', '.join(options.tables)}. {EXPLAINED}\n",
        duels(cells),
        markdown(["run", "mean rank"], [[name, f"{rank:.2f}"] for name, rank in ranks]),
        f"No switch in this version: {', '.join(absent)}.\n" if absent else "",
    ]
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text("\n".join(parts).rstrip() + "\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tables", nargs="+", default=TABLES)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--cells", type=Path, default=RESULTS / "ablation" / "cells")
    parser.add_argument("--out", type=Path, default=RESULTS / "ablation.md")
    return parser.parse_args()


if __name__ == "__main__":
    main()
