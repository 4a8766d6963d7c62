"""What a model said of rows whose truth is known: all that figures, curves and slices are made from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.bootstrap import MOST_ROWS, Resamples
from automl.metrics import METRICS, counting
from automl.ranking import Ranking
from automl.splits.split import Rows
from automl.types import Floats, Json, Metric, Task


@dataclass(frozen=True, kw_only=True)
class Judged:
    """Rows, one at least, with their truth and a model's answers.

    Attributes:
        task: what is predicted.
        classes: labels by class index, the positive one last of two; empty for regression.
        ordered: whether the classes stand in an order that means something.
        target: class indices or values `(n,)`.
        outputs: probabilities `(n, k)` or values `(n,)`.
        predicted: class indices that were decided on `(n,)`, or the outputs of a regression.
        weights: how much each row counts `(n,)`; all the same when None.
        groups: rows of one number go together `(n,)`, so that they say less than as many others; none do when None.
    """

    task: Task
    classes: Sequence[Json] = ()
    ordered: bool = False
    target: NDArray[Any]
    outputs: Floats
    predicted: NDArray[Any]
    weights: Floats | None = None
    groups: Rows | None = None

    @property
    def rows(self) -> int:
        """How many there are."""
        return len(self.target)

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Those that mean something here: a distance between classes needs their order."""
        return tuple(name for name in METRICS[self.task] if name != "kappa_quadratic" or self.ordered)

    @property
    def ranked(self) -> Sequence[int]:
        """The classes that are ranked against the rest: of two the positive one alone."""
        return {"regression": (), "binary": (1,)}.get(self.task, range(len(self.classes)))

    @cached_property
    def rankings(self) -> list[Ranking]:
        """The rows as each of the `ranked` classes orders them."""
        return [Ranking(self.target == k, self.outputs[:, k]) for k in self.ranked]

    @cached_property
    def strata(self) -> Rows:
        """Class indices, which bootstrap resamples keep as frequent as they are; zeros for a regression `(n,)`."""
        return np.zeros(self.rows, np.int64) if self.task == "regression" else np.asarray(self.target, np.int64)

    def answered(self, outputs: Floats, predicted: NDArray[Any]) -> "Judged":
        """The same rows as another model answers them."""
        return replace(self, outputs=outputs, predicted=predicted)

    def renumbered(self, order: Sequence[int]) -> "Judged":
        """The same classes in another order, given by their present numbers; of a regression it changes nothing."""
        if self.task == "regression":
            return self
        place = np.argsort(order)
        return replace(
            self,
            classes=[self.classes[number] for number in order],
            target=place[self.target],
            outputs=self.outputs[:, list(order)],
            predicted=place[self.predicted],
        )

    def take(self, rows: Rows) -> "Judged":
        """Some of the rows."""
        return replace(
            self,
            target=self.target[rows],
            outputs=self.outputs[rows],
            predicted=self.predicted[rows],
            weights=None if self.weights is None else self.weights[rows],
            groups=None if self.groups is None else self.groups[rows],
        )

    @cached_property
    def units(self) -> int:
        """How many rows there are that count, or groups of such rows."""
        return len(self._weighing) if self.groups is None else len(np.unique(self.groups[self._weighing]))

    @cached_property
    def constant(self) -> bool:
        """Whether the target is the same in all rows that count."""
        target = self.target[self._weighing]
        return bool(target.min() == target.max())

    @cached_property
    def true(self) -> NDArray[np.int64]:
        """The units of each class `(k,)`."""
        return self._by_class(self.target)

    @cached_property
    def called(self) -> NDArray[np.int64]:
        """The units that are called each class `(k,)`."""
        return self._by_class(self.predicted)

    @cached_property
    def _weighing(self) -> Rows:
        weights = counting(self.weights)
        return np.arange(self.rows) if weights is None else np.flatnonzero(weights > 0)

    def _by_class(self, labels: NDArray[np.int64]) -> NDArray[np.int64]:
        count, labels = len(self.classes), labels[self._weighing]
        if self.groups is not None:
            _, group = np.unique(self.groups[self._weighing], return_inverse=True)
            labels = np.unique(group * count + labels) % count
        return np.bincount(labels, minlength=count)

    def resamples(self, *, seed: int, most: int = MOST_ROWS) -> Resamples:
        """Weights that stand for other rows of the same kind."""
        return Resamples(self.strata, seed=seed, most=most, groups=self.groups)
