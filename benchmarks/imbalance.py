"""What helps on rare classes: nothing, each augmentation, a tuned threshold, or Winnow's own choice.

What augments texts is measured by `benchmarks.text`.

python -m benchmarks.imbalance FOLDER
"""

import argparse
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np

from automl import TrainRequest, load_bundle, train
from automl.augment import KINDS
from automl.decisions.decision import decide
from automl.metrics import measure
from automl.tables.coerce import frame_from_table
from automl.types import Augmentation, Criterion, Metric
from benchmarks.automl.report import markdown, write_page
from benchmarks.circumstances import here, told
from benchmarks.keeping import kept_or, this_engine
from benchmarks.tables import Table, read_folder

RARE: Final = 0.12
RESULTS: Final = Path(__file__).with_name("results")
ASKED: Final[Mapping[str, Literal["auto", "none"] | tuple[Augmentation, ...]]] = {
    "none": "none",
    **{name: (name,) for name, kind in KINDS.items() if "binary" in kind.tasks and not (kind.texts or kind.images)},
    "auto": "auto",
}
METRICS: Final[Mapping[str, Sequence[Metric]]] = {
    "binary": ("average_precision", "f1", "kappa"),
    "multiclass": ("average_precision_macro", "f1_macro", "kappa"),
}
TUNED: Final[Mapping[str, Criterion]] = {"binary": Criterion("f1"), "multiclass": Criterion("f1_macro")}
HEADS: Final = ("average precision", "F1", "kappa", "F1 tuned", "kappa tuned")


@dataclass(frozen=True)
class Cell:
    """One run on one table, by the test rows; of many classes F1 and average precision are macro means.

    Attributes:
        measured: when, and on what.
        values: in the order of `HEADS`: untuned, the likeliest class is called, of two that above 0.5; tuned is for F1.
    """

    table: str
    task: str
    asked: str
    seed: int
    seconds: float
    engine: str
    measured: str
    values: Sequence[float]


def main() -> None:
    """Run what is not kept yet, and write the page."""
    options = _options()
    folders = (read_folder(options.folder, texts=texts) for texts in (False, True))
    tables = [table for folder in folders for table in folder.values() if _is_rare(table)]
    wanted = [
        (table, asked, seed)
        for table in tables
        if not options.tables or table.name in options.tables
        for seed in range(options.seeds)
        for asked in options.asked
        if asked not in KINDS or table.task in KINDS[asked].tasks
    ]
    cells = [cell for wish in wanted if (cell := _cell(*wish, options)) is not None]
    write_page(options.out, *_page(cells, options.seconds))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tables", nargs="+", default=[])
    parser.add_argument("--asked", nargs="+", choices=ASKED, default=list(ASKED))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--cells", type=Path, default=RESULTS / "imbalance" / "cells")
    parser.add_argument("--out", type=Path, default=RESULTS / "imbalance.md")
    parser.add_argument("--report-only", action="store_true", help="measure nothing")
    return parser.parse_args()


def _is_rare(table: Table) -> bool:
    if table.task == "regression":
        return False
    counts = np.bincount(table.truth("train"))
    return bool(counts.min() < RARE * counts.sum())


def _cell(table: Table, asked: str, seed: int, options: argparse.Namespace) -> Cell | None:
    made_by = this_engine()
    name = "-".join([table.name, table.digest, asked, f"{seed}", f"{options.seconds:g}", made_by])
    place = options.cells / f"{name}.json"

    def measured() -> Cell:
        values = _measure(table, asked, seed, options.seconds)
        return Cell(table.name, table.task, asked, seed, options.seconds, made_by, here("lightgbm"), values)

    return kept_or(place, Cell, None if options.report_only else measured)


def _measure(table: Table, asked: str, seed: int, seconds: float) -> tuple[float, ...]:
    request = TrainRequest(
        target="target",
        positive=table.positive,
        timeout_s=seconds,
        seed=seed,
        augmentation=ASKED[asked],
        decision=TUNED[table.task],
    )
    predictor = load_bundle(train(table.rows("train"), request).bundle.data)
    spec = predictor.spec
    outputs = predictor.outputs(frame_from_table(table.rows("test"), spec.encoder.columns))
    place = {label: index for index, label in enumerate(spec.classes)}
    truth = np.array([place[label] for label in table.rows("test")["target"].to_pylist()])
    ranking, *labelling = METRICS[table.task]
    decided = np.eye(len(spec.classes))[decide(outputs, predictor.decision)]
    return tuple(
        measure(metric, truth, said)
        for said, metrics in ((outputs, (ranking, *labelling)), (decided, labelling))
        for metric in metrics
    )


def _page(cells: Sequence[Cell], seconds: float) -> Iterable[str]:
    yield f"# Rare classes, {seconds:g} s a run\n"
    yield (
        f"Tables with a class under {RARE:.0%}, test rows. F1 and kappa are those of the likeliest class and, tuned, "
        "of labels by a threshold, or an offset a class, chosen for F1 out of fold. Of more than two classes F1 and "
        "average precision are means over these.\n"
    )
    yield told(cells)
    asked = list(dict.fromkeys(cell.asked for cell in cells))
    for task, title in (("binary", "Two classes"), ("multiclass", "More classes")):
        some = _whole([cell for cell in cells if cell.task == task])
        if some:
            counts = (len({getattr(cell, name) for cell in some}) for name in ("table", "seed"))
            yield "## {}: means over {} tables and {} seeds\n".format(title, *counts)
            means = [(name, *_means(some, name)) for name in asked if any(cell.asked == name for cell in some)]
            yield markdown(("asked", *HEADS), means)
    yield "## Average precision minus that of none, by table: the mean over the seeds, and the least and the most\n"
    tables = list(dict.fromkeys(cell.table for cell in cells))
    rows = [(table, *(_gain(cells, table, name, 0, 0) for name in asked if name != "none")) for table in tables]
    yield markdown(("table", *(name for name in asked if name != "none")), rows)
    yield "## What `auto` has by table, tuned, minus what there is with none and nothing tuned\n"
    pairs = (0, 0), (3, 1), (4, 2)
    chosen = [(table, *(_gain(cells, table, "auto", own, plain) for own, plain in pairs)) for table in tables]
    yield markdown(("table", *HEADS[:3]), chosen)


def _whole(cells: Sequence[Cell]) -> list[Cell]:
    """Those of the tables on which nothing was left unmeasured: means of others would not be of the same."""
    found = {table: {(c.asked, c.seed) for c in cells if c.table == table} for table in {c.table for c in cells}}
    every = set().union(*found.values())
    return [cell for cell in cells if found[cell.table] == every]


def _means(cells: Sequence[Cell], asked: str) -> list[str]:
    found = np.array([cell.values for cell in cells if cell.asked == asked])
    return [f"{value:.3f}" for value in found.mean(axis=0)]


def _gain(cells: Sequence[Cell], table: str, asked: str, own: int, plain: int) -> str:
    """Of a table's own values over the plain ones of none, seed by seed; places are those in `HEADS`."""
    without = {cell.seed: cell.values[plain] for cell in cells if (cell.table, cell.asked) == (table, "none")}
    mine = [cell for cell in cells if (cell.table, cell.asked) == (table, asked) and cell.seed in without]
    gains = [cell.values[own] - without[cell.seed] for cell in mine]
    return f"{np.mean(gains):+.3f} ({min(gains):+.3f} to {max(gains):+.3f})" if gains else "not measured"


if __name__ == "__main__":
    main()
