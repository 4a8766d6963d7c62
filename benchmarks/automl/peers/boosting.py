"""What the two hand-written searches over LightGBM share."""

from collections.abc import Callable

import pandas as pd
import pyarrow as pa
from common import Job
from frames import as_categories

METRICS = {"average_precision": "average_precision", "roc_auc": "auc", "log_loss": "multi_logloss", "rmse": "rmse"}
OBJECTIVES = {"binary": "binary", "multiclass": "multiclass", "regression": "regression"}
SEARCH_SHARE = 0.9
"""Of the seconds; the rest is for the refit on all rows, since neither library keeps some by itself."""


def base_params(job: Job) -> dict[str, object]:
    """LightGBM's params that are not searched."""
    return {
        "objective": OBJECTIVES[job.task],
        "metric": METRICS[job.metric],
        "num_threads": job.threads,
        "seed": job.seed,
        "verbosity": -1,
        **({"num_class": job.classes} if job.task == "multiclass" else {}),
    }


def frames_for(train: pa.Table) -> Callable[[pa.Table], pd.DataFrame]:
    """Turns tables into frames as LightGBM takes them: categories stay, moments become nanoseconds."""
    categories = as_categories(train)

    def frame(table: pa.Table) -> pd.DataFrame:
        whole = categories(table)
        for name in whole.select_dtypes(["datetime", "datetimetz"]).columns:
            whole[name] = whole[name].astype("int64").where(whole[name].notna()).astype("float64")
        return whole

    return frame
