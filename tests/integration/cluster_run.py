"""A run that sends a trial of minutes to a cluster, for a test to kill. Its argument is the cluster's URL."""

import sys

import numpy as np

from automl.cluster import on_cluster
from automl.search import Attempt, Brake, Material, Proposal, Views
from automl.splits.split import split_folds

ROWS = 4000
ENDLESS = {"num_leaves": 255, "learning_rate": 0.001, "min_data_in_leaf": 5}


def make_material() -> Material:
    """Two classes that are hard to tell apart."""
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(ROWS, 10))
    target = (matrix[:, 0] + rng.normal(size=ROWS) > 0).astype(np.int64)
    folds = split_folds(target, np.arange(ROWS), 3, 0)
    return Material(matrix=matrix, target=target, folds=folds, task="binary", metric="roc_auc", n_classes=2)


if __name__ == "__main__":
    with on_cluster(Views(make_material()), url=sys.argv[1], repeatable=True) as runner:
        list(runner.run([Attempt(0, Proposal(ENDLESS, "random"))], Brake.after(600)))
