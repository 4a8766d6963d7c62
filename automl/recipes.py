"""Feature recipes: what may be added to the base matrix, and for which tables it is worth a try."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

FEWEST_LEVELS: Final = 5
"""Levels from which on a category is encoded by its target; LightGBM splits narrower ones as well by itself."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a recipe adds.

    Attributes:
        purpose: for people, half a sentence.
        targets: whether categories are encoded by the target.
        crosses: whether pairs of features are encoded or calculated with.
    """

    purpose: str
    targets: bool = False
    crosses: bool = False


RECIPES: Final[Mapping[str, Recipe]] = {
    "plain": Recipe("the features as they are"),
    "targets": Recipe("categories also as the mean target of their level", targets=True),
    "crosses": Recipe("pairs of features that tell more together", crosses=True),
    "rich": Recipe("mean targets and crosses", targets=True, crosses=True),
}


def recipes_for(widths: Sequence[int], n_features: int) -> tuple[str, ...]:
    """The recipes that can add something to a table, `plain` first.

    Args:
        widths: levels of each categorical feature.
        n_features: of the base matrix.
    """
    targets = any(width >= FEWEST_LEVELS for width in widths)
    crosses = n_features > 1
    return tuple(
        name for name, recipe in RECIPES.items() if (targets or not recipe.targets) and (crosses or not recipe.crosses)
    )
