"""A linear model with an L2 penalty: another kind of mind beside the trees, and small and quick at that."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from automl.archive import dump_json
from automl.learners.contributions import Contributions, two_scores
from automl.learners.scaling import Scaling, integers, table
from automl.types import Floats, Json, Task

_TWO: Final = 2
_BLOCK: Final = 2**22
"""Numbers that are scaled at once."""
_FIELDS: Final = {"scaling", "slopes", "gaps", "levels", "intercepts", "outcomes", "absent"}


@dataclass(frozen=True, slots=True)
class Linear:
    """Logistic regression, of two classes or of many, or ridge regression. Safe to share between threads.

    There are m linear functions: one for two classes and for values, otherwise one a class.

    Attributes:
        task: what is predicted.
        n_classes: columns of its answers; 0 for regression.
        scaling: of d numeric features and of s slots of the categorical ones.
        slopes: for each number (m, d).
        gaps: added where a number is missing (m, d).
        levels: added for each category's slot (m, s).
        intercepts: (m,).
        outcomes: the classes that its training rows had, ascending; none for regression.
        absent: the probability of each of the others.
    """

    task: Task
    n_classes: int
    scaling: Scaling
    slopes: Floats
    gaps: Floats
    levels: Floats
    intercepts: Floats
    outcomes: NDArray[np.int64]
    absent: float

    def predict(self, matrix: Floats) -> Floats:
        """Probabilities (n, n_classes), or values (n,)."""
        scores = np.concatenate([self._scores(block) for block in blocks(matrix, len(self.intercepts))])
        if self.task == "regression":
            return np.ascontiguousarray(scores[:, 0])
        return self._with_absent(np.exp(log_shares(scores, len(self.outcomes))), self.absent)

    def contributions(self, matrix: Floats) -> Contributions:
        """What each feature adds to what `predict` says: its slopes times its distance from the training rows' mean."""
        numbers, missing, slots = self.scaling.apply(matrix)
        parts = np.zeros((len(matrix), len(self.intercepts), matrix.shape[1]))
        gaps = missing - self.scaling.missing
        parts[:, :, self.scaling.numeric] = numbers[:, np.newaxis] * self.slopes + gaps[:, np.newaxis] * self.gaps
        usual = self.levels * self.scaling.shares
        for column, slot in zip(self.scaling.categorical.tolist(), slots.T, strict=True):
            mean = usual[:, self.scaling.owners() == column].sum(axis=1)
            parts[:, :, column] = self.levels.T[slot] - mean
        base = self.intercepts + (self.gaps * self.scaling.missing).sum(axis=1) + usual.sum(axis=1)
        if self.task == "regression":
            return Contributions.summing(base, parts)
        both = len(self.outcomes) == _TWO
        found = (two_scores(base[0], parts[:, 0]) if both else Contributions.summing(base, parts)).as_probabilities()
        spread = np.stack([self._with_absent(each, 0.0) for each in np.moveaxis(found.parts, 2, 0)], axis=2)
        base, ends = (self._with_absent(each, self.absent) for each in (found.base[np.newaxis], found.ends))
        return Contributions(base[0], spread, ends)

    def _with_absent(self, found: Floats, absent: float) -> Floats:
        """Of all classes (n, n_classes), where those that the training rows lacked get so much."""
        others = self.n_classes - len(self.outcomes)
        if not others:
            return found
        everything = np.full((len(found), self.n_classes), absent)
        everything[:, self.outcomes] = found * (1 - others * self.absent)
        return everything

    def to_text(self) -> str:
        """JSON, in a bundle's spelling."""
        tables = {name: getattr(self, name).tolist() for name in ("slopes", "gaps", "levels", "intercepts", "outcomes")}
        return dump_json({**tables, "scaling": self.scaling.to_json(), "absent": self.absent}).decode()

    @classmethod
    def from_json(cls, document: Json, *, task: Task, n_classes: int, n_features: int) -> Self:
        """Raises `ValueError` for what `to_text` cannot have written for such a task and so many features."""
        if not isinstance(document, dict) or document.keys() != _FIELDS or not isinstance(document["scaling"], dict):
            raise ValueError("it does not have the parts of a linear model")
        scaling = Scaling.from_json(document["scaling"], n_features)
        outcomes, absent = integers(document["outcomes"]), float(table(document["absent"], ()))
        ascending = np.all(np.diff(outcomes, prepend=-1, append=n_classes) > 0)
        if not ascending or bool(len(outcomes)) != (task != "regression"):
            raise ValueError("its outcomes are not classes of the task")
        if not (0 < absent < 1 / n_classes if len(outcomes) < n_classes else absent == 0):
            raise ValueError("its absent classes do not have a probability")
        m, d = functions_for(len(outcomes)), len(scaling.numeric)
        return cls(
            task=task,
            n_classes=n_classes,
            scaling=scaling,
            slopes=table(document["slopes"], (m, d)),
            gaps=table(document["gaps"], (m, d)),
            levels=table(document["levels"], (m, scaling.slots)),
            intercepts=table(document["intercepts"], (m,)),
            outcomes=outcomes,
            absent=absent,
        )

    def _scores(self, matrix: Floats) -> Floats:
        numbers, missing, slots = self.scaling.apply(matrix)
        # Not `@`: BLAS adds up in an order that depends on the number of rows and threads.
        scores: Floats = np.einsum("nd,md->nm", numbers, self.slopes) + self.intercepts
        if missing.any():
            scores += np.einsum("nd,md->nm", missing.astype(np.float64), self.gaps)
        levels = self.levels.T
        for slot in slots.T:  # not `sum`, which adds up in another order where there is but one row
            scores += levels[slot]
        return scores


def functions_for(outcomes: int) -> int:
    """How many linear functions tell so many classes apart; one for values, which have none."""
    return outcomes if outcomes > _TWO else 1


def log_shares(scores: Floats, outcomes: int) -> Floats:
    """The logarithms of probabilities (n, outcomes) by softmax; of two classes the first one scores 0."""
    logits = np.column_stack([np.zeros(len(scores)), scores]) if outcomes == _TWO else scores
    logits = logits - logits.max(axis=1, keepdims=True)
    return np.asarray(logits - np.log(np.exp(logits).sum(axis=1, keepdims=True)))


def blocks(matrix: Floats, width: int = 1) -> Iterator[Floats]:
    """The rows, not too many at once to be scaled, and each to be multiplied by so many numbers."""
    rows = max(1, _BLOCK // (max(matrix.shape[1], 1) * width))
    return (matrix[start : start + rows] for start in range(0, len(matrix), rows))
