"""A run as if on so many cores. Arguments: the task, the cores, and after how many trials to interrupt and resume it.

Prints a line of JSON: the trials, the report and the manifest without what was measured, and the bundle's digest.
"""

import os
import sys
from dataclasses import asdict

import numpy as np
import orjson
import pyarrow as pa

from automl import TrainRequest, train
from automl.errors import Interrupted
from automl.types import Json
from tests.unit.automl.search.trials import Notes

ROWS, TRIALS = 400, 26
MEASURED = {"seconds", "steps", "predict_ms", "peak_mb", "estimate_mb"}


def make_table(task: str) -> pa.Table:
    """A column of each type, some values missing."""
    rng = np.random.default_rng(0)
    numbers = {f"x{i}": rng.normal(size=ROWS) for i in range(6)}
    city = rng.integers(0, 30, ROWS)
    value = numbers["x0"] + numbers["x1"] * numbers["x2"] + np.sin(city) + rng.normal(size=ROWS)
    classes = np.digitize(value, [0.5] if task == "binary" else [-0.5, 1.0])
    words = np.array(["good", "bad", "large", "small", "red", "green", "old", "new", "soft", "hard"])
    holes = rng.random(ROWS) < 0.1
    return pa.table(
        {name: pa.array(column, mask=np.roll(holes, i)) for i, (name, column) in enumerate(numbers.items())}
        | {
            "city": [None if hole else f"city {code}" for code, hole in zip(city, holes, strict=True)],
            "seen": (rng.integers(1_500_000_000, 1_700_000_000, ROWS) * 1_000_000).astype("datetime64[us]"),
            "note": [" ".join(rng.choice(words, 9)) for _ in range(ROWS)],
            "y": value if task == "regression" else [f"class {code}" for code in classes],
        }
    )


def timeless(value: Json) -> Json:
    """The same without what a clock or a scale has a part in."""
    if isinstance(value, dict):
        return {key: timeless(item) for key, item in value.items() if key not in MEASURED}
    return [timeless(item) for item in value] if isinstance(value, list | tuple) else value


def main(task: str, cores: int, interrupt: int) -> None:
    """Train, and tell."""
    os.sched_getaffinity = lambda _: set(range(cores))
    table, request = make_table(task), TrainRequest(target="y", max_trials=TRIALS, timeout_s=3600)
    notes = Notes(lambda trials: "abandon" if interrupt and len(trials) >= interrupt else "continue")
    try:
        result = train(table, request, monitor=notes)
    except Interrupted:
        result = train(table, request, history=notes.trials)
    told = {
        "trials": [asdict(trial) for trial in result.trials],
        "report": result.report,
        "manifest": result.bundle.manifest,
        "bundle": result.bundle.digest,
    }
    sys.stdout.write(orjson.dumps(timeless(told), option=orjson.OPT_SERIALIZE_NUMPY).decode() + "\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
