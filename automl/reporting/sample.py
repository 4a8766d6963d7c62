"""The rows that a report explains a model by: few where the model is large, so that the report ends in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from automl.evaluation.ground import Ground
from automl.evaluation.judged import Judged
from automl.explanations.explain import Explanation
from automl.explanations.words import Effects
from automl.features.textcolumns import TextColumn
from automl.learners.booster import Booster
from automl.predictor import Predictor
from automl.types import Floats, Frame

_TREES: Final = 500
"""A linear model or a network takes a row as long as so many trees do."""


@dataclass(frozen=True)
class Asked:
    """A model, and rows to ask it about.

    Attributes:
        predictor: the model.
        ground: the rows, with what it said of them.
    """

    predictor: Predictor
    ground: Ground

    @property
    def frame(self) -> Frame:
        """What it learns from of the rows."""
        return self.ground.frame

    @property
    def judged(self) -> Judged:
        """What it said of them."""
        return self.ground.judged

    def answers(self, matrix: Floats, texts: Sequence[TextColumn]) -> Floats:
        """What it says of the rows of a base matrix and the texts beside it: probabilities (m, k) or values (m,)."""
        return self.predictor.answers(matrix, texts)

    def explain(self, start: int, end: int) -> Explanation:
        """Why it says what it says of some of the rows."""
        rows = self.ground.take(np.arange(start, end))
        called = None if self.judged.task == "regression" else rows.judged.predicted
        return self.predictor.explain(rows.frame, called)

    def words(self, row: int) -> Effects:
        """What the words of one row's texts do to what it says."""
        rows = self.ground.take(np.array([row]))
        called = None if self.judged.task == "regression" else rows.judged.predicted
        return next(self.predictor.word_effects(rows.frame, called), {})


def trees_of(predictor: Predictor) -> int:
    """How many trees a row goes through, or what takes as long."""
    each = len(predictor.classes) if predictor.task == "multiclass" else 1
    models = [fold.model for member in predictor.members for fold in member.models]
    return sum(each * model.rounds if isinstance(model, Booster) else _TREES for model in models)
