"""FLAML, as its page on task-oriented AutoML tells: text as pandas categories, missing values as they are."""

import pickle

import numpy as np
import pyarrow as pa
from common import Job, Model, run
from flaml import AutoML
from frames import as_categories, target_of

METRICS = {"average_precision": "ap", "roc_auc": "roc_auc", "log_loss": "log_loss", "rmse": "rmse"}


def fit(job: Job) -> Model:
    """`options["estimators"]` is FLAML's own `estimator_list`."""
    frames = as_categories(job.train)
    log = job.folder / "flaml.log"
    automl = AutoML()
    automl.fit(
        frames(job.train),
        target_of(job.train),
        task="classification" if job.classes else "regression",
        metric=METRICS[job.metric],
        time_budget=job.seconds,
        estimator_list=job.options["estimators"],
        n_jobs=job.threads,
        seed=job.seed,
        log_file_name=str(log),
        log_type="all",
        verbose=0,
    )

    def predict(rows: pa.Table) -> np.ndarray:
        return automl.predict_proba(frames(rows)) if job.classes else automl.predict(frames(rows))

    # The last line of its log names the best trial once more.
    trials = max(len(log.read_text().splitlines()) - 1, 0)
    return Model(predict, lambda folder: (folder / "model").write_bytes(pickle.dumps(automl.model)), trials)


if __name__ == "__main__":
    run(fit, "flaml", "lightgbm", "xgboost", "catboost", "scikit-learn")
