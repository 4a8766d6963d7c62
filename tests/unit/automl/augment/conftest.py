"""Training rows of every kind of column: numbers, whole numbers, codes, gaps."""

from collections.abc import Callable

import numpy as np
import pytest

from automl.augment import TrainingRows
from automl.types import Task

Make = Callable[..., TrainingRows]


@pytest.fixture(scope="session")
def make_rows() -> Make:
    """Rows for a task with some share of rare ones."""

    def make(task: Task = "binary", rows: int = 300, seed: int = 0, *, gaps: float = 0.1) -> TrainingRows:
        rng = np.random.default_rng(seed)
        matrix = np.column_stack(
            [
                rng.normal(size=rows),
                rng.integers(0, 40, rows),
                rng.integers(0, 2, rows),
                rng.integers(0, 6, rows),
                rng.lognormal(size=rows) * 1e6,
            ]
        )
        value = matrix[:, 0] + 0.5 * rng.normal(size=rows)
        n_classes = {"binary": 2, "multiclass": 3, "regression": 0}[task]
        cuts = np.quantile(value, [0.9] if n_classes == 2 else [0.6, 0.95])
        target = value if task == "regression" else np.digitize(value, cuts)
        matrix[rng.random(matrix.shape) < gaps] = np.nan
        return TrainingRows.of(matrix, target, categorical=(3,), task=task, n_classes=n_classes)

    return make
