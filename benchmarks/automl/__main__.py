"""Winnow beside its peers on a folder of tables.

    python -m benchmarks.automl FOLDER --plan standard

Builds each peer's environment, runs the cells that are not kept yet, one at a time, and writes the report.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

from benchmarks.automl.campaign import RESULTS, add_options, gather
from benchmarks.automl.cell import Wish
from benchmarks.automl.report import write_report
from benchmarks.automl.roster import PEERS, PLANS
from benchmarks.tables import read_folder


def main() -> None:
    """Run a plan."""
    options = _options()
    options.out = options.out or RESULTS / "automl" / f"{options.plan}.md"
    options.seconds = options.seconds or PLANS[options.plan].seconds
    write_report(options.out, options.seconds, gather(wishes(options), options))


def wishes(options: argparse.Namespace) -> Iterator[Wish]:
    """A table's cells together, so that what is broken off has whole tables, and all peers meet the same machine."""
    plan, tables = PLANS[options.plan], read_folder(options.folder)
    chosen = [tables[name] for name in options.tables or plan.tables if options.tables or name in tables]
    seeds = {name: plan.seeds.get(name, 1) for name in options.peers or plan.seeds}
    for table in chosen or tables.values():
        for seed in range(max(seeds.values())):
            for name, count in seeds.items():
                if seed < count:
                    yield Wish(PEERS[name], table, seed, options.seconds)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path, help="Parquet files with `target` and `_split`, and MANIFEST.json")
    parser.add_argument("--plan", choices=PLANS, default="smoke")
    parser.add_argument("--seconds", type=float, help="instead of the plan's")
    parser.add_argument("--tables", nargs="+", help="instead of the plan's")
    parser.add_argument("--peers", nargs="+", choices=PEERS, help="instead of the plan's")
    add_options(parser, cells=RESULTS / "automl" / "cells", out=None)
    return parser.parse_args()


if __name__ == "__main__":
    main()
