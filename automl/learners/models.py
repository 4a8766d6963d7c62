"""What a predictor is made of: models of several kinds, each with the features that it was fitted on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Protocol

import numpy as np

from automl.features.extension import Extension
from automl.features.textcolumns import TextColumn
from automl.learners.booster import Booster
from automl.learners.contributions import Contributions, added
from automl.learners.linearmodel import Linear
from automl.learners.winsorised import mean
from automl.links import linked
from automl.types import Family, Floats


class Model(Protocol):
    """Anything fitted that answers rows."""

    def predict(self, matrix: Floats) -> Floats:
        """Probabilities (n, k) for classes, values (n,) for regression. Safe to be called from several threads."""

    def contributions(self, matrix: Floats) -> Contributions:
        """What each feature (f) adds to these: `(n, k, f)`, where k is 1 for regression."""

    def to_text(self) -> str:
        """All of it, as it is stored."""


@dataclass(frozen=True, slots=True)
class FoldModel:
    """A model fitted on one fold's training rows, and what it takes beyond the base features.

    Attributes:
        model: that answers.
        extension: of the base features, which come first.
        start: a linear model of values at whose scores the trees of `model` begin.
    """

    model: Model
    extension: Extension | None = None
    start: Linear | None = None

    def predict(self, matrix: Floats, texts: Sequence[TextColumn] = ()) -> Floats:
        """Answer the rows of a base matrix (n, f) and the texts beside it."""
        return self.answer(self.extend(matrix, texts), texts)

    def extend(self, matrix: Floats, texts: Sequence[TextColumn] = ()) -> Floats:
        """The base matrix with the columns that the model takes besides."""
        return matrix if self.extension is None else self.extension.apply(matrix, texts)

    def contributions(self, matrix: Floats, texts: Sequence[TextColumn] = ()) -> Contributions:
        """What each base feature (f) adds to the answers; what a recipe made hands its own on in equal parts."""
        extended = self.extend(matrix, texts)
        if self.start is not None and isinstance(self.model, Booster):
            found = added(self.start.of_scores(extended), self.model.of_scores(extended)).linked(self.start.most)
        elif isinstance(self.model, Linear):
            found = self.model.contributions(extended, texts)
        else:
            found = self.model.contributions(extended)
        if self.extension is None:
            return found
        made_of = self.extension.sources
        counts = [len(bases) for bases in made_of]
        places = np.repeat(np.arange(len(made_of)), counts)
        return found.gathered(matrix.shape[1], np.concatenate(made_of), places, 1 / np.repeat(counts, counts))

    def answer(self, extended: Floats, texts: Sequence[TextColumn] = ()) -> Floats:
        """Answer what `extend` gives. Linear models read the terms of texts themselves."""
        if self.start is not None and isinstance(self.model, Booster):
            return linked(self.start.scores(extended) + self.model.scores(extended), self.start.most)
        if isinstance(self.model, Linear):
            return self.model.predict(extended, texts)
        return self.model.predict(extended)


@dataclass(frozen=True, slots=True)
class Member:
    """One trial's models in an ensemble, which answer by their mean.

    Attributes:
        weight: its share in the ensemble's answer, above 0.
        models: one a fold.
        family: of all of them.
    """

    weight: float
    models: tuple[FoldModel, ...]
    family: Family = "boosted"


def blend(
    members: Sequence[Member], matrix: Floats, texts: Sequence[TextColumn] = (), reach: float | None = None
) -> Floats:
    """The members' weighted mean for a base matrix (n, f) and the texts beside it; weights are expected to sum to 1.

    Models that share one extension object share its matrix, and no two such matrices are held at once.

    Args:
        members: of the ensemble.
        matrix: the rows.
        texts: of the same rows.
        reach: how far a member's values may be from the median of all, as `winsorised.usual_reach` has it.
    """
    if reach is None:
        shares = [member.weight / len(member.models) for member in members]
        return reduce(np.add, (shares[place] * said for place, said in _said(members, matrix, texts)))
    values = np.zeros((len(members), len(matrix)))
    for place, said in _said(members, matrix, texts):
        values[place] += said / len(members[place].models)
    return mean(values, np.array([member.weight for member in members]), reach)


def _said(members: Sequence[Member], matrix: Floats, texts: Sequence[TextColumn]) -> Iterator[tuple[int, Floats]]:
    """What each model says, with its member's place."""
    sharing: dict[int, list[tuple[int, FoldModel]]] = {}
    for place, member in enumerate(members):
        for fold in member.models:
            sharing.setdefault(id(fold.extension), []).append((place, fold))
    for folds in sharing.values():
        extended = folds[0][1].extend(matrix, texts)
        for place, fold in folds:
            yield place, fold.answer(extended, texts)
