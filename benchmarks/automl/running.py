"""One cell measured: a process of its own in the peer's environment, which sees no target of a test row."""

import fcntl
import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from automl.metrics import measure
from automl.types import Json
from benchmarks.automl.cell import Cell, Wish
from benchmarks.automl.identity import ROOT, SCRIPTS, engine
from benchmarks.automl.watch import watch
from benchmarks.environments import python_with
from benchmarks.tables import Table

THREADS = 2


def run(wish: Wish, cache: Path) -> Cell:
    """Measure.

    Args:
        wish: what.
        cache: where the environments are.

    Raises:
        NotInstalled: the peer's environment cannot be built.
    """
    kind, seconds = wish.peer.kind, wish.seconds
    own = kind == "winnow"
    python = Path(sys.executable) if own else python_with(SCRIPTS / f"{kind}.txt", cache)
    versions = {"winnow": f"tree {engine()[:12]}"} if own else {}
    with tempfile.TemporaryDirectory() as name, _alone(cache) as lock:
        folder = Path(name)
        _write_job(folder, wish)
        ended = watch(
            [str(python), str(SCRIPTS / f"{kind}_peer.py"), name],
            log=folder / "log",
            environment=_environment(folder),
            timeout_s=3 * seconds + 120,
            inherited=lock,
        )
        result = _result(folder, wish.table, killed=ended.killed)
    if result.get("value") is not None:
        result["overshoot_s"] = result["fit_s"] - seconds
    return Cell(
        peer=wish.peer.name,
        table=wish.table.name,
        seed=wish.seed,
        seconds=seconds,
        metric=wish.table.metric,
        peak_bytes=ended.peak_bytes,
        machine=f"{_processor()}, {THREADS} of its {os.cpu_count()} cores, Python {platform.python_version()}",
        measured=f"{datetime.now(UTC):%Y-%m-%d}",
        **result | {"versions": versions | result["versions"]},
    )


@contextmanager
def _alone(cache: Path) -> Iterator[int]:
    """Waits for whatever else is measured here: cells side by side would share the cores.

    The peer's process holds the lock, too, so that one whose harness was killed is not measured beside.
    """
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock.fileno()


def _write_job(folder: Path, wish: Wish) -> None:
    table, train = wish.table, wish.table.rows("train")
    place = train.column_names.index("target")
    pq.write_table(train.set_column(place, "target", pa.array(table.truth("train"))), folder / "train.parquet")
    pq.write_table(table.rows("test").drop(["target"]), folder / "test.parquet")
    job = {
        "task": table.task,
        "metric": table.metric,
        "classes": len(table.classes),
        "seconds": wish.seconds,
        "seed": wish.seed,
        "threads": THREADS,
        "options": dict(wish.peer.options),
    }
    (folder / "job.json").write_text(json.dumps(job))


def _environment(folder: Path) -> dict[str, str]:
    """Two threads for every native library, this checkout's engine first, nothing written elsewhere."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), str(THREADS))
    return dict(os.environ) | threads | {"PYTHONPATH": str(ROOT), "TMPDIR": str(folder), "MPLBACKEND": "Agg"}


def _result(folder: Path, table: Table, *, killed: bool) -> dict[str, Json]:
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
    return result | {"value": measure(table.metric, truth, outputs)}


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
