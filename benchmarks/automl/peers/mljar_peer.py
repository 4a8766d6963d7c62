"""mljar-supervised in its mode for the best score, Compete, without the explanations that cost time and no score."""

import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
from common import Job, Model, run
from frames import as_categories, target_of
from supervised import AutoML

METRICS = {"average_precision": "average_precision", "roc_auc": "auc", "log_loss": "logloss", "rmse": "rmse"}
TASKS = {"binary": "binary_classification", "multiclass": "multiclass_classification", "regression": "regression"}


def fit(job: Job) -> Model:
    """Text as pandas categories."""
    frames = as_categories(job.train)
    results = job.folder / "mljar"
    automl = AutoML(
        results_path=str(results),
        total_time_limit=int(job.seconds),
        mode="Compete",
        ml_task=TASKS[job.task],
        eval_metric=METRICS[job.metric],
        explain_level=0,
        n_jobs=job.threads,
        random_state=job.seed,
        verbose=0,
    )
    automl.fit(frames(job.train), target_of(job.train))

    def predict(rows: pa.Table) -> np.ndarray:
        return automl.predict_proba(frames(rows)) if job.classes else automl.predict(frames(rows))

    def save(folder: Path) -> None:
        shutil.copytree(results, folder, dirs_exist_ok=True)

    return Model(predict, save, len(automl.get_leaderboard()))


if __name__ == "__main__":
    run(fit, "mljar-supervised", "lightgbm", "xgboost", "catboost")
