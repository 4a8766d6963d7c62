"""Feature recipes: what may be added to the base matrix, and for which tables it is worth a try."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from automl.features.interactions import Kind, Sample
from automl.features.levels import Lesson
from automl.types import Floats

Wish = tuple[Kind, tuple[int, ...]]
"""A kind of column and the base features to make it of."""

_FEWEST_LEVELS: Final = 3
"""Levels of a category that is encoded by frequency."""
_FEWEST_FOR_TARGETS: Final = 5
"""Levels of one that is encoded by the target: LightGBM splits narrower ones as well by itself."""
_LEAST_SCORE: Final = 0.002
_MOST_FREQUENCIES: Final = 30
_MOST_TARGETS: Final = 100
"""Columns, of which a category takes one an outcome."""
_MOST_FEATURES: Final = 1000
"""Beyond, looking at every feature takes seconds in each fold, and a few columns more would hardly be seen."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a recipe adds.

    Attributes:
        purpose: for people, half a sentence.
        encodings: whether categories are encoded by frequency and by the target.
        crosses: whether pairs of features are encoded or calculated with.
    """

    purpose: str
    encodings: bool = False
    crosses: bool = False


RECIPES: Final[Mapping[str, Recipe]] = {
    "plain": Recipe("the features as they are"),
    "encodings": Recipe("categories also as frequency and mean target of their level", encodings=True),
    "rich": Recipe("encodings, and pairs of features that tell more together", encodings=True, crosses=True),
}


def recipes_for(widths: Sequence[int], n_features: int) -> tuple[str, ...]:
    """The recipes that may add something to a table, `plain` first.

    Args:
        widths: levels of each categorical feature.
        n_features: of the base matrix.
    """
    if n_features > _MOST_FEATURES:
        return ("plain",)
    encodings = any(width >= _FEWEST_LEVELS for width in widths)
    crosses = n_features > 1
    return ("plain", *(["encodings"] if encodings else []), *(["rich"] if crosses else []))


def plan(recipe: Recipe, matrix: Floats, lesson: Lesson, widths: Mapping[int, int], gains: Floats | None) -> list[Wish]:
    """The columns to add to a table: a limited number, of the features that tell most.

    Args:
        recipe: what is allowed.
        matrix: training rows `(n, f)`.
        lesson: their outcomes.
        widths: levels of each categorical feature by its index.
        gains: what an earlier trial made of each feature, `(f,)`; without them each is scored by itself.
    """
    sample = Sample.of(matrix, lesson, tuple(widths))
    wishes: list[Wish] = []
    if recipe.encodings:
        scores = {feature: sample.score(feature) for feature, width in widths.items() if width >= _FEWEST_LEVELS}
        ranked = sorted(scores, key=lambda feature: -scores[feature])
        telling = [
            feature for feature in ranked if widths[feature] >= _FEWEST_FOR_TARGETS and scores[feature] >= _LEAST_SCORE
        ]
        wishes += [("frequency", (feature,)) for feature in ranked[:_MOST_FREQUENCIES]]
        wishes += [("target", (feature,)) for feature in telling[: _MOST_TARGETS // lesson.outcomes.shape[1]]]
    if recipe.crosses:
        strengths = [sample.score(feature) for feature in range(matrix.shape[1])] if gains is None else gains
        order = np.argsort(-np.asarray(strengths), kind="stable").tolist()
        pairs = sample.pairs([feature for feature in order if strengths[feature] > 0])
        wishes += [(pair.kind, pair.features) for pair in pairs]
    return wishes
