"""What may be tried: a flat search space, and how a trial's params stand in it.

Every dimension has one value in `params` and one in hyperopt, and each can be had from the other, so that a search can
be rebuilt from nothing but the params of its trials.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from automl.types import Json


@dataclass(frozen=True, slots=True)
class Dimension:
    """One parameter: its scale, its range, LightGBM's own default."""

    scale: Literal["linear", "log", "whole", "switch"]
    low: float
    high: float
    default: Json


Space = Mapping[str, Dimension]

_CASTS: Final[Mapping[str, Callable[[Any], Json]]] = {"switch": bool, "whole": round, "linear": float, "log": float}
# Row sampling does nothing in LightGBM unless this is set too.
_ALWAYS: Final[Mapping[str, Json]] = {"bagging_freq": 1}

_PORTFOLIO: Final[tuple[Mapping[str, Json], ...]] = (
    # small regular trees
    {"learning_rate": 0.05, "num_leaves": 12, "feature_fraction": 0.6, "bagging_fraction": 0.8, "lambda_l2": 5.0},
    # wide trees on few features
    {
        "learning_rate": 0.05,
        "num_leaves": 100,
        "min_data_in_leaf": 10,
        "feature_fraction": 0.5,
        "bagging_fraction": 0.8,
    },
    # smooth trees at random cuts
    {
        "learning_rate": 0.08,
        "num_leaves": 50,
        "min_data_in_leaf": 5,
        "feature_fraction": 0.7,
        "path_smooth": 2.0,
        "extra_trees": True,
    },
)


def build_space(rows: int, *, categories: bool, spread: float = 1.0) -> Space:
    """The space for a table: narrow, since the few trials that a budget holds should all be worth their time.

    Args:
        rows: that a fold trains on: leaves of many rows make sense only where there are many.
        categories: whether any feature is categorical.
        spread: standard deviation of a regression target, in which LightGBM measures some penalties; else 1.
    """
    space = {
        "learning_rate": Dimension("log", 0.02, 0.2, 0.1),
        "num_leaves": Dimension("whole", 6, min(256, max(8, rows // 8)), 31),
        "min_data_in_leaf": Dimension("whole", 2, min(300, max(20, rows // 40)), 20),
        "feature_fraction": Dimension("linear", 0.35, 1.0, 1.0),
        "bagging_fraction": Dimension("linear", 0.5, 1.0, 1.0),
        "lambda_l1": Dimension("log", 1e-3 * spread, 2 * spread, 0.0),
        "lambda_l2": Dimension("log", 1e-2, 30, 0.0),
        "min_gain_to_split": Dimension("log", 1e-4 * spread**2, 0.2 * spread**2, 0.0),
        "path_smooth": Dimension("log", 1e-2, 20, 0.0),
        "extra_trees": Dimension("switch", 0, 1, default=False),
    }
    if categories:
        space["cat_smooth"] = Dimension("log", 1, 300, 10.0)
        space["cat_l2"] = Dimension("log", 0.1, 100, 10.0)
    return space


def defaults(space: Space) -> dict[str, Json]:
    """LightGBM's own."""
    return {name: dimension.default for name, dimension in space.items()} | dict(_ALWAYS)


def portfolio(space: Space) -> list[dict[str, Json]]:
    """A few configurations that cover the field, for any table."""
    return [defaults(space) | {name: _clip(space[name], value) for name, value in some.items()} for some in _PORTFOLIO]


def to_vals(space: Space, params: Mapping[str, Json]) -> dict[str, float]:
    """Params as hyperopt knows them; what lies outside a range counts as its nearest end."""
    return {name: float(_clip(dimension, params[name])) for name, dimension in space.items()}


def to_params(space: Space, vals: Mapping[str, Any]) -> dict[str, Json]:
    """What hyperopt proposes as LightGBM takes it."""
    return {name: _CASTS[dimension.scale](vals[name]) for name, dimension in space.items()} | dict(_ALWAYS)


def _clip(dimension: Dimension, value: Json) -> Json:
    return value if dimension.scale == "switch" else min(max(value, dimension.low), dimension.high)
