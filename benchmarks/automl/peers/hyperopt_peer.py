"""What a data scientist writes by hand: hyperopt's TPE over scikit-learn's cross_val_score of LightGBM."""

import math
import pickle

import numpy as np
import pyarrow as pa
from boosting import SEARCH_SHARE, frames_for
from common import Job, Model, run
from frames import target_of
from hyperopt import Trials, fmin, hp, space_eval, tpe
from hyperopt.pyll import scope
from lightgbm import LGBMClassifier, LGBMRegressor
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_score

SCORERS = {
    "average_precision": "average_precision",
    "roc_auc": "roc_auc",
    "log_loss": "neg_log_loss",
    "rmse": "neg_root_mean_squared_error",
}
SPACE = {
    "learning_rate": hp.loguniform("learning_rate", math.log(0.01), math.log(0.3)),
    "n_estimators": scope.int(hp.qloguniform("n_estimators", math.log(50), math.log(1000), 1)),
    "num_leaves": scope.int(hp.qloguniform("num_leaves", math.log(4), math.log(256), 1)),
    "min_child_samples": scope.int(hp.quniform("min_child_samples", 5, 100, 1)),
    "colsample_bytree": hp.uniform("colsample_bytree", 0.4, 1.0),
    "subsample": hp.uniform("subsample", 0.4, 1.0),
    "reg_alpha": hp.loguniform("reg_alpha", math.log(1e-8), math.log(10)),
    "reg_lambda": hp.loguniform("reg_lambda", math.log(1e-8), math.log(10)),
}
FOLDS = 5


def fit(job: Job) -> Model:
    """Search by cross-validation, then refit the best on all rows."""
    frames = frames_for(job.train)
    features, target = frames(job.train), target_of(job.train)
    kind, splitter = (LGBMClassifier, StratifiedKFold) if job.classes else (LGBMRegressor, KFold)
    folds = splitter(FOLDS, shuffle=True, random_state=job.seed)

    def model(params: dict[str, float]) -> LGBMClassifier | LGBMRegressor:
        return kind(**params, subsample_freq=1, n_jobs=job.threads, random_state=job.seed, verbosity=-1)

    def loss(params: dict[str, float]) -> float:
        return -cross_val_score(model(params), features, target, cv=folds, scoring=SCORERS[job.metric]).mean()

    trials = Trials()
    best = fmin(
        loss,
        SPACE,
        tpe.suggest,
        timeout=job.seconds * SEARCH_SHARE,
        trials=trials,
        rstate=np.random.default_rng(job.seed),
        show_progressbar=False,
    )
    winner = model(space_eval(SPACE, best)).fit(features, target)

    def predict(rows: pa.Table) -> np.ndarray:
        return winner.predict_proba(frames(rows)) if job.classes else winner.predict(frames(rows))

    return Model(predict, lambda folder: (folder / "model").write_bytes(pickle.dumps(winner)), len(trials))


if __name__ == "__main__":
    run(fit, "hyperopt", "lightgbm", "scikit-learn")
