"""What every peer's script shares: a job is read, fitted within its seconds, measured and written down.

Runs in each peer's own environment, so nothing but numpy and pyarrow is imported here.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ONE_ROW_REPEATS = 5


@dataclass(frozen=True)
class Job:
    """What a peer is asked to do. The test rows hold no target.

    Attributes:
        folder: this cell's own, to write to.
        train: the training rows, where `target` is a class index from 0 (1 is the positive class of two) or a value.
        test: the features of the test rows.
        task: `binary`, `multiclass` or `regression`.
        metric: `average_precision`, `roc_auc`, `log_loss` or `rmse`.
        classes: how many; 0 for regression.
        seconds: for everything up to a model that can predict.
        seed: of whatever the peer draws at random.
        threads: how many it may use.
        options: what sets this peer apart from another of the same script.
    """

    folder: Path
    train: pa.Table
    test: pa.Table
    task: str
    metric: str
    classes: int
    seconds: float
    seed: int
    threads: int
    options: dict[str, Any]


@dataclass(frozen=True)
class Model:
    """What a peer found.

    Attributes:
        predict: a table of m rows to (m, k) probabilities by class index, or (m,) values.
        save: write what predicting needs into an empty folder.
        trials: how many configurations were tried, if that is known.
        first_s: seconds until there was a first model, if that is known.
    """

    predict: Callable[[pa.Table], np.ndarray]
    save: Callable[[Path], None]
    trials: int | None = None
    first_s: float | None = None


def run(fit: Callable[[Job], Model], *packages: str) -> None:
    """Do the job in the folder of the command line; `result.json` there tells how it went, errors included."""
    folder = Path(sys.argv[1])
    result: dict[str, Any] = {"versions": {name: version(name) for name in packages}}
    try:
        result |= _measure(fit, _read(folder))
    except Exception as error:  # noqa: BLE001 - a peer may fail in any way, and that is a result too
        result["error"] = f"{type(error).__name__}: {error}"[:500]
    (folder / "result.json").write_text(json.dumps(result))


def _read(folder: Path) -> Job:
    train, test = (pq.read_table(folder / f"{part}.parquet") for part in ("train", "test"))
    return Job(folder, train, test, **json.loads((folder / "job.json").read_text()))


def _measure(fit: Callable[[Job], Model], job: Job) -> dict[str, Any]:
    started = time.monotonic()
    model = fit(job)
    fit_seconds = time.monotonic() - started
    outputs, all_rows = _timed(model, job.test)
    one_row = statistics.median(_timed(model, job.test.slice(row, 1))[1] for row in range(ONE_ROW_REPEATS))
    np.save(job.folder / "outputs.npy", np.asarray(outputs, np.float64))
    saved = job.folder / "saved"
    saved.mkdir()
    model.save(saved)
    return {
        "fit_s": fit_seconds,
        "predict_s": all_rows,
        "predict_one_s": one_row,
        "bytes": sum(file.stat().st_size for file in saved.rglob("*") if file.is_file()),
        "trials": model.trials,
        "first_s": model.first_s,
    }


def _timed(model: Model, rows: pa.Table) -> tuple[np.ndarray, float]:
    started = time.monotonic()
    outputs = model.predict(rows)
    return outputs, time.monotonic() - started
