"""A user's own say in a search: params that are fixed, ranges narrower or further, and what features may do."""

import math
from collections.abc import Mapping, Sequence
from typing import Final, Literal, get_args

from automl.learners.params import OPTIONS, RANGES, TUNABLE
from automl.learners.settings import FOREST_ROWS
from automl.spaces.space import Dimension, Space
from automl.types import Family, Json, TrainRequest

_WIDE: Final = 10
_NOTHING: Final = 1e-3


def constrain(space: Space, family: Family, fixed: Mapping[str, Json], ranges: Mapping[str, Sequence[Json]]) -> Space:
    """A family's space under fixed params and ranges, which may also bring in parameters that it did not hold.

    Args:
        space: what would be searched otherwise.
        family: what other families have is none of its business.
        fixed: params with one value each, as `constraintchecks` has passed them.
        ranges: for a number its lowest and highest value, for anything else the options; likewise.
    """
    return {
        **space,
        **{name: Dimension.choice([value], value) for name, value in fixed.items() if family in TUNABLE[name]},
        **{name: _dimension(name, ends, space.get(name)) for name, ends in ranges.items() if family in TUNABLE[name]},
    }


def least_rate(fixed: Mapping[str, Json], ranges: Mapping[str, Sequence[Json]]) -> float:
    """The least learning rate that is asked for; 0 where nothing is said of it."""
    rate: float = fixed.get("learning_rate", ranges.get("learning_rate", [0.0])[0])
    return rate


def keepers(request: TrainRequest) -> list[Family]:
    """The families that are asked for and can keep what else is.

    LightGBM's forests insist on trees that leave some rows out. Neural networks keep no constraint on columns.
    """
    fraction = request.params.get("bagging_fraction", request.ranges.get("bagging_fraction", [0.0])[0])
    leaves_rows = request.params.get("bagging_freq", 1) and fraction < FOREST_ROWS
    on_columns = any(request.monotone.values()) or request.interactions
    unable = {*([] if leaves_rows else ["forest"]), *(["neural"] if on_columns else [])}
    return [family for family in get_args(Family) if family in request.families and family not in unable]


def with_rows_left(ranges: Mapping[str, Sequence[Json]]) -> dict[str, Sequence[Json]]:
    """Ranges as far as a forest may go."""
    ends = ranges.get("bagging_fraction")
    return {**ranges, **({"bagging_fraction": [ends[0], min(ends[1], FOREST_ROWS)]} if ends else {})}


def is_number(name: str) -> bool:
    """Whether the range of a tunable param has two ends, and not options."""
    return name not in OPTIONS and RANGES[name].kind is not bool


def signs(sources: Sequence[str], monotone: Mapping[str, int]) -> tuple[int, ...]:
    """The sign of each feature by those of the columns that they come from; nothing where no feature has one."""
    found = tuple(monotone.get(name, 0) for name in sources)
    return found if any(found) else ()


def meetings(sources: Sequence[str], groups: Sequence[Sequence[str]]) -> tuple[tuple[int, ...], ...]:
    """Groups of columns as groups of the features that come from them, without those that no feature comes from."""
    places: dict[str, list[int]] = {}
    for index, name in enumerate(sources):
        places.setdefault(name, []).append(index)
    found = (sorted({index for name in group for index in places.get(name, [])}) for group in groups)
    return tuple(tuple(group) for group in found if group)


def _dimension(name: str, ends: Sequence[Json], known: Dimension | None) -> Dimension:
    if not is_number(name):
        return Dimension.choice(ends, known.default if known else ends[0])
    low, high = ends
    scale = _scale(name, low, high, known)
    if scale == "log" and low <= 0:  # 0 has no logarithm: as good as 0 is where the space begins
        low = min(known.low if known else math.inf, high * _NOTHING)
    middle = (low + high) / 2 if scale == "linear" else math.sqrt(low * high)
    default = known.default if known else round(middle) if scale == "whole" else middle
    return Dimension(scale, low, high, min(max(default, low), high))


def _scale(name: str, low: float, high: float, known: Dimension | None) -> Literal["linear", "log", "whole"]:
    if RANGES[name].kind is int:
        return "whole"
    if known and known.scale in ("linear", "log"):
        return "linear" if known.scale == "linear" else "log"
    return "log" if low > 0 and high >= _WIDE * low else "linear"
