"""A small real search: four numbers, one of them a category, 200 rows, three folds."""

import numpy as np
import pytest

from automl.search import Evaluator, Material, Views
from automl.spaces.space import Space, build_space
from automl.splits.split import split_folds

ROWS = 200


@pytest.fixture(scope="session")
def target() -> np.ndarray:
    return (_matrix()[:, 0] + 0.7 * np.random.default_rng(1).normal(size=ROWS) > 0.3).astype(np.int64)


@pytest.fixture(scope="session")
def evaluator(target: np.ndarray) -> Evaluator:
    material = Material(
        matrix=_matrix(),
        target=target,
        folds=split_folds(target, np.arange(ROWS), 3, 0),
        task="binary",
        metric="roc_auc",
        n_classes=2,
        categorical=(3,),
    )
    return Evaluator(Views(material), cores=2)


@pytest.fixture(scope="session")
def space() -> Space:
    return build_space(ROWS, categories=True)


def _matrix() -> np.ndarray:
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(ROWS, 4))
    matrix[:, 3] = rng.integers(0, 5, ROWS)
    return matrix
