"""LightAutoML's TabularAutoML: it finds the columns' roles by itself. Average precision is given as a function."""

import pickle

import numpy as np
import pyarrow as pa
from common import Job, Model, run
from frames import frame_of, target_of
from lightautoml.automl.presets.tabular_presets import TabularAutoML
from lightautoml.tasks import Task
from sklearn.metrics import average_precision_score

METRICS = {"average_precision": average_precision_score, "roc_auc": "auc", "log_loss": "crossentropy", "rmse": "mse"}
TASKS = {"binary": "binary", "multiclass": "multiclass", "regression": "reg"}


def fit(job: Job) -> Model:
    """Five folds, as it does by default."""
    automl = TabularAutoML(
        task=Task(TASKS[job.task], metric=METRICS[job.metric]),
        timeout=int(job.seconds),
        cpu_limit=job.threads,
        gpu_ids=None,
        reader_params={"n_jobs": job.threads, "random_state": job.seed},
    )
    rows = frame_of(job.train).assign(target=target_of(job.train))
    automl.fit_predict(rows, roles={"target": "target"}, verbose=0)
    mapping = automl.reader.class_mapping or {}

    def predict(table: pa.Table) -> np.ndarray:
        outputs = automl.predict(frame_of(table)).data
        if job.task == "regression":
            return outputs[:, 0]
        if job.task == "binary":
            return np.column_stack([1 - outputs[:, 0], outputs[:, 0]])
        return outputs[:, [mapping.get(index, index) for index in range(job.classes)]]

    return Model(predict, lambda folder: (folder / "model").write_bytes(pickle.dumps(automl)))


if __name__ == "__main__":
    run(fit, "lightautoml", "lightgbm", "catboost", "torch")
