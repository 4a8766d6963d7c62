"""What a warm start brings: new rows of a table met before, or a table like others, beside the same run begun cold.

python -m benchmarks.warmstart FOLDER
"""

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import mean
from typing import Final

import numpy as np
import pyarrow as pa

from automl import TrainRequest, load_bundle, train
from automl.likeness import Subject
from automl.metrics import measure, to_score
from automl.pipeline import Result
from automl.profiling.profile import profile_table
from automl.tables.coerce import frame_from_table
from automl.types import Json
from automl.warm.warmstart import WarmStart, begin_from
from benchmarks.automl.report import markdown, write_page
from benchmarks.keeping import this_engine
from benchmarks.tables import Table, read_folder

RESULTS: Final = Path(__file__).with_name("results")
STARTS: Final = ("cold", "same", "similar")
EXPLAINED: Final = (
    "A run of {before:g} s learns from half of the training rows. Then one of {seconds:g} s learns from the other "
    "half: `cold`; beginning with what the first half gave, `same`; or with what first halves of other tables gave, "
    "`similar`. Scores of the test rows, and of the best trial out of fold; more is better.\n"
)


class Bench:
    """Runs what is not kept yet."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._tables = read_folder(options.folder)

    def cells(self) -> list[dict[str, Json]]:
        """One a table, seed and start; without those before that had nothing to begin from."""
        wanted, seeds = self._options.tables, range(self._options.seeds)
        before = {(name, seed): self._cell(name, seed, "before", {}) for seed in seeds for name in wanted}
        found = []
        for seed in seeds:
            manifests = {f"{name}:1": before[name, seed]["manifest"] for name in wanted}
            for name in wanted:
                own = {f"{name}:1": manifests[f"{name}:1"]}
                others = {version: manifest for version, manifest in manifests.items() if version not in own}
                for start, versions in zip(STARTS, ({}, own, others), strict=True):
                    found.append(self._cell(name, seed, start, versions))
        return found

    def _cell(self, name: str, seed: int, start: str, versions: Mapping[str, Mapping[str, Json]]) -> dict[str, Json]:
        table = self._tables[name]
        seconds = self._options.before if start == "before" else self._options.seconds
        place = self._options.cells / f"{name}-{table.digest}-{seed}-{start}-{seconds:g}-{this_engine()}.json"
        if place.exists():
            kept: dict[str, Json] = json.loads(place.read_text())
            return kept
        rows = _half(table, seed, first=start == "before")
        request = TrainRequest(target="target", positive=table.positive, timeout_s=seconds, seed=seed)
        warm = begin_from("auto", Subject.of(profile_table(rows), request, table.task), versions)
        result = train(rows, request, warm=warm)
        cell = {"table": name, "seed": seed, "start": start, **_told(table, result, warm)}
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps(cell) + "\n")
        print({name: value for name, value in cell.items() if name != "manifest"}, flush=True)
        return cell


def main() -> None:
    """Run what is not kept yet, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tables", nargs="+", required=True)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--before", type=float, default=60, help="seconds of the earlier run")
    parser.add_argument("--cells", type=Path, default=RESULTS / "warmstart" / "cells")
    parser.add_argument("--out", type=Path, default=RESULTS / "warmstart.md")
    options = parser.parse_args()
    write_page(options.out, *_page(Bench(options).cells(), options))


def _half(table: Table, seed: int, *, first: bool) -> pa.Table:
    rows = table.rows("train")
    order = np.random.default_rng(seed).permutation(rows.num_rows)
    half = rows.num_rows // 2
    return rows.take(pa.array(np.sort(order[:half] if first else order[half:])))


def _told(table: Table, result: Result, warm: WarmStart) -> dict[str, Json]:
    predictor = load_bundle(result.bundle.data)
    place = {label: index for index, label in enumerate(predictor.spec.classes)}
    labels = table.rows("test")["target"].to_pylist()
    truth = np.array([place[label] for label in labels]) if place else np.array(labels, np.float64)
    outputs = predictor.outputs(frame_from_table(table.rows("test"), predictor.spec.encoder.columns))
    return {
        "metric": result.metric,
        "score": to_score(result.metric, measure(result.metric, truth, outputs)),
        "folds": result.best.score,
        "trials": len(result.trials),
        "best": result.best.proposer,
        "versions": [each["version"] for each in warm.considered if each["used"]],
        "manifest": json.loads(json.dumps(result.bundle.manifest)),
    }


def _page(cells: Sequence[dict[str, Json]], options: argparse.Namespace) -> Iterable[str]:
    yield f"# A warm start, {options.seconds:g} s a run\n"
    yield EXPLAINED.format(before=options.before, seconds=options.seconds)
    rows = []
    for table in dict.fromkeys(cell["table"] for cell in cells):
        own = [cell for cell in cells if cell["table"] == table]
        values = [_mean(own, start, what) for what in ("score", "folds") for start in STARTS]
        rows.append([table, own[0]["metric"], *values])
    yield markdown(["table", "metric", *STARTS, *(f"{start}, folds" for start in STARTS)], rows)
    duels = [[start, *_duel(cells, start, "score"), *_duel(cells, start, "folds")] for start in STARTS[1:]]
    yield markdown(["start", "better than cold", "worse", "better, folds", "worse, folds"], duels)


def _mean(cells: Sequence[dict[str, Json]], start: str, what: str) -> str:
    own = [cell for cell in cells if cell["start"] == start and (start == "cold" or cell["versions"])]
    return f"{mean(cell[what] for cell in own):.4f}" if own else "none"


def _duel(cells: Sequence[dict[str, Json]], start: str, what: str) -> list[str]:
    cold = {(cell["table"], cell["seed"]): cell[what] for cell in cells if cell["start"] == "cold"}
    own = [cell for cell in cells if cell["start"] == start and cell["versions"]]
    gains = [cell[what] - cold[cell["table"], cell["seed"]] for cell in own]
    return [str(sum(gain > 0 for gain in gains)), str(sum(gain < 0 for gain in gains))]


if __name__ == "__main__":
    main()
