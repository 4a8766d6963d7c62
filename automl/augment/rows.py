"""The rows that a model learns from, and what every row that is made of them keeps to."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from automl.augment.text.translators import Translator, in_use
from automl.clock import Over, never
from automl.features.datecolumns import DateColumn
from automl.features.imagecolumns import ImageColumn
from automl.features.textcolumns import TextColumn
from automl.splits.split import Rows
from automl.types import Floats, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRows:
    """Rows with what each was made from.

    Attributes:
        matrix: features `(n, f)`, NaN for missing.
        target: class indices or values `(n,)`.
        weights: how much each row counts `(n,)`.
        origin: for each row the one, of those before any augmentation, that it is or was made from `(n,)`.
        categorical: indices of the features that are codes without an order.
        columns: the column that each feature is made of `(f,)`, by any number.
        task: what is predicted.
        n_classes: in the whole table; 0 for regression.
        texts: of the same rows, each column with the features that are made of it.
        images: alike.
        dates: columns of dates, whose parts follow their days.
        translator: of texts; the process's own unless another one is named.
        told_to_stop: asked often by what takes long, which raises `Unfinished` then. May raise to abandon.
    """

    matrix: Floats
    target: NDArray[Any]
    weights: Floats
    origin: Rows
    categorical: tuple[int, ...]
    columns: NDArray[np.int64]
    task: Task
    n_classes: int
    texts: tuple[TextColumn, ...] = ()
    images: tuple[ImageColumn, ...] = ()
    dates: tuple[DateColumn, ...] = ()
    translator: Translator = field(default_factory=in_use)
    told_to_stop: Over = never

    @classmethod
    def of(
        cls,
        matrix: Floats,
        target: NDArray[Any],
        *,
        categorical: Sequence[int],
        sources: Sequence[str] = (),
        task: Task,
        n_classes: int,
        weights: Floats | None = None,
        texts: Sequence[TextColumn] = (),
        images: Sequence[ImageColumn] = (),
        dates: Sequence[DateColumn] = (),
        translator: Translator | None = None,
        told_to_stop: Over = never,
    ) -> Self:
        """Rows as they are, all of one weight unless they have their own.

        `sources` names the column that each feature is made of; each is one of its own where nothing is said.
        """
        columns = np.unique(sources, return_inverse=True)[1] if len(sources) else np.arange(matrix.shape[1])
        return cls(
            matrix=matrix,
            target=target,
            weights=np.ones(len(matrix)) if weights is None else weights,
            origin=np.arange(len(matrix)),
            categorical=tuple(categorical),
            columns=columns,
            task=task,
            n_classes=n_classes,
            texts=tuple(texts),
            images=tuple(images),
            dates=tuple(dates),
            translator=translator or in_use(),
            told_to_stop=told_to_stop,
        )

    def __len__(self) -> int:
        return len(self.matrix)

    @property
    def numbers(self) -> NDArray[np.int64]:
        """Indices of the features that are no codes."""
        return np.setdiff1d(np.arange(self.matrix.shape[1]), np.array(self.categorical, dtype=np.int64))

    @property
    def beside(self) -> tuple[TextColumn | ImageColumn, ...]:
        """Texts, then images: what stands beside the matrix."""
        return (*self.texts, *self.images)

    def class_counts(self) -> NDArray[np.int64]:
        """Rows of each class `(n_classes,)`."""
        return np.bincount(self.target, minlength=self.n_classes)

    def taken(self, rows: Rows) -> Self:
        """Only these rows, in this order, each as often as it is named."""
        return replace(
            self,
            matrix=self.matrix[rows],
            target=self.target[rows],
            weights=self.weights[rows],
            origin=self.origin[rows],
            texts=tuple(column.taken(rows) for column in self.texts),
            images=tuple(column.taken(rows) for column in self.images),
        )

    def grown(
        self,
        base: Rows,
        matrix: Floats,
        target: NDArray[Any],
        *,
        share: Floats | float = 1.0,
        texts: Sequence[NDArray[Any]] | None = None,
        images: Sequence[NDArray[Any]] | None = None,
        only_changed: bool = False,
    ) -> Self:
        """These rows, and below them new ones.

        What is missing stays missing and what is not stays there, as in the row that each is made from; columns of
        whole numbers get whole numbers, and of days days; no column leaves the range that it has.

        Args:
            base: the rows that the new ones are made from `(m,)`.
            matrix: their features `(m, f)`.
            target: theirs `(m,)`.
            share: of the weight of the base row that the new one counts.
            texts: theirs, one `(m,)` a column; the base row's when None.
            images: alike.
            only_changed: whether new rows that are as their base row are left out: a copy tells a model nothing.
        """
        texts = [column.values[base] for column in self.texts] if texts is None else texts
        images = [column.values[base] for column in self.images] if images is None else images
        grown = replace(
            self,
            matrix=np.concatenate([self.matrix, self._settled(self.matrix[base], matrix)]),
            target=np.concatenate([self.target, target.astype(self.target.dtype)]),
            weights=np.concatenate([self.weights, self.weights[base] * share]),
            origin=np.concatenate([self.origin, self.origin[base]]),
            texts=tuple(column.joined(new, base) for column, new in zip(self.texts, texts, strict=True)),
            images=tuple(column.joined(new) for column, new in zip(self.images, images, strict=True)),
        )
        return self._but_copies(grown, base) if only_changed else grown

    def _but_copies(self, grown: Self, base: Rows) -> Self:
        """Without those of the new rows that are as their base row."""
        made = len(self) + np.arange(len(base))
        unlike = self.unlike(base, grown, made)
        return grown if unlike.all() else grown.taken(np.concatenate([np.arange(len(self)), made[unlike]]))

    def unlike(self, rows: Rows, other: Self, theirs: Rows) -> NDArray[np.bool_]:
        """Which of some rows `(m,)` differ from as many of others in a feature, the target, a text or an image."""
        one, two = self.matrix[rows], other.matrix[theirs]
        unlike = ((one != two) & ~(np.isnan(one) & np.isnan(two))).any(axis=1)
        unlike |= self.target[rows] != other.target[theirs]
        for own, made in zip(self.beside, other.beside, strict=True):
            unlike |= (own.values[rows] != made.values[theirs]).astype(bool)
        return np.asarray(unlike, dtype=np.bool_)

    def _settled(self, own: Floats, made: Floats) -> Floats:
        # Unlike nanmin these do not warn of a column without any value.
        low, high = np.fmin.reduce(self.matrix, axis=0), np.fmax.reduce(self.matrix, axis=0)
        whole = ((self.matrix == np.rint(self.matrix)) | np.isnan(self.matrix)).all(axis=0)
        settled = np.clip(np.where(whole, np.rint(made), made), low, high)
        settled = np.where(np.isnan(settled) | np.isnan(own), own, settled)
        for column in self.dates:
            column.settle(settled, self.matrix)
        return settled


def some(rows: Rows, most: int, rng: np.random.Generator) -> Rows:
    """At most so many of the rows, at random, ascending."""
    return np.sort(rows if len(rows) <= most else rng.choice(rows, most, replace=False))
