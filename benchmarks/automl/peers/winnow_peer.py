"""Winnow as a library, as a user gets it: everything but the budget is left at its default."""

import time
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from common import Job, Model, run

from automl.bundles.bundle import load_bundle
from automl.pipeline import train
from automl.search import Plan
from automl.types import Metric, Task, TrainRequest, Trial


class FirstModel:
    """Notes how long the first trial with a score took, from the monitor's own making."""

    def __init__(self) -> None:
        """Start the clock."""
        self._started = time.monotonic()
        self.seconds: float | None = None

    def phase(self, name: str) -> None:
        """Of no interest here."""

    def plan(self, task: Task, metric: Metric) -> None:
        """Of no interest here."""

    def trial(self, trial: Trial) -> None:
        """Note the time of the first that counts."""
        if self.seconds is None and trial.score is not None:
            self.seconds = time.monotonic() - self._started

    def wish(self) -> Literal["continue"]:
        """All the time that there is."""
        return "continue"


def fit(job: Job) -> Model:
    """Train with the options as fields of the request; `plan` says which parts of the search are off."""
    monitor = FirstModel()
    table = job.train
    if job.classes:
        # Labels that sort as their indices do, and that no one takes for numbers to regress on.
        labels = pc.utf8_replace_slice(pc.utf8_lpad(pc.cast(table["target"], pa.string()), 5, "0"), 0, 1, "c")
        table = table.set_column(table.column_names.index("target"), "target", labels)
    request = TrainRequest(
        target="target",
        task=job.task,
        metric=job.metric,
        positive="c0001" if job.task == "binary" else None,
        timeout_s=job.seconds,
        seed=job.seed,
        **{name: value for name, value in job.options.items() if name != "plan"},
    )
    result = train(table, request, monitor=monitor, plan=Plan(**job.options.get("plan", {})))
    predictor = load_bundle(result.bundle.data)

    def predict(rows: pa.Table) -> np.ndarray:
        answer = predictor.predict_table(rows)
        if answer.probabilities is None:
            return np.array(answer.predictions, np.float64)
        return answer.probabilities[:, np.argsort(answer.classes)]

    def save(folder: Path) -> None:
        (folder / "bundle").write_bytes(result.bundle.data)

    return Model(predict, save, len(result.trials), monitor.seconds)


if __name__ == "__main__":
    run(fit, "lightgbm", "hyperopt", "numpy")
