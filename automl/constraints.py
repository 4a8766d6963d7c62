"""A user's own say in the search space: params that are fixed, and ranges that are narrower or further."""

import math
from collections.abc import Mapping, Sequence
from typing import Final, Literal

from automl.errors import Fault, InvalidRequest
from automl.params import ALLOWED, check_params
from automl.space import Dimension, Space
from automl.types import Json

_WIDE: Final = 10
_NOTHING: Final = 1e-3


def constrain(space: Space, fixed: Mapping[str, Json], ranges: Mapping[str, Sequence[Json]]) -> Space:
    """The space under fixed params and ranges, which may also bring in parameters that it did not hold.

    Args:
        space: what would be searched otherwise.
        fixed: params with one value each.
        ranges: for a number its lowest and highest value, for anything else the options.

    Raises:
        InvalidRequest: `invalid-param` with a fault for each fixed value that is not allowed, `invalid-range` with one
            for each range that is none, holds such a value, or is of a fixed param.
    """
    check_params(fixed)
    faults = [
        Fault(detail, field=("ranges", name)) for name, ends in ranges.items() if (detail := _fault(name, ends, fixed))
    ]
    if faults:
        listed = "; ".join(f"{fault.field[-1]!r} {fault.detail}" for fault in faults if fault.field)
        raise InvalidRequest("invalid-range", f"These ranges cannot be used: {listed}.", faults)
    return {
        **space,
        **{name: Dimension.choice([value], value) for name, value in fixed.items()},
        **{name: _dimension(name, ends, space.get(name)) for name, ends in ranges.items()},
    }


def _fault(name: str, ends: Sequence[Json], fixed: Mapping[str, Json]) -> str | None:
    if name in fixed:
        return "has a fixed value already"
    if not ends:
        return "has no values"
    try:
        for value in ends:
            check_params({name: value})
    except InvalidRequest as error:
        return error.faults[0].detail
    return _misfit(ends, whole=ALLOWED[name].kind is int) if _is_number(name) else None


def _misfit(ends: Sequence[Json], *, whole: bool) -> str | None:
    if len(ends) != 2 or ends[0] >= ends[1]:  # noqa: PLR2004 - two ends
        return "must be a lowest and a higher highest value"
    return "must begin at 1 or more" if whole and ends[0] < 1 else None


def _is_number(name: str) -> bool:
    return name in ALLOWED and ALLOWED[name].kind is not bool


def _dimension(name: str, ends: Sequence[Json], known: Dimension | None) -> Dimension:
    if not _is_number(name):
        return Dimension.choice(ends, known.default if known else ends[0])
    low, high = ends
    scale = _scale(name, low, high, known)
    if scale == "log" and low <= 0:  # 0 has no logarithm: as good as 0 is where the space begins
        low = min(known.low if known else math.inf, high * _NOTHING)
    middle = (low + high) / 2 if scale == "linear" else math.sqrt(low * high)
    default = known.default if known else round(middle) if scale == "whole" else middle
    return Dimension(scale, low, high, min(max(default, low), high))


def _scale(name: str, low: float, high: float, known: Dimension | None) -> Literal["linear", "log", "whole"]:
    if ALLOWED[name].kind is int:
        return "whole"
    if known and known.scale in ("linear", "log"):
        return "linear" if known.scale == "linear" else "log"
    return "log" if low > 0 and high >= _WIDE * low else "linear"
