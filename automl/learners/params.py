"""What a trial's params may be: LightGBM parameters, and how far each may go, and choices of Winnow's own.

LightGBM reads files, opens sockets and takes all memory or threads when its parameters say so. Whatever is not listed
here never reaches it.
"""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple, get_args

from automl.errors import Fault, InvalidRequest
from automl.learners.schedules import Schedule
from automl.text.levels import PIECES
from automl.types import Augmentation, Family, Json, Link, Start

TREES: Final[tuple[Family, ...]] = ("boosted", "forest")
"""Those that LightGBM fits."""


class Range(NamedTuple):
    """What a parameter may be: a `kind` between `low` and `high`, both included."""

    kind: type[bool] | type[int] | type[float]
    low: float = 0
    high: float = 1


ALLOWED: Final[Mapping[str, Range]] = {
    "learning_rate": Range(float, 1e-4, 1.0),
    "num_leaves": Range(int, 2, 4096),
    "max_depth": Range(int, -1, 64),
    "min_data_in_leaf": Range(int, 1, 1_000_000),
    # At 0, LightGBM's fit failed on half of 60 small tables, as it splits off leaves without rows.
    "min_sum_hessian_in_leaf": Range(float, 1e-9, 1e6),
    "feature_fraction": Range(float, 0.01, 1.0),
    "feature_fraction_bynode": Range(float, 0.01, 1.0),
    "bagging_fraction": Range(float, 0.01, 1.0),
    "bagging_freq": Range(int, 0, 100),
    # These are in units of the target for regression, so they have no natural upper bound.
    "lambda_l1": Range(float, 0, 1e30),
    "lambda_l2": Range(float, 0, 1e30),
    "min_gain_to_split": Range(float, 0, 1e30),
    "max_delta_step": Range(float, 0, 1e30),
    "path_smooth": Range(float, 0, 1e6),
    "extra_trees": Range(bool),
    "cat_smooth": Range(float, 0, 1e6),
    "cat_l2": Range(float, 0, 1e6),
    "max_cat_threshold": Range(int, 1, 1024),
    "max_cat_to_onehot": Range(int, 1, 256),
    "min_data_per_group": Range(int, 1, 1_000_000),
}
"""GOSS is not among them: with it the model depends on the number of threads."""

CHOICES: Final[Mapping[str, Json]] = {
    "family": "boosted",
    "schedule": "constant",
    "link": "identity",
    "boost_from": "average",
    "recipe": "plain",
    "text": "none",  # of `levels.PIECES`: what texts tell
    "seed": 0,
    "augmentation": "none",  # or names of augmentations with a "+" between
    "augmentation_strength": 0.5,
    "linear_c": 1.0,  # of a linear model alone: the penalty of `linear.fit_linear`
    "dropout": 0.1,  # of neural networks alone, as are the next two
    "number_bins": 0,
    "neural_rate": 0.002,
}
"""What else params may hold, with what a missing one means. None of it is a parameter of LightGBM."""

TUNABLE: Final[Mapping[str, tuple[Family, ...]]] = {
    **dict.fromkeys(ALLOWED, TREES),
    "learning_rate": ("boosted",),
    **dict.fromkeys(("schedule", "boost_from"), ("boosted",)),
    "link": ("boosted", "linear", "neural"),
    "linear_c": ("linear",),
    **dict.fromkeys(("dropout", "number_bins", "neural_rate"), ("neural",)),
}
"""What a request may fix or give a range, and the kinds of models that have it."""

OPTIONS: Final[Mapping[str, tuple[Json, ...]]] = {
    "family": get_args(Family),
    "schedule": get_args(Schedule),
    "link": get_args(Link),
    "boost_from": get_args(Start),
}
"""What those choices may be that have a name."""

_RECIPE: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
RANGES: Final[Mapping[str, Range]] = {
    **ALLOWED,
    "seed": Range(int, 0, 2**31 - 1),
    "augmentation_strength": Range(float, 0.01, 1.0),
    "linear_c": Range(float, 1e-4, 1e4),
    "dropout": Range(float, 0.0, 0.9),
    "number_bins": Range(int, 0, 64),
    "neural_rate": Range(float, 1e-5, 0.1),
}
"""What all those may be that are no names."""


def choice(params: Mapping[str, Json], name: str) -> Json:
    """One of Winnow's own choices, also where the params do not say it."""
    return params.get(name, CHOICES[name])


def is_random(params: Mapping[str, Json]) -> bool:
    """Whether another seed gives another model."""
    family = choice(params, "family")
    if family != "boosted":
        return bool(family != "linear")
    fractions = ("feature_fraction", "feature_fraction_bynode", "bagging_fraction")
    return bool(params.get("extra_trees")) or any(params.get(name, 1.0) < 1 for name in fractions)


def check_params(params: Mapping[str, Json]) -> None:
    """Let nothing pass but listed parameters of the right type within their range, and choices that there are.

    Which recipes there are depends on the table: here a recipe need only be a name.

    Raises:
        InvalidRequest: `invalid-param` with a fault for each one that is not.
    """
    faults = [
        Fault(detail, field=("params", name)) for name, value in params.items() if (detail := misfit(name, value))
    ]
    if faults:
        listed = "; ".join(f"{fault.field[-1]!r} {fault.detail}" for fault in faults if fault.field)
        raise InvalidRequest("invalid-param", f"These parameters cannot be used: {listed}.", faults)


def misfit(name: str, value: Json) -> str | None:
    """What is wrong with a param; None where nothing is."""
    if name in OPTIONS:
        options = OPTIONS[name]
        return None if isinstance(value, str) and value in options else f"must be one of {', '.join(options)}"
    if name == "recipe":
        return None if isinstance(value, str) and _RECIPE.fullmatch(value) else "must be the name of a recipe"
    if name == "text":
        return None if isinstance(value, str) and value in PIECES else f"must be one of {', '.join(PIECES)}"
    if name == "augmentation":
        known = isinstance(value, str) and (value == "none" or set(value.split("+")) <= set(get_args(Augmentation)))
        return None if known else f"must be none or of {', '.join(get_args(Augmentation))}"
    allowed = RANGES.get(name)
    return _outside(allowed, value) if allowed else f"is not one of {', '.join([*ALLOWED, *CHOICES])}"


def _outside(allowed: Range, value: Json) -> str | None:
    kind, low, high = allowed
    if kind is bool:
        return None if isinstance(value, bool) else "must be true or false"
    right = isinstance(value, int if kind is int else int | float) and not isinstance(value, bool)
    if not right or not low <= value <= high:
        return f"must be {'a whole number' if kind is int else 'a number'} from {low:g} to {high:g}"
    return None
