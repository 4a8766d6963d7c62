"""Seconds to a first model and to a full run, and memory, as the rows grow.

    python -m benchmarks.scaling

The tables are made: 100 columns, a fifth of them categories, of which ten carry the target.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.automl.campaign import RESULTS, add_options, gather
from benchmarks.automl.cell import Cell, Wish
from benchmarks.automl.report import circumstances, markdown, shortcomings, write_page
from benchmarks.automl.roster import WINNOW
from benchmarks.tables import Table

ROWS = (1_000, 10_000, 100_000, 1_000_000)
COLUMNS = 100
TEST_ROWS = 1_000
EXPLAINED = (
    "Data is the training rows as 8-byte numbers; the peak counts all that the process holds, the table itself and the "
    "libraries, too.\n"
)


def main() -> None:
    """Run what is not kept yet, and write the table."""
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        harvest = gather(
            (Wish(WINNOW, _make(Path(folder), rows), 0, options.seconds) for rows in options.rows), options
        )
    head = ["rows", "data MB", "peak MB", "first model s", "full run s", "trials", "score"]
    write_page(
        options.out,
        f"# From {min(options.rows):,} to {max(options.rows):,} rows x {COLUMNS} columns, {options.seconds:g} s\n",
        circumstances(harvest.cells),
        EXPLAINED,
        markdown(head, map(_line, harvest.cells)),
        shortcomings(harvest),
    )


def _make(folder: Path, rows: int) -> Table:
    """A binary task: a smooth part, an interaction, and categories of which each shifts the odds."""
    random = np.random.default_rng(rows)
    total, numbers = rows + TEST_ROWS, COLUMNS * 4 // 5
    columns = {f"x{i}": random.normal(size=total) for i in range(numbers)}
    codes = {f"c{i}": random.integers(0, 10 ** (1 + i % 3), total) for i in range(COLUMNS - numbers)}
    odds = columns["x0"] + np.sin(2 * columns["x1"]) + columns["x2"] * columns["x3"] - np.abs(columns["x4"])
    odds = odds + sum(random.normal(size=1000)[codes[f"c{i}"]] for i in range(5))
    target = random.random(total) < 1 / (1 + np.exp(-odds))
    table = pa.table(
        columns
        | {name: pa.array(values).cast(pa.string()) for name, values in codes.items()}
        | {"target": np.where(target, "yes", "no"), "_split": ["train"] * rows + ["test"] * TEST_ROWS}
    )
    path = folder / f"made_{rows}.parquet"
    pq.write_table(table, path)
    return Table(path, "binary", "yes")


def _line(cell: Cell) -> list[str]:
    rows = int(cell.table.removeprefix("made_"))
    head = [f"{rows:,}", f"{rows * COLUMNS * 8 / 1e6:.1f}", f"{cell.peak_bytes / 1e6:.0f}"]
    if cell.error:
        return [*head, "", "", "", "failed"]
    return [*head, f"{cell.first_s:.1f}", f"{cell.fit_s:.1f}", str(cell.trials), f"{cell.metric} {cell.value:.4f}"]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rows", nargs="+", type=int, default=ROWS)
    parser.add_argument("--seconds", type=float, default=60)
    add_options(parser, cells=RESULTS / "scaling" / "cells", out=RESULTS / "scaling.md")
    return parser.parse_args()


if __name__ == "__main__":
    main()
