"""Winnow beside its peers on a folder of tables.

    python -m benchmarks.automl FOLDER --plan standard

Builds each peer's environment, runs the cells that are not kept yet, one at a time, and writes the report.
"""

import argparse
import os
from dataclasses import replace
from pathlib import Path

from benchmarks.automl.cells import THREADS, Bench, Cell
from benchmarks.automl.report import write_report
from benchmarks.automl.roster import PEERS, PLANS, Plan
from benchmarks.environments import CACHE, NotInstalled
from benchmarks.tables import Table, read_folder

RESULTS = Path(__file__).parents[1] / "results" / "automl"


def main() -> None:
    """Run a plan."""
    options = _options()
    plan = PLANS[options.plan]
    plan = replace(
        plan,
        seconds=options.seconds or plan.seconds,
        tables=tuple(options.tables or plan.tables),
        seeds={name: plan.seeds.get(name, 1) for name in options.peers or plan.seeds},
    )
    # Every peer gets the same two cores, whatever else the machine has.
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])
    cells, missing = _measure(plan, _chosen(plan, options.folder), Bench(options.cells, options.cache))
    write_report(options.report or RESULTS / f"{options.plan}.md", plan, cells, missing)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path, help="Parquet files with `target` and `_split`, and MANIFEST.json")
    parser.add_argument("--plan", choices=PLANS, default="smoke")
    parser.add_argument("--seconds", type=float, help="instead of the plan's")
    parser.add_argument("--tables", nargs="+", help="instead of the plan's")
    parser.add_argument("--peers", nargs="+", choices=PEERS, help="instead of the plan's")
    parser.add_argument("--cache", type=Path, default=CACHE, help="where the environments are built")
    parser.add_argument("--cells", type=Path, default=RESULTS / "cells", help="where finished cells are kept")
    parser.add_argument("--report", type=Path, help="where the report goes")
    return parser.parse_args()


def _chosen(plan: Plan, folder: Path) -> list[Table]:
    tables = read_folder(folder)
    return [tables[name] for name in plan.tables if name in tables] or list(tables.values())


def _measure(plan: Plan, tables: list[Table], bench: Bench) -> tuple[list[Cell], dict[str, str]]:
    """The cells, and why the peers that have none could not be installed."""
    cells: list[Cell] = []
    missing: dict[str, str] = {}
    for name, seeds in plan.seeds.items():
        try:
            for table in tables:
                for seed in range(seeds):
                    cells.append(bench.cell(PEERS[name], table, seed, plan.seconds))
                    print(_line(cells[-1]), flush=True)
        except NotInstalled as why:
            missing[name] = str(why)
            print(f"{name} does not install: {why}", flush=True)
    return cells, missing


def _line(cell: Cell) -> str:
    went = cell.error or f"{cell.metric} {cell.value:.5f} in {cell.fit_s:.1f} s"
    return f"{cell.peer} {cell.table} seed {cell.seed}: {went}"


if __name__ == "__main__":
    main()
