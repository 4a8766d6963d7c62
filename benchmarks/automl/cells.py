"""One peer on one table with one seed and so many seconds: measured once, then kept."""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from automl.metrics import measure
from automl.types import Json
from benchmarks.automl.roster import Peer
from benchmarks.automl.watch import watch
from benchmarks.environments import python_with
from benchmarks.tables import Table

THREADS = 2
ROOT = Path(__file__).parents[2]
_SCRIPTS = Path(__file__).with_name("peers")


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What came out. All but the first seven are None where `error` tells why.

    Attributes:
        value: the metric's natural value on the test rows, by the harness's own code.
        fit_s: seconds from the rows to a model that can predict.
        first_s: seconds until there was a first model, where that is known.
        overshoot_s: how many of those were too many; negative when it was done early.
        predict_s: for all test rows.
        predict_one_s: for one row, median of a few.
        bytes: of what predicting needs, on disk.
        peak_bytes: of memory, of the process and its descendants.
        measured: the day.
    """

    peer: str
    table: str
    seed: int
    seconds: float
    metric: str
    peak_bytes: int
    measured: str
    versions: Mapping[str, str]
    value: float | None = None
    fit_s: float | None = None
    first_s: float | None = None
    overshoot_s: float | None = None
    predict_s: float | None = None
    predict_one_s: float | None = None
    bytes: int | None = None
    trials: int | None = None
    error: str | None = None


@dataclass(frozen=True)
class Bench:
    """Where cells are kept, and environments built."""

    cells: Path
    cache: Path

    def cell(self, peer: Peer, table: Table, seed: int, seconds: float) -> Cell:
        """The kept cell, or else a new one, which is kept.

        Raises:
            NotInstalled: the peer's environment cannot be built.
        """
        kept = self.cells / f"{_key(peer, table, seed, seconds)}.json"
        if kept.exists():
            return Cell(**json.loads(kept.read_text()))
        cell = self._run(peer, table, seed, seconds)
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(asdict(cell), indent=1) + "\n")
        return cell

    def _run(self, peer: Peer, table: Table, seed: int, seconds: float) -> Cell:
        python = (
            Path(sys.executable) if peer.kind == "winnow" else python_with(_SCRIPTS / f"{peer.kind}.txt", self.cache)
        )
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            _write_job(folder, peer, table, seed, seconds)
            ended = watch(
                [str(python), str(_SCRIPTS / f"{peer.kind}_peer.py"), name],
                log=folder / "log",
                environment=_environment(folder),
                timeout_s=3 * seconds + 120,
            )
            result = _result(folder, table, seconds, killed=ended.killed)
        return Cell(
            peer=peer.name,
            table=table.name,
            seed=seed,
            seconds=seconds,
            metric=table.metric,
            peak_bytes=ended.peak_bytes,
            measured=f"{datetime.now(UTC):%Y-%m-%d}",
            **result,
        )


def _write_job(folder: Path, peer: Peer, table: Table, seed: int, seconds: float) -> None:
    train = table.rows("train")
    place = train.column_names.index("target")
    pq.write_table(train.set_column(place, "target", pa.array(table.truth("train"))), folder / "train.parquet")
    pq.write_table(table.rows("test").drop(["target"]), folder / "test.parquet")
    job = {
        "task": table.task,
        "metric": table.metric,
        "classes": len(table.classes),
        "seconds": seconds,
        "seed": seed,
        "threads": THREADS,
        "options": dict(peer.options),
    }
    (folder / "job.json").write_text(json.dumps(job))


def _environment(folder: Path) -> dict[str, str]:
    """Two threads for every native library, this checkout's engine first, nothing written elsewhere."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), str(THREADS))
    return dict(os.environ) | threads | {"PYTHONPATH": str(ROOT), "TMPDIR": str(folder), "MPLBACKEND": "Agg"}


def _result(folder: Path, table: Table, seconds: float, *, killed: bool) -> dict[str, Json]:
    file = folder / "result.json"
    if killed or not file.exists():
        last = " ".join((folder / "log").read_text(errors="replace").split())[-300:]
        return {"versions": {}, "error": f"{'killed for its time' if killed else 'died'}: {last}"}
    result: dict[str, Json] = json.loads(file.read_text())
    if "error" in result:
        return result
    outputs, truth = np.load(folder / "outputs.npy"), table.truth("test")
    expected = (len(truth), len(table.classes)) if table.classes else (len(truth),)
    if outputs.shape != expected or not np.isfinite(outputs).all():
        return {"versions": result["versions"], "error": f"predictions of shape {outputs.shape} or not finite"}
    return result | {
        "value": measure(table.metric, truth, outputs),
        "overshoot_s": result["fit_s"] - seconds,
    }


def _key(peer: Peer, table: Table, seed: int, seconds: float) -> str:
    """Names all that a cell's result depends on."""
    return f"{peer.name}-{_version(peer)}-{table.name}-{table.digest}-{seconds:g}s-{seed}"


def _version(peer: Peer) -> str:
    """Of the peer with how it is asked: its script, options and packages; for Winnow the engine's tree in git."""
    script = (_SCRIPTS / f"{peer.kind}_peer.py").read_bytes()
    rest = _engine().encode() if peer.kind == "winnow" else (_SCRIPTS / f"{peer.kind}.txt").read_bytes()
    options = json.dumps(dict(peer.options), sort_keys=True).encode()
    return hashlib.sha256(b"\0".join((script, rest, options))).hexdigest()[:12]


@cache
def _engine() -> str:
    """Git's hash of `automl/` as it is now, what is not committed included."""
    with tempfile.TemporaryDirectory() as folder:
        environment = dict(os.environ) | {"GIT_INDEX_FILE": f"{folder}/index"}
        for command in (["read-tree", "HEAD"], ["add", "automl"], ["write-tree", "--prefix=automl/"]):
            done = subprocess.run(
                ["git", *command], cwd=ROOT, env=environment, check=True, capture_output=True, text=True
            )
    return done.stdout.strip()
