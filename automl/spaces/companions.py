"""The spaces of the families that stand beside boosted trees."""

from collections.abc import Mapping, Sequence
from typing import Final

from automl.learners.params import CHOICES
from automl.learners.settings import FOREST_ROWS
from automl.spaces.space import Dimension, Space, defaults, family_of, option_space, within
from automl.types import Family, Json

LINEAR: Final[Space] = {
    "family": Dimension.choice(["linear"], "linear"),
    "linear_c": Dimension("log", 1e-3, 1e2, CHOICES["linear_c"]),
}
_FEW_BINS, _MANY_BINS = 8, 20
_SECOND: Final[Mapping[Family, Mapping[str, Json]]] = {
    "neural": {"dropout": 0.4, "neural_rate": 0.005},
    "linear": {"linear_c": 0.05},
    "forest": {"extra_trees": True},
}
"""What a second model of a kind has that the first one has not."""
_FINER: Final[Mapping[str, Json]] = {"number_bins": _MANY_BINS}
"""What a second network has where the first one has bins."""


def forest_space(
    rows: int, *, categories: bool, most_features: float = 1.0, recipes: Sequence[str] = ("plain",)
) -> Space:
    """The space of LightGBM's random forests, which begins at deep trees, each of a part of the rows and features.

    Args:
        rows: that a fold trains on.
        categories: whether any feature is categorical.
        most_features: the largest share of the features that a tree may see.
        recipes: names of feature recipes to choose from.
    """
    leaves = max(8, rows // 8)
    space = {
        "family": Dimension.choice(["forest"], "forest"),
        "num_leaves": Dimension("whole", 8, min(1024, max(16, leaves)), min(256, leaves)),
        "min_data_in_leaf": Dimension("whole", 1, 100, 3),
        "feature_fraction_bynode": Dimension("linear", 0.1, 1.0, 0.4),
        "bagging_fraction": Dimension("linear", 0.3, FOREST_ROWS, 0.7),
        "bagging_freq": Dimension.choice([1], 1),
        "path_smooth": Dimension("log", 1e-2, 20, 0.0),
        "extra_trees": Dimension.choice([False, True], default=False),
    }
    if most_features < 1:
        space["feature_fraction"] = Dimension.choice([most_features], most_features)
    if categories:
        space["cat_smooth"] = Dimension("log", 1, 300, 10.0)
        space["cat_l2"] = Dimension("log", 0.1, 100, 10.0)
    return space | option_space("recipe", recipes)


def neural_space(numbers: int, features: int) -> Space:
    """The space of committees of neural networks.

    Args:
        numbers: how many features are numbers of many values. Where most are, networks see bins of them: these were
            better on 7 of 8 such tables, on others on none of 4.
        features: that there are.
    """
    space = {
        "family": Dimension.choice(["neural"], "neural"),
        "dropout": Dimension("linear", 0.0, 0.6, CHOICES["dropout"]),
        "neural_rate": Dimension("log", 1e-3, 1e-2, CHOICES["neural_rate"]),
    }
    if 2 * numbers > features:
        space["number_bins"] = Dimension.choice([0, _FEW_BINS, _MANY_BINS], _FEW_BINS)
    return space


def second(space: Space) -> dict[str, Json]:
    """Another beginning in a space that is not of boosted trees."""
    return within(space, _FINER if defaults(space).get("number_bins") else _SECOND[family_of(space)])
