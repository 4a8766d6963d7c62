"""Training rows as trials see them: cut into folds, thinned, with a recipe's features, binned once and then shared."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from automl.booster import Part, TrainingData
from automl.extension import Extension
from automl.split import Folds, Rows
from automl.types import Floats, Metric, Task

_LEAST_OF_A_CLASS: Final = 20
"""Rows of each class that thinning leaves: rare ones would be gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What trials are made from: plain data, so that it can be sent to where they run.

    Attributes:
        matrix: base features `(n, f)` of all training rows.
        target: theirs, class indices or values `(n,)`.
        folds: training and validation rows of each.
        task: what is predicted.
        metric: what trials are ranked by.
        n_classes: 0 for regression.
        categorical: base features that are codes without an order.
        weights: of the rows `(n,)`.
        monotone: -1, 0 or 1 a base feature, or nothing.
        interactions: groups of base features that may meet. Only the plain recipe keeps such constraints.
        seed: of all that is drawn.
    """

    matrix: Floats
    target: NDArray[Any]
    folds: Folds
    task: Task
    metric: Metric
    n_classes: int = 0
    categorical: tuple[int, ...] = ()
    weights: Floats | None = None
    monotone: tuple[int, ...] = ()
    interactions: tuple[tuple[int, ...], ...] = ()
    seed: int = 0


@dataclass(frozen=True, slots=True)
class View:
    """One fold, binned.

    Attributes:
        data: that the parts are parts of.
        train: to learn from.
        valid: to stop early on and be judged by.
        train_rows: the training rows that are in `train`.
        valid_rows: those in `valid`.
        extension: fitted on `train`'s rows, where the recipe has one.
    """

    data: TrainingData
    train: Part
    valid: Part
    train_rows: Rows
    valid_rows: Rows
    extension: Extension | None


class Views:
    """Makes each view when it is first asked for, and keeps it. Safe to ask from several threads.

    Attributes:
        material: what the views are of.
    """

    def __init__(self, material: Material) -> None:
        """Nothing is binned yet."""
        self.material = material
        self._made: dict[tuple[Any, ...], Future[Any]] = {}
        self._lock = Lock()

    def whole(self) -> TrainingData:
        """All rows with their base features."""
        data: TrainingData = self._once(("whole",), self._bin)
        return data

    def view(self, fold: int, recipe: str = "plain", share: float = 1.0) -> View:
        """A fold with a recipe's features.

        Args:
            fold: its number.
            recipe: of `recipes.RECIPES`.
            share: of its training rows, in (0, 1]; the rows of a smaller share are among those of a larger one.
        """
        make = partial(self._plain if recipe == "plain" else partial(self._extended, recipe), fold, share)
        view: View = self._once((fold, recipe, share), make)
        return view

    def _plain(self, fold: int, share: float) -> View:
        whole = self.whole()
        train, valid = self._rows(fold, share)
        return View(whole, whole.part(train), whole.part(valid), train, valid, None)

    def _bin(self) -> TrainingData:
        it = self.material
        return self._data(it.matrix, slice(None), it.categorical, monotone=it.monotone, interactions=it.interactions)

    def _extended(self, recipe: str, fold: int, share: float) -> View:
        it = self.material
        train, valid = self._rows(fold, share)
        extension, seen = Extension.fit(
            it.matrix[train],
            it.target[train],
            recipe,
            categorical=it.categorical,
            task=it.task,
            n_classes=it.n_classes,
            seed=it.seed,
            weights=None if it.weights is None else it.weights[train],
        )
        both = np.concatenate([train, valid])
        extended = np.concatenate([seen, extension.apply(it.matrix[valid])])
        data = self._data(extended, both, extension.categorical)
        places = np.arange(len(both))
        parts = data.part(places[: len(train)]), data.part(places[len(train) :])
        return View(data, *parts, train, valid, extension)

    def _data(
        self, matrix: Floats, rows: Rows | slice, categorical: Sequence[int], **constraints: Sequence[Any]
    ) -> TrainingData:
        """A matrix of some of the rows, binned."""
        it = self.material
        return TrainingData(
            matrix,
            it.target[rows],
            task=it.task,
            n_classes=it.n_classes,
            categorical=categorical,
            absolute=it.metric == "mae",
            weights=None if it.weights is None else it.weights[rows],
            **constraints,
        )

    def _rows(self, fold: int, share: float) -> tuple[Rows, Rows]:
        train, valid = self.material.folds[fold]
        return self._thin(train, share), valid

    def _thin(self, rows: Rows, share: float) -> Rows:
        if share >= 1:
            return rows
        it = self.material
        shuffled = np.random.default_rng(it.seed).permutation(rows)
        groups = np.zeros(len(rows), np.int64) if it.task == "regression" else it.target[shuffled]
        order = np.argsort(groups, kind="stable")
        _, start, size = np.unique(groups[order], return_index=True, return_counts=True)
        place = np.arange(len(rows)) - np.repeat(start, size)
        quota = np.maximum(_LEAST_OF_A_CLASS, np.ceil(share * size))
        return np.sort(shuffled[order][place < np.repeat(quota, size)])

    def _once(self, key: tuple[Any, ...], make: Callable[[], Any]) -> Any:  # noqa: ANN401 - views and binned data
        """What `make` gives for this key, made by whoever asks first while the others wait."""
        with self._lock:
            mine = key not in self._made
            future = self._made.setdefault(key, Future())
        if mine:
            try:
                future.set_result(make())
            except BaseException as error:
                future.set_exception(error)
                raise
        return future.result()
