"""Training rows as trials see them: cut into folds, thinned, with a recipe's features, binned once and then shared."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from functools import partial
from threading import Lock
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from automl.augment import PLAIN, Mix, TrainingRows, augment, check_sealed
from automl.features.extension import Extension
from automl.features.textcolumns import TextColumn
from automl.learners.boosting import Part, TrainingData
from automl.search.ceiling import Ceiling
from automl.splits.split import Folds, Rows
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
        texts: of the training rows, for augmentations that change them.
        seed: of all that is drawn.
        ceiling: how large one model may grow.
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
    texts: tuple[TextColumn, ...] = ()
    seed: int = 0
    ceiling: Ceiling = field(default_factory=Ceiling)


@dataclass(frozen=True, slots=True)
class View:
    """One fold, or all rows, binned.

    Attributes:
        data: that the parts are parts of.
        train: to learn from.
        valid: to stop early on and be judged by; None where all rows are learnt from.
        train_rows: the training rows that are in `train`.
        valid_rows: those in `valid`.
        extension: fitted on `train`'s rows, where the recipe has one.
        augmented: what `train` holds where that is not simply `train_rows`.
    """

    data: TrainingData
    train: Part
    valid: Part | None
    train_rows: Rows
    valid_rows: Rows
    extension: Extension | None
    augmented: TrainingRows | None = None


class Views:
    """Makes each view when it is first asked for, and keeps it, unless it is augmented. Safe to ask by several threads.

    Attributes:
        material: what the views are of.
        at_once: fits on them that memory allows side by side; any number when None.
    """

    def __init__(self, material: Material, at_once: int | None = None) -> None:
        """Nothing is binned yet."""
        self.material = material
        self.at_once = at_once
        self._made: dict[tuple[Any, ...], Future[Any]] = {}
        self._lock = Lock()

    def whole(self) -> TrainingData:
        """All rows with their base features."""
        data: TrainingData = self._once(("whole",), self._bin)
        return data

    def view(self, fold: int | None, recipe: str = "plain", share: float = 1.0, mix: Mix = PLAIN) -> View:
        """A fold with a recipe's features.

        Args:
            fold: its number; None for all rows to learn from, and none to be judged by.
            recipe: of `recipes.RECIPES`.
            share: of its training rows, in (0, 1]; the rows of a smaller share are among those of a larger one.
            mix: augmentations of the training rows.
        """
        if mix.names:
            return self._augmented(fold, recipe, share, mix)
        make = partial(self._plain if recipe == "plain" else partial(self._extended, recipe), fold, share)
        view: View = self._once((fold, recipe, share), make)
        return view

    def _plain(self, fold: int | None, share: float) -> View:
        whole = self.whole()
        train, valid = self._rows(fold, share)
        return View(whole, whole.part(train), whole.part(valid) if len(valid) else None, train, valid, None)

    def _bin(self) -> TrainingData:
        it = self.material
        return self._data(it.matrix, it.target, it.weights, it.categorical, constrained=True)

    def _extended(self, recipe: str, fold: int | None, share: float) -> View:
        train, valid = self._rows(fold, share)
        rows, extension = self._lesson(recipe, train)
        return self._apart(rows, extension, train, valid)

    def _augmented(self, fold: int | None, recipe: str, share: float, mix: Mix) -> View:
        """Not kept: strengths are many, and so many copies of a table would take all memory.

        Recipes learn from the rows as they are: of copies, one would tell the target of the other.
        """
        train, valid = self._rows(fold, share)
        rows, extension = self._lesson(recipe, train)
        augmented = augment(rows, mix, [self.material.seed, *([] if fold is None else [fold])])
        check_sealed(train[augmented.origin], valid)
        return replace(self._apart(augmented, extension, train, valid), augmented=augmented)

    def _lesson(self, recipe: str, train: Rows) -> tuple[TrainingRows, Extension | None]:
        """Training rows with a recipe's features, and what it learnt of them."""
        it = self.material
        matrix, target = it.matrix[train], it.target[train]
        weights = None if it.weights is None else it.weights[train]
        extension, categorical = None, it.categorical
        if recipe != "plain":
            extension, matrix = Extension.fit(
                matrix,
                target,
                recipe,
                categorical=it.categorical,
                task=it.task,
                n_classes=it.n_classes,
                seed=it.seed,
                weights=weights,
            )
            categorical = extension.categorical
        rows = TrainingRows.of(
            matrix,
            target,
            categorical=categorical,
            task=it.task,
            n_classes=it.n_classes,
            weights=weights,
            texts=[column.taken(train) for column in it.texts],
        )
        return rows, extension

    def _apart(self, rows: TrainingRows, extension: Extension | None, train: Rows, valid: Rows) -> View:
        """A view binned for itself. The validation rows are the material's own, whatever was learnt from."""
        it = self.material
        judged = it.matrix[valid] if extension is None else extension.apply(it.matrix[valid])
        weights = np.ones(len(valid)) if it.weights is None else it.weights[valid]
        data = self._data(
            np.concatenate([rows.matrix, judged]),
            np.concatenate([rows.target, it.target[valid]]),
            np.concatenate([rows.weights, weights]),
            rows.categorical,
            constrained=extension is None,
        )
        places = np.arange(len(rows) + len(valid))
        judging = data.part(places[len(rows) :]) if len(valid) else None
        return View(data, data.part(places[: len(rows)]), judging, train, valid, extension)

    def _data(
        self,
        matrix: Floats,
        target: NDArray[Any],
        weights: Floats | None,
        categorical: Sequence[int],
        *,
        constrained: bool,
    ) -> TrainingData:
        """Some rows, binned."""
        it = self.material
        return TrainingData(
            matrix,
            target,
            task=it.task,
            n_classes=it.n_classes,
            categorical=categorical,
            absolute=it.metric == "mae",
            weights=weights,
            monotone=it.monotone if constrained else None,
            interactions=it.interactions if constrained else None,
        )

    def _rows(self, fold: int | None, share: float) -> tuple[Rows, Rows]:
        if fold is None:
            return np.arange(len(self.material.target)), np.empty(0, dtype=np.int64)
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
