"""Optuna over LightGBM: TPE with a median pruner, the space and the split of Optuna's own LightGBM example.

More than the example: a searched learning rate with early stopping, and a refit of the best on all rows.
"""

import lightgbm as lgb
import numpy as np
import optuna
import pyarrow as pa
from boosting import METRICS, SEARCH_SHARE, base_params, frames_for
from common import Job, Model, run
from frames import target_of
from optuna_integration import LightGBMPruningCallback
from sklearn.model_selection import train_test_split

ROUNDS = 1000
PATIENCE = 50


def fit(job: Job) -> Model:
    """Search on a quarter held out, then refit."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    frames = frames_for(job.train)
    features, target = frames(job.train), target_of(job.train)
    stratify = target if job.classes else None
    split = train_test_split(features, target, test_size=0.25, random_state=job.seed, stratify=stratify)
    learn = lgb.Dataset(split[0], split[2], free_raw_data=False, params={"feature_pre_filter": False, "verbosity": -1})
    valid = lgb.Dataset(split[1], split[3], reference=learn, free_raw_data=False)

    def objective(trial: optuna.Trial) -> float:
        params = base_params(job) | _propose(trial)
        pruning = LightGBMPruningCallback(trial, METRICS[job.metric])
        callbacks = [pruning, lgb.early_stopping(PATIENCE, verbose=False)]
        booster = lgb.train(params, learn, ROUNDS, valid_sets=[valid], callbacks=callbacks)
        trial.set_user_attr("rounds", booster.best_iteration)
        return booster.best_score["valid_0"][METRICS[job.metric]]

    study = optuna.create_study(
        direction="minimize" if job.metric in {"log_loss", "rmse"} else "maximize",
        sampler=optuna.samplers.TPESampler(seed=job.seed),
        pruner=optuna.pruners.MedianPruner(n_warmup_steps=10),
    )
    study.optimize(objective, timeout=job.seconds * SEARCH_SHARE)
    best = study.best_trial
    booster = lgb.train(
        base_params(job) | best.params | {"feature_pre_filter": False},
        lgb.Dataset(features, target),
        max(best.user_attrs["rounds"], 1),
    )

    def predict(rows: pa.Table) -> np.ndarray:
        outputs = booster.predict(frames(rows))
        return np.column_stack([1 - outputs, outputs]) if job.task == "binary" else outputs

    return Model(predict, lambda folder: booster.save_model(folder / "model.txt"), len(study.trials))


def _propose(trial: optuna.Trial) -> dict[str, object]:
    return {
        "feature_pre_filter": False,
        "learning_rate": trial.suggest_float("learning_rate", 0.01, 0.3, log=True),
        "lambda_l1": trial.suggest_float("lambda_l1", 1e-8, 10.0, log=True),
        "lambda_l2": trial.suggest_float("lambda_l2", 1e-8, 10.0, log=True),
        "num_leaves": trial.suggest_int("num_leaves", 2, 256),
        "feature_fraction": trial.suggest_float("feature_fraction", 0.4, 1.0),
        "bagging_fraction": trial.suggest_float("bagging_fraction", 0.4, 1.0),
        "bagging_freq": trial.suggest_int("bagging_freq", 1, 7),
        "min_child_samples": trial.suggest_int("min_child_samples", 5, 100),
    }


if __name__ == "__main__":
    run(fit, "optuna", "optuna-integration", "lightgbm")
