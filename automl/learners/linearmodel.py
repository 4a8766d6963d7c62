"""A linear model with an L2 penalty: another kind of mind beside the trees, and small and quick at that."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from automl.archive import dump_json
from automl.descent import functions_for, log_shares
from automl.features.textcolumns import TextColumn
from automl.features.texts import WORDS
from automl.halves import halved, pack_halves, unpack_halves
from automl.learners.contributions import Contributions, two_scores
from automl.learners.scaling import Scaling, integers, table
from automl.links import linked, read_most
from automl.types import Floats, Json, Task

_TWO: Final = 2
_BLOCK: Final = 2**22
"""Numbers that are scaled at once."""
_FIELDS: Final = {"scaling", "slopes", "gaps", "levels", "intercepts", "outcomes", "absent"}


@dataclass(frozen=True, slots=True)
class TermWeights:
    """What is added for the terms of texts: numbers of half precision, so that a stored model is the same one.

    Attributes:
        blocks: of each column of texts one for words and one for grams, (terms, m) each.
        scale: what they are multiplied by.
    """

    blocks: tuple[Floats, ...] = ()
    scale: float = 1.0

    @classmethod
    def of(cls, weights: Floats, widths: Sequence[int]) -> Self:
        """Weights (terms, m) of all blocks, as they can be stored."""
        scale = float(np.abs(weights).max(initial=0.0)) or 1.0
        numbers = halved(weights / scale).astype(np.float64)
        return cls(tuple(np.split(numbers, np.cumsum(widths)[:-1])), scale)

    def scores(self, texts: Sequence[TextColumn], functions: int) -> Floats:
        """Of n texts (n, m)."""
        total = np.zeros((len(texts[0].values), functions))
        for number, column in enumerate(texts):
            total += self.scores_of(number, column)
        return total

    def scores_of(self, number: int, column: TextColumn) -> Floats:
        """Of n texts of one of the columns (n, m)."""
        pairs = zip(column.terms, self.blocks[_TWO * number :], strict=False)
        return np.asarray(reduce(np.add, (block @ weights for block, weights in pairs))) * self.scale

    def to_json(self) -> Json:
        """What `from_json` reads."""
        return {"blocks": [pack_halves(block) for block in self.blocks], "scale": self.scale}

    @classmethod
    def from_json(cls, document: Json, widths: Sequence[int], functions: int) -> Self:
        """Raises `ValueError` for what `to_json` cannot have written for blocks of such widths."""
        if not isinstance(document, dict) or document.keys() != {"blocks", "scale"}:
            raise ValueError("weights of terms must have blocks and a scale")
        blocks, scale = document["blocks"], float(table(document["scale"], ()))
        if not isinstance(blocks, list) or len(blocks) != len(widths):
            raise ValueError("there must be weights for each block of terms")
        unpacked = (unpack_halves(it, (width, functions)) for it, width in zip(blocks, widths, strict=True))
        return cls(tuple(numbers.astype(np.float64) for numbers in unpacked), scale)


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
        terms: what is added for those of texts; None where the model knows of no texts.
        most: of a regression under a log link: the greatest score of an answer, which is the logarithm of a value.
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
    terms: TermWeights | None = None
    most: float | None = None

    def predict(self, matrix: Floats, texts: Sequence[TextColumn] = ()) -> Floats:
        """Probabilities (n, n_classes), or values (n,), of base features and the texts beside them."""
        if self.task == "regression" and self.terms is None:
            return linked(self.scores(matrix), self.most)
        scores = self._all_scores(matrix)
        if self.terms is not None:
            scores += self.terms.scores(texts, len(self.intercepts))
        if self.task == "regression":
            return linked(np.ascontiguousarray(scores[:, 0]), self.most)
        return self._with_absent(np.exp(log_shares(scores, len(self.outcomes))), self.absent)

    def scores(self, matrix: Floats) -> Floats:
        """What is said of values (n,), before the link."""
        return np.ascontiguousarray(self._all_scores(matrix)[:, 0])

    def _all_scores(self, matrix: Floats) -> Floats:
        return np.concatenate([self._scores(block) for block in blocks(matrix, len(self.intercepts))])

    def contributions(self, matrix: Floats, texts: Sequence[TextColumn] = ()) -> Contributions:
        """What each feature adds to what `predict` says."""
        scores = self.of_scores(matrix, texts)
        if self.task == "regression":
            return scores.linked(self.most)
        both = len(self.outcomes) == _TWO
        found = (two_scores(scores.base[0], scores.parts[:, 0]) if both else scores).as_probabilities()
        spread = np.stack([self._with_absent(each, 0.0) for each in np.moveaxis(found.parts, 2, 0)], axis=2)
        base, ends = (self._with_absent(each, self.absent) for each in (found.base[np.newaxis], found.ends))
        return Contributions(base[0], spread, ends)

    def of_scores(self, matrix: Floats, texts: Sequence[TextColumn] = ()) -> Contributions:
        """What each feature adds to the linear functions: its slopes times its distance from the training rows' mean.

        Terms count for the feature that stands for a text's words, from a text without any on.
        """
        numbers, missing, slots = self.scaling.apply(matrix)
        parts = np.zeros((len(matrix), len(self.intercepts), matrix.shape[1]))
        gaps = missing - self.scaling.missing
        parts[:, :, self.scaling.numeric] = numbers[:, np.newaxis] * self.slopes + gaps[:, np.newaxis] * self.gaps
        usual = self.levels * self.scaling.shares
        for column, slot in zip(self.scaling.categorical.tolist(), slots.T, strict=True):
            mean = usual[:, self.scaling.owners() == column].sum(axis=1)
            parts[:, :, column] = self.levels.T[slot] - mean
        if self.terms is not None:
            for number, column in enumerate(texts):
                parts[:, :, column.features[WORDS]] += self.terms.scores_of(number, column)
        base = self.intercepts + (self.gaps * self.scaling.missing).sum(axis=1) + usual.sum(axis=1)
        return Contributions.summing(base, parts)

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
        most = {} if self.most is None else {"most": self.most}
        terms = {} if self.terms is None else {"terms": self.terms.to_json()}
        return dump_json({**tables, "scaling": self.scaling.to_json(), "absent": self.absent, **most, **terms}).decode()

    @classmethod
    def from_json(
        cls, document: Json, *, task: Task, n_classes: int, n_features: int, widths: Sequence[int] = ()
    ) -> Self:
        """Raises `ValueError` for what `to_text` cannot have written for such a task, so many features and terms."""
        if not _has_parts(document):
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
            terms=TermWeights.from_json(document["terms"], widths, m) if "terms" in document else None,
            most=read_most(document, task),
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


def _has_parts(document: Json) -> bool:
    return (
        isinstance(document, Mapping)
        and document.keys() - {"terms", "most"} == _FIELDS
        and isinstance(document["scaling"], Mapping)
    )


def blocks(matrix: Floats, width: int = 1) -> Iterator[Floats]:
    """The rows, not too many at once to be scaled, and each to be multiplied by so many numbers."""
    rows = max(1, _BLOCK // (max(matrix.shape[1], 1) * width))
    return (matrix[start : start + rows] for start in range(0, len(matrix), rows))
