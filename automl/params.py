"""The LightGBM parameters that may be set, and how far.

LightGBM reads files, opens sockets and takes all memory or threads when its parameters say so. Whatever is not listed
here never reaches it.
"""

import math
from collections.abc import Mapping
from typing import Final, NamedTuple

from automl.errors import Fault, InvalidRequest
from automl.types import Json


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
    "min_sum_hessian_in_leaf": Range(float, 0, 1e6),
    "feature_fraction": Range(float, 0.01, 1.0),
    "feature_fraction_bynode": Range(float, 0.01, 1.0),
    "bagging_fraction": Range(float, 0.01, 1.0),
    "bagging_freq": Range(int, 0, 100),
    # These are in units of the target for regression, so they have no natural upper bound.
    "lambda_l1": Range(float, 0, 1e30),
    "lambda_l2": Range(float, 0, 1e30),
    "min_gain_to_split": Range(float, 0, 1e30),
    "path_smooth": Range(float, 0, 1e6),
    "extra_trees": Range(bool),
    "cat_smooth": Range(float, 0, 1e6),
    "cat_l2": Range(float, 0, 1e6),
    "max_cat_threshold": Range(int, 1, 1024),
    "max_cat_to_onehot": Range(int, 1, 256),
}


def check_params(params: Mapping[str, Json]) -> None:
    """Let nothing pass but listed parameters of the right type within their range.

    Raises:
        InvalidRequest: `invalid-param` with a fault for each one that is not.
    """
    faults = [
        Fault(detail, field=("params", name)) for name, value in params.items() if (detail := _fault(name, value))
    ]
    if faults:
        listed = "; ".join(f"{fault.field[-1]!r} {fault.detail}" for fault in faults if fault.field)
        raise InvalidRequest("invalid-param", f"These parameters cannot be used: {listed}.", faults)


def _fault(name: str, value: Json) -> str | None:
    allowed = ALLOWED.get(name)
    if allowed is None:
        return f"is not one of {', '.join(ALLOWED)}"
    kind, low, high = allowed
    if kind is bool:
        return None if isinstance(value, bool) else "must be true or false"
    right = isinstance(value, int if kind is int else int | float) and not isinstance(value, bool)
    if not right or not math.isfinite(value) or not low <= value <= high:
        return f"must be {'a whole number' if kind is int else 'a number'} from {low:g} to {high:g}"
    return None
