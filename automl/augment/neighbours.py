"""Which rows are near each other, by their numbers."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from automl.blas import one_thread
from automl.types import Floats


def moments(matrix: Floats) -> tuple[Floats, Floats]:
    """Mean and standard deviation of each column `(f,)`, of what is not missing; 0 where nothing can be said."""
    there = ~np.isnan(matrix)
    count = np.maximum(there.sum(axis=0), 1)
    with np.errstate(over="ignore", invalid="ignore"):
        mean = np.where(there, matrix, 0.0).sum(axis=0) / count
        spread = np.sqrt(np.where(there, (matrix - mean) ** 2, 0.0).sum(axis=0) / count)
    known = np.isfinite(mean) & np.isfinite(spread)
    return np.where(known, mean, 0.0), np.where(known, spread, 0.0)


def standardised(matrix: Floats, mean: Floats, spread: Floats) -> Floats:
    """Columns of one scale; what is missing stands at the mean."""
    scaled = (matrix - mean) / np.where(spread > 0, spread, 1.0)
    return np.where(np.isnan(scaled), 0.0, scaled)


def nearest(points: Floats, queries: Floats, count: int) -> tuple[Floats, NDArray[np.int64]]:
    """The nearest points of each query, nearest first: distances and indices, both `(len(queries), count)`."""
    from sklearn.neighbors import NearestNeighbors  # noqa: PLC0415 - scikit-learn takes a second to import

    with repeatable():
        distances, indices = NearestNeighbors(n_neighbors=count).fit(points).kneighbors(queries)
    return distances, indices


@contextmanager
def repeatable() -> Iterator[None]:
    """Neighbours on one thread: on more, which of two equally near ones is found depends on their number."""
    with one_thread(), threadpool_limits(1, user_api="openmp"):
        yield
