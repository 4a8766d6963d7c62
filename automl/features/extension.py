"""The columns that a recipe adds to the base matrix, fitted on the training rows of one fold.

What is learnt of targets never comes back to the row that it was learnt of: training rows are encoded out-of-fold, so
that a model sees of them what it will see of new rows.
"""

from collections.abc import Sequence
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from automl.features.columntexts import ColumnTexts, TextPlace, texts_from_json
from automl.features.interactions import Kind
from automl.features.levels import FOLDS, Lesson, encode, find_levels, keys_of, shares
from automl.features.recipes import RECIPES, plan
from automl.features.steps import MOST_OUTCOMES, Calculation, Lookup, Step, feature_indices, step_from_json
from automl.features.textcolumns import TextColumn
from automl.types import Floats, Json, Task

_MOST_STEPS: Final = 200
_WIDEST: Final = 60
"""Levels up to which a category is one for LightGBM, too, which overfits wider ones and takes long over them."""


class Extension:
    """New columns to the right of the base features, the same for the same base row.

    Attributes:
        categorical: indices of the features that LightGBM is to treat as categories: those of the base matrix but the
            wide ones, which go on as their rank by frequency.
        sources: for each column of the extended matrix the base features that it is made of.
    """

    def __init__(
        self, n_features: int, categorical: Sequence[int], steps: Sequence[Step], texts: Sequence[ColumnTexts] = ()
    ) -> None:
        """Use `fit`, `with_texts` or `from_json`."""
        self.categorical = tuple(categorical)
        own = [(feature,) for feature in range(n_features)]
        made = (step.features for step in steps for _ in range(step.columns))
        self.sources = (*own, *made, *(it.features for it in texts for _ in range(it.columns)))
        self._n_features = n_features
        self._steps = tuple(steps)
        self._texts = tuple(texts)

    def with_texts(self, texts: Sequence[ColumnTexts]) -> "Extension":
        """The same, and to its right what texts tell."""
        return Extension(self._n_features, self.categorical, self._steps, texts)

    @classmethod
    def fit(
        cls,
        matrix: Floats,
        target: NDArray[np.int64] | Floats,
        recipe: str,
        *,
        categorical: Sequence[int],
        task: Task,
        n_classes: int,
        seed: int,
        weights: Floats | None = None,
        gains: Floats | None = None,
    ) -> tuple[Self, Floats]:
        """Learn a recipe from training rows.

        Args:
            matrix: the base matrix of these rows, `(n, f)`.
            target: class indices or values, `(n,)`.
            recipe: of `recipes.RECIPES`.
            categorical: indices of the features that are codes without an order.
            task: what is predicted.
            n_classes: classes in the whole table; ignored for regression.
            seed: draws the inner folds.
            weights: of the rows, at least 0 and some above, `(n,)`.
            gains: how much an earlier trial made of each base feature, `(f,)`; without them each is scored by itself.

        Returns:
            The extension, and these rows with target encodings out-of-fold, `(n, f + new)`. Not what `apply` gives.

        Raises:
            KeyError: for an unknown recipe.
        """
        lesson = _lesson(target, task, n_classes, weights, seed)
        chosen = RECIPES[recipe]
        widths = {index: width(matrix, index) for index in categorical}
        steps: list[Step] = []
        parts = [matrix]
        for kind, features in plan(chosen, matrix, lesson, widths, gains):
            step, part = _fit(kind, features, matrix, lesson)
            steps.append(step)
            parts.append(part)
        return cls(matrix.shape[1], narrow(matrix, categorical), steps), np.concatenate(parts, axis=1)

    def apply(self, matrix: Floats, texts: Sequence[TextColumn] = ()) -> Floats:
        """The base matrix `(n, f)` and the new columns, `(n, f + new)`, of which some may be of the texts beside it."""
        extended = np.empty((len(matrix), len(self.sources)))
        extended[:, : self._n_features] = matrix
        start = self._n_features
        for step in self._steps:
            step.write(matrix, extended[:, start : start + step.columns])
            start += step.columns
        for told in self._texts:
            extended[:, start : start + told.columns] = told.apply(texts)
            start += told.columns
        return extended

    def to_json(self) -> Json:
        """All that was learnt; `from_json` gives back an extension that applies alike."""
        texts = {"texts": [told.to_json() for told in self._texts]} if self._texts else {}
        return {"categorical": list(self.categorical), "steps": [step.to_json() for step in self._steps], **texts}

    @classmethod
    def from_json(cls, document: Json, n_features: int, places: Sequence[TextPlace] = ()) -> Self:
        """Raises `ValueError` for anything that `to_json` cannot have written for such base features and texts."""
        if not isinstance(document, dict) or document.keys() - {"texts"} != {"categorical", "steps"}:
            raise ValueError("an extension must have categorical features and steps, and nothing else")
        steps = document["steps"]
        if not isinstance(steps, list) or len(steps) > _MOST_STEPS:
            raise ValueError("an extension's steps must be a list, and not too long")
        categorical = feature_indices(document["categorical"], n_features)
        texts = texts_from_json(document["texts"], places) if "texts" in document else ()
        return cls(n_features, categorical, [step_from_json(step, n_features) for step in steps], texts)


def _lesson(
    target: NDArray[np.int64] | Floats, task: Task, n_classes: int, weights: Floats | None, seed: int
) -> Lesson:
    folds = np.random.default_rng(seed).permutation(len(target)) % FOLDS
    # As many rows as there are, whatever the weights' scale: shrinking counts them.
    even = np.ones(len(target)) if weights is None else weights / weights[weights > 0].mean()
    return Lesson(_outcomes(target, task, n_classes), even, folds)


def _outcomes(target: NDArray[np.int64] | Floats, task: Task, n_classes: int) -> Floats:
    """What is averaged: the value, whether it is the second class, or whether it is each of the commonest classes."""
    if task == "regression":
        return target[:, np.newaxis].astype(np.float64)
    counts = np.bincount(target.astype(np.int64), minlength=n_classes)
    commonest = np.sort(np.argsort(-counts, kind="stable")[:MOST_OUTCOMES])
    classes = np.array([1]) if task == "binary" else commonest
    return np.asarray(target[:, np.newaxis] == classes, dtype=np.float64)


def _fit(kind: Kind, features: tuple[int, ...], matrix: Floats, lesson: Lesson) -> tuple[Step, Floats]:
    """A step and what it gives the training rows."""
    if kind == "target":
        levels = find_levels(keys_of(matrix, features))
        encoded, means = encode(levels, lesson)
        return Lookup(kind, features, levels.keys, means), encoded
    if kind == "frequency":
        levels = find_levels(keys_of(matrix, features))
        values = shares(levels, lesson.weights)[:, np.newaxis]
        return Lookup(kind, features, levels.keys, values), values[levels.slots]
    calculation = Calculation(kind, features)
    column = np.empty((len(matrix), calculation.columns))
    calculation.write(matrix, column)
    return calculation, column


def narrow(matrix: Floats, categorical: Sequence[int]) -> tuple[int, ...]:
    """The categories that trees are to split by sets of levels; wider ones are split along their rank by frequency."""
    return tuple(index for index in categorical if width(matrix, index) <= _WIDEST)


def width(matrix: Floats, feature: int) -> int:
    """Levels of a category as far as these rows show them."""
    codes = matrix[:, feature]
    return int(np.max(codes, initial=-1, where=~np.isnan(codes))) + 1
