"""What may be tried: a flat search space, and how a trial's params stand in it.

Every dimension has one value in `params` and one in hyperopt, and each can be had from the other, so that a search can
be rebuilt from nothing but the params of its trials.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from automl.learners.params import CHOICES
from automl.types import Augmentation, Family, Json


@dataclass(frozen=True, slots=True)
class Dimension:
    """One parameter.

    Attributes:
        scale: how its values lie between the ends; a `choice` has options instead, and counts them from 0.
        low: its lower end.
        high: its upper end.
        default: LightGBM's own, also where that lies outside.
        options: of a choice.
    """

    scale: Literal["linear", "log", "whole", "choice"]
    low: float
    high: float
    default: Json
    options: tuple[Json, ...] = ()

    @classmethod
    def choice(cls, options: Sequence[Json], default: Json) -> "Dimension":
        """One of several values; a single one is a parameter that is fixed."""
        return cls("choice", 0, len(options) - 1, default if default in options else options[0], tuple(options))

    def clip(self, value: Json) -> Json:
        """The nearest value inside; for a choice that is no option its first."""
        if self.scale == "choice":
            return value if value in self.options else self.options[0]
        return min(max(value, self.low), self.high)


Space = Mapping[str, Dimension]

_CASTS: Final[Mapping[str, Callable[[Any], Json]]] = {"whole": round, "linear": float, "log": float}

_FEW_ROWS: Final = 500
_FEW_OF_A_CLASS: Final = 50


def build_space(
    rows: int,
    *,
    categories: bool,
    spread: float = 1.0,
    rarest: int | None = None,
    most_features: float = 1.0,
    recipes: Sequence[str] = ("plain",),
) -> Space:
    """The space of boosted trees: narrow, since the few trials that a budget holds should all be worth their time.

    Args:
        rows: that a fold trains on: leaves of many rows make sense only where there are many.
        categories: whether any feature is categorical.
        spread: standard deviation of a regression target, in which LightGBM measures some penalties; else 1.
        rarest: rows of the rarest class that a fold trains on; None for regression. Where they are few, boosting at
            LightGBM's own rate runs away, and leaves of its own size hold none of them alone.
        most_features: the largest share of the features that a tree may see.
        recipes: names of feature recipes to choose from.
    """
    few = rows < _FEW_ROWS or (rarest is not None and rarest < _FEW_OF_A_CLASS)
    space = {
        "learning_rate": Dimension("log", 0.02 if few else 0.04, 0.25, 0.1),
        "num_leaves": Dimension("whole", 3 if few else 6, min(256, max(8, rows // 8)), 31),
        "min_data_in_leaf": Dimension("whole", 1 if few else 2, min(300, max(20, rows // 40)), 20),
        "feature_fraction": Dimension("linear", 0.35 * most_features, most_features, most_features),
        "bagging_fraction": Dimension("linear", 0.5, 1.0, 1.0),
        # Row sampling does nothing in LightGBM unless this is set too.
        "bagging_freq": Dimension.choice([1], 1),
        "lambda_l1": Dimension("log", 1e-3 * spread, 2 * spread, 0.0),
        "lambda_l2": Dimension("log", 1e-2, 30, 0.0),
        "min_gain_to_split": Dimension("log", 1e-4 * spread**2, 0.2 * spread**2, 0.0),
        "path_smooth": Dimension("log", 1e-2, 20, 0.0),
        "extra_trees": Dimension.choice([False, True], default=False),
    }
    if rarest is not None:
        space["min_sum_hessian_in_leaf"] = Dimension("log", 1e-3, 10, 1e-3)
    if categories:
        space["cat_smooth"] = Dimension("log", 1, 300, 10.0)
        space["cat_l2"] = Dimension("log", 0.1, 100, 10.0)
    return space | option_space("recipe", recipes)


def option_space(name: str, options: Sequence[Json]) -> dict[str, Dimension]:
    """What a space has besides where there is more than one option to choose from."""
    return {name: Dimension.choice(options, CHOICES[name])} if len(options) > 1 else {}


def augmentation_space(kinds: Sequence[Augmentation]) -> Space:
    """What an augmentation on trial may be: its kind and its strength."""
    return {
        "augmentation": Dimension.choice(kinds, CHOICES["augmentation"]),
        "augmentation_strength": Dimension("linear", 0.1, 1.0, CHOICES["augmentation_strength"]),
    }


def defaults(space: Space) -> dict[str, Json]:
    """LightGBM's own, unless the user says otherwise."""
    return {name: dimension.default for name, dimension in space.items()}


def family_of(space: Space) -> Family:
    """Whose space it is: what does not say it is of boosted trees."""
    family: Family = space["family"].default if "family" in space else CHOICES["family"]
    return family


def is_point(space: Space) -> bool:
    """Whether there is nothing to choose."""
    return all(len(dimension.options) == 1 for dimension in space.values())


def within(space: Space, some: Mapping[str, Json]) -> dict[str, Json]:
    """The defaults with some other values, brought inside the space; what the space does not hold passes as it is."""
    return defaults(space) | {name: space[name].clip(value) if name in space else value for name, value in some.items()}


def to_vals(space: Space, params: Mapping[str, Json]) -> dict[str, float]:
    """Params as hyperopt knows them; what lies outside a range counts as its nearest end."""
    return {name: _val(dimension, params.get(name, dimension.default)) for name, dimension in space.items()}


def to_params(space: Space, vals: Mapping[str, Any]) -> dict[str, Json]:
    """What hyperopt proposes as it stands in a trial's params."""
    return {name: _value(dimension, vals[name]) for name, dimension in space.items()}


def _value(dimension: Dimension, val: Any) -> Json:  # noqa: ANN401 - hyperopt's numbers are numpy's
    if dimension.options:
        return dimension.options[int(val)]
    # A logarithm and back may lead a hair outside.
    return _CASTS[dimension.scale](dimension.clip(val))


def _val(dimension: Dimension, value: Json) -> float:
    inside = dimension.clip(value)
    return float(dimension.options.index(inside) if dimension.options else inside)
