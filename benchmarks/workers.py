"""Trials per second with one worker of a Dask cluster and with two, each of one thread.

    .venv/bin/python -m benchmarks.workers FOLDER

The clusters take turns on the same machine, so that what else runs there slows both. Seconds are those of the stage
`search`: connecting, sending the table, binning and proposing count too. The bundles are compared byte by byte.
"""

import argparse
import os
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final

import pyarrow as pa
from distributed import LocalCluster

from automl.bundles.bundle import Bundle
from automl.cluster import on_cluster
from automl.pipeline import train
from automl.types import TrainRequest
from benchmarks.automl.report import markdown, write_page
from benchmarks.circumstances import here
from benchmarks.tables import read_folder

TABLES: Final = ("german_credit", "bank_marketing", "satellite")
WORKERS: Final = (1, 2)
_HOURS_S: Final = 6 * 3600.0


def main() -> None:
    """Measure, and write the page."""
    options = _options()
    tables, rows = read_folder(options.folder), []
    for name in options.tables:
        rows.append([name, *_compare(tables[name].rows("train"), options.trials, options.rounds)])
        print(*rows[-1], flush=True)
    head = ["table", "one worker", "two", "ratio", "same bundle"]
    write_page(options.out, _circumstances(options), markdown(head, rows))


def _compare(table: pa.Table, trials: int, rounds: int) -> list[str]:
    """Trials per second with one worker and two, and their ratio: medians over the rounds."""
    rates: dict[int, list[float]] = {workers: [] for workers in WORKERS}
    bundles = set()
    for _ in range(rounds):
        for workers in WORKERS:
            rate, bundle = _measure(table, trials, workers)
            rates[workers].append(rate)
            bundles.add(bundle.data)
    one, two = (median(rates[workers]) for workers in WORKERS)
    ratio = median(b / a for a, b in zip(*rates.values(), strict=True))
    return [f"{one:.2f}", f"{two:.2f}", f"{ratio:.2f}", "yes" if len(bundles) == 1 else "no"]


def _measure(table: pa.Table, trials: int, workers: int) -> tuple[float, Bundle]:
    request = TrainRequest(target="target", max_trials=trials, timeout_s=_HOURS_S, refit=False)
    with LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        result = train(table, request, runner=partial(on_cluster, url=cluster.scheduler_address, repeatable=True))
    seconds = {step["stage"]: step["seconds"] for step in result.report["steps"]}
    return trials / seconds["search"], result.bundle


def _circumstances(options: argparse.Namespace) -> str:
    return f"""# Trials per second with more workers

{here("lightgbm", "distributed")}; \
{options.trials} trials a run, medians of {options.rounds} rounds, load average {os.getloadavg()[0]:.1f} at the end.

Each worker has one thread; scheduler and run share the same cores. `benchmarks/workers.py` says more.
"""


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tables", nargs="+", default=TABLES)
    parser.add_argument("--trials", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("results") / "workers.md")
    return parser.parse_args()


if __name__ == "__main__":
    main()
