"""What a model must beat: answers that know nothing of the row."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.types import Floats, Task


def dummy_outputs(task: Task, target: NDArray[Any], n_classes: int, rows: int) -> Floats:
    """The training rows' class shares (rows, n_classes), or their mean (rows,), for every row alike.

    Args:
        task: what is predicted.
        target: (n,) class indices or values of the training rows.
        n_classes: 0 for regression.
        rows: how many answers to give.
    """
    if task == "regression":
        return np.full(rows, float(target.mean()))
    return np.tile(np.bincount(target, minlength=n_classes) / len(target), (rows, 1))
