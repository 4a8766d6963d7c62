"""H2O AutoML: text as enum columns, missing values as they are. Its server starts before the clock does."""

from pathlib import Path

import h2o
import numpy as np
import pyarrow as pa
from common import Job, Model, run
from frames import frame_of, is_text, target_of
from h2o.automl import H2OAutoML

METRICS = {"average_precision": "AUCPR", "roc_auc": "AUC", "log_loss": "logloss", "rmse": "RMSE"}
MEMORY = "8g"
PORT = 54721


def fit(job: Job) -> Model:
    """Within `max_runtime_secs`; the upload of the rows counts, too."""
    text = [field.name for field in job.train.schema if is_text(field.type)]

    def upload(table: pa.Table, target: list[str] | None = None) -> h2o.H2OFrame:
        frame = frame_of(table)
        kinds = {name: "enum" if name in text else "numeric" for name in frame.select_dtypes(exclude="datetime")}
        if target is not None:
            frame["target"] = target
            kinds["target"] = "enum" if job.classes else "numeric"
        return h2o.H2OFrame(frame, column_types=kinds)

    target = target_of(job.train)
    rows = upload(job.train, [f"c{index}" for index in target] if job.classes else list(target))
    metric = METRICS[job.metric]
    automl = H2OAutoML(max_runtime_secs=int(job.seconds), seed=job.seed, sort_metric=metric, stopping_metric=metric)
    automl.train(y="target", training_frame=rows)

    def predict(table: pa.Table) -> np.ndarray:
        answer = automl.leader.predict(upload(table)).as_data_frame()
        if job.classes:
            return answer[[f"c{index}" for index in range(job.classes)]].to_numpy()
        return answer["predict"].to_numpy()

    def save(folder: Path) -> None:
        h2o.save_model(automl.leader, str(folder))

    return Model(predict, save, automl.leaderboard.nrows)


if __name__ == "__main__":
    h2o.init(nthreads=2, max_mem_size=MEMORY, port=PORT, bind_to_localhost=True)
    h2o.no_progress()
    try:
        run(fit, "h2o")
    finally:
        h2o.cluster().shutdown()
