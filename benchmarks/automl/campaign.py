"""Many cells: those that are kept are read, the others measured one at a time."""

import argparse
import os
import signal
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.automl.cell import Cell, Wish
from benchmarks.automl.identity import key
from benchmarks.automl.running import THREADS, run
from benchmarks.environments import CACHE, NotInstalled
from benchmarks.keeping import keep, read

RESULTS = Path(__file__).parents[1] / "results"


@dataclass
class Harvest:
    """What there is of what was wished for.

    Attributes:
        cells: in the order of the wishes.
        missing: wishes that were not measured.
        refused: by peer, why its environment cannot be built.
    """

    cells: list[Cell] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


def add_options(parser: argparse.ArgumentParser, *, cells: Path, out: Path | None) -> None:
    """What every benchmark that is made of cells can be told; `cells` and `out` are where they go by default."""
    parser.add_argument("--cells", type=Path, default=cells, help="where finished cells are kept")
    parser.add_argument("--cache", type=Path, default=CACHE, help="where the environments are built")
    parser.add_argument("--out", type=Path, default=out, help="the page")
    parser.add_argument("--report-only", action="store_true", help="measure nothing, write the page of what is kept")


def gather(wishes: Iterable[Wish], options: argparse.Namespace) -> Harvest:
    """The cells that are kept, and unless only these are asked for, all others too."""
    # Every peer gets the same two cores, whatever else the machine has.
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])
    # A cell's processes are ended on the way out, which a plain SIGTERM would not let happen.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    harvest = Harvest()
    for wish in wishes:
        cell = _cell(wish, options, harvest.refused)
        if cell:
            harvest.cells.append(cell)
        elif wish.peer.name not in harvest.refused:
            harvest.missing.append(str(wish))
    return harvest


def _cell(wish: Wish, options: argparse.Namespace, refused: dict[str, str]) -> Cell | None:
    place = options.cells / f"{key(wish)}.json"
    cell = read(place, Cell)
    if cell or options.report_only or wish.peer.name in refused:
        return cell
    try:
        cell = run(wish, options.cache)
    except NotInstalled as why:
        refused[wish.peer.name] = str(why)
        print(f"{wish.peer.name} does not install: {why}", flush=True)
        return None
    keep(place, cell)
    print(cell, flush=True)
    return cell
