"""AutoGluon with one of its presets: it finds categories and missing values by itself, as its docs tell to let it."""

from pathlib import Path

import numpy as np
import pyarrow as pa
from autogluon.tabular import TabularPredictor
from common import Job, Model, run
from frames import frame_of, target_of

METRICS = {
    "average_precision": "average_precision",
    "roc_auc": "roc_auc",
    "log_loss": "log_loss",
    "rmse": "root_mean_squared_error",
}
SHORT_S = 30
"""With less, no dynamic stacking: its trial fit finds no model in a quarter of that, and AutoGluon then breaks off."""


def fit(job: Job) -> Model:
    """`options["preset"]` is AutoGluon's. It takes no seed: its own are fixed."""
    rows = frame_of(job.train).assign(target=target_of(job.train))
    predictor = TabularPredictor(
        label="target",
        problem_type=job.task,
        eval_metric=METRICS[job.metric],
        path=str(job.folder / "autogluon"),
        verbosity=1,
    )
    predictor.fit(
        rows,
        presets=job.options["preset"],
        time_limit=job.seconds,
        num_cpus=job.threads,
        num_gpus=0,
        **({"dynamic_stacking": False} if job.seconds < SHORT_S else {}),
    )

    def predict(table: pa.Table) -> np.ndarray:
        if not job.classes:
            return predictor.predict(frame_of(table)).to_numpy()
        return predictor.predict_proba(frame_of(table))[list(range(job.classes))].to_numpy()

    def save(folder: Path) -> None:
        predictor.clone_for_deployment(str(folder / "model"))

    return Model(predict, save, len(predictor.model_names()))


if __name__ == "__main__":
    run(fit, "autogluon.tabular", "lightgbm", "catboost", "xgboost-cpu", "torch")
