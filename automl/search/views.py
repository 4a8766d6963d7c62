"""Training rows as trials see them: cut into folds, thinned, with a recipe's features, binned once and then shared."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.augment import PLAIN, Mix, TrainingRows, augment, check_sealed
from automl.clock import Over, never
from automl.features.extension import Extension, narrow
from automl.learners.boosting import Part, TrainingData
from automl.search.material import Material
from automl.search.once import Once
from automl.search.told import Teller, Told
from automl.splits.apart import check_apart
from automl.splits.split import Rows, share_of
from automl.types import Floats


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
        told: what the texts of `train` tell, `(rows, columns)`; the same for `valid` is in the extension.
    """

    data: TrainingData
    train: Part
    valid: Part | None
    train_rows: Rows
    valid_rows: Rows
    extension: Extension | None
    augmented: TrainingRows | None = None
    told: Floats | None = None


class Views:
    """Makes each view when it is first asked for, and keeps it, unless it is augmented. Safe to ask by several threads.

    Attributes:
        material: what the views are of.
        at_once: fits on them that memory allows side by side; any number when None.
        teller: of what texts tell.
    """

    def __init__(self, material: Material, at_once: int | None = None) -> None:
        """Nothing is binned yet. Raises `ValueError` where a row is on both sides of a fold."""
        check_apart(material.folds, np.arange(len(material.target)))
        self.material = material
        self.at_once = at_once
        self._once = Once()
        it = material
        self.teller = Teller(it.texts, it.target, it.weights, task=it.task, n_classes=it.n_classes, seed=it.seed)

    def whole(self) -> TrainingData:
        """All rows with their base features."""
        data: TrainingData = self._once.get(("whole",), self._bin)
        return data

    def view(
        self,
        fold: int | None,
        recipe: str = "plain",
        share: float = 1.0,
        mix: Mix = PLAIN,
        *,
        text: str = "none",
        told_to_stop: Over = never,
        abandon: Over = never,
    ) -> View:
        """A fold with a recipe's features, and with what texts tell.

        Args:
            fold: its number; None for all rows to learn from, and none to be judged by.
            recipe: of `recipes.RECIPES`.
            share: of its training rows, in (0, 1]; the rows of a smaller share are among those of a larger one.
            mix: augmentations of the training rows.
            text: of `levels.PIECES`.
            told_to_stop: asked while it is learnt what texts tell.
            abandon: asked while rows are augmented.

        Raises:
            Unfinished: it was told to stop, or to abandon.
        """
        told = self.teller.told(fold, self._rows(fold, 1.0)[0], text, told_to_stop)
        if mix.names:
            return self._augmented(fold, recipe, share, mix, told, abandon=abandon)
        if recipe == "plain" and told is None:
            make = partial(self._plain, fold, share)
        else:
            make = partial(self._extended, recipe, told, fold, share)
        view: View = self._once.get((fold, recipe, share, "none" if told is None else text), make)
        return view

    def prepare(self, fold: int, text: str, told_to_stop: Over) -> None:
        """Learn what the texts of a fold tell. Raises `Unfinished` when it was told to stop."""
        self.teller.told(fold, self._rows(fold, 1.0)[0], text, told_to_stop)

    def _plain(self, fold: int | None, share: float) -> View:
        whole = self.whole()
        train, valid = self._rows(fold, share)
        return View(whole, whole.part(train), whole.part(valid) if len(valid) else None, train, valid, None)

    def _bin(self) -> TrainingData:
        it = self.material
        return self._data(it.matrix, it.target, it.weights, narrow(it.matrix, it.categorical), (), alike=it.alike)

    def _extended(self, recipe: str, told: Told | None, fold: int | None, share: float) -> View:
        train, valid = self._rows(fold, share)
        rows, extension = self._lesson(recipe, train)
        if told is None:
            return self._apart(rows, extension, train, valid, constrained=False, alike=self.material.alike)
        columns = told.columns[np.searchsorted(self._rows(fold, 1.0)[0], train)]
        rows, extension = _telling(rows, extension, told, columns)
        view = self._apart(rows, extension, train, valid, constrained=recipe == "plain", alike=self.material.alike)
        return replace(view, told=columns)

    def _augmented(
        self, fold: int | None, recipe: str, share: float, mix: Mix, told: Told | None, *, abandon: Over
    ) -> View:
        """Not kept: strengths are many, and so many copies of a table would take all memory.

        Recipes learn from the rows as they are: of copies, one would tell the target of the other.
        """
        train, valid = self._rows(fold, share)
        rows, extension = self._lesson(recipe, train)
        rows = replace(rows, told_to_stop=abandon)
        augmented = augment(rows, mix, [self.material.seed, *([] if fold is None else [fold])])
        check_sealed(rows, augmented)
        origin = train[augmented.origin]
        columns, constrained = None, recipe == "plain"
        if told is not None:
            columns = told.of(augmented.texts, np.searchsorted(self._rows(fold, 1.0)[0], origin))
            augmented, extension = _telling(augmented, extension, told, columns)
        # What was made of rows may be denser than rows are: noise leaves few zeros.
        view = self._apart(augmented, extension, train, valid, constrained=constrained, alike=False)
        return replace(view, augmented=augmented, told=columns)

    def _lesson(self, recipe: str, train: Rows) -> tuple[TrainingRows, Extension]:
        """Training rows with a recipe's features, and what it learnt of them."""
        it = self.material
        matrix, target = it.matrix[train], it.target[train]
        weights = None if it.weights is None else it.weights[train]
        if recipe == "plain":
            extension = Extension(matrix.shape[1], narrow(it.matrix, it.categorical), ())
        else:
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
        rows = TrainingRows.of(
            matrix,
            target,
            categorical=it.categorical,
            sources=list(_columns(it.sources, extension.sources)) if it.sources else (),
            task=it.task,
            n_classes=it.n_classes,
            weights=weights,
            texts=[column.taken(train) for column in it.texts],
            images=[column.taken(train) for column in it.images],
            dates=it.dates,
            translator=it.translator,
        )
        return rows, extension

    def _apart(
        self,
        rows: TrainingRows,
        extension: Extension,
        train: Rows,
        valid: Rows,
        *,
        constrained: bool,
        alike: bool,
    ) -> View:
        """A view binned for itself. The validation rows are the material's own, whatever was learnt from."""
        it = self.material
        judged = extension.apply(it.matrix[valid], [column.taken(valid) for column in it.texts])
        weights = np.ones(len(valid)) if it.weights is None else it.weights[valid]
        data = self._data(
            np.concatenate([rows.matrix, judged]),
            np.concatenate([rows.target, it.target[valid]]),
            np.concatenate([rows.weights, weights]),
            extension.categorical,
            extension.sources if constrained else None,
            alike=alike,
        )
        places = np.arange(len(rows) + len(valid))
        judging = data.part(places[len(rows) :]) if len(valid) else None
        added = extension if rows.matrix.shape[1] > it.matrix.shape[1] else None
        return View(data, data.part(places[: len(rows)]), judging, train, valid, added)

    def _data(
        self,
        matrix: Floats,
        target: NDArray[Any],
        weights: Floats | None,
        categorical: Sequence[int],
        sources: Sequence[tuple[int, ...]] | None,
        *,
        alike: bool,
    ) -> TrainingData:
        """Some rows, binned; constrained where the base features are given that each feature is made of."""
        it = self.material
        added = [] if sources is None else list(enumerate(sources))[it.matrix.shape[1] :]
        return TrainingData(
            matrix,
            target,
            task=it.task,
            n_classes=it.n_classes,
            categorical=categorical,
            absolute=it.metric == "mae",
            weights=weights,
            monotone=None if sources is None or not it.monotone else (*it.monotone, *(0 for _ in added)),
            interactions=None if sources is None else [_with(group, added) for group in it.interactions],
            alike=alike,
        )

    def _rows(self, fold: int | None, share: float) -> tuple[Rows, Rows]:
        if fold is None:
            return np.arange(len(self.material.target)), np.empty(0, dtype=np.int64)
        train, valid = self.material.folds[fold]
        groups = np.zeros(len(train), np.int64) if self.material.task == "regression" else self.material.target[train]
        return share_of(train, groups, share, self.material.seed), valid


def _columns(sources: Sequence[str], made_of: Sequence[Sequence[int]]) -> Iterator[str]:
    """For each feature the column that it is made of; a name that no column has where it is made of several."""
    for place, features in enumerate(made_of):
        names = {sources[feature] for feature in features}
        yield names.pop() if len(names) == 1 else f"\0{place}"


def _telling(rows: TrainingRows, extension: Extension, told: Told, columns: Floats) -> tuple[TrainingRows, Extension]:
    """The rows with what their texts tell, and an extension that tells it of others."""
    return replace(rows, matrix=np.concatenate([rows.matrix, columns], axis=1)), extension.with_texts(told.extensions)


def _with(group: Sequence[int], added: Sequence[tuple[int, tuple[int, ...]]]) -> tuple[int, ...]:
    """A group of features with those that are made of it alone."""
    return *group, *(feature for feature, sources in added if set(sources) <= set(group))
