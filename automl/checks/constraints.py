"""Whether what a request says of params, columns and families can be kept for a table."""

from collections.abc import Collection, Mapping, Sequence
from math import inf, isclose
from typing import Final

from automl.checks.refusals import hint, refusal, refuse_if, shown
from automl.errors import Fault, InvalidRequest
from automl.learners.params import RANGES, TUNABLE, misfit
from automl.profiling.columns import ColumnProfile, Profile
from automl.spaces.constraints import is_number, keepers
from automl.types import Json, Task, TrainRequest

_MOST_FAULTS: Final = 20
_LEAST: Final = 1e-300
"""A range that ends below has no room."""
_LEAST_ROWS: Final = 10
"""Of the whole table, for a tree: of one in a fold LightGBM would make none."""
_MOST_NAMES: Final = 20_000
"""In all groups together: LightGBM goes through them at every split."""


def check_tuning(profile: Profile, request: TrainRequest) -> None:
    """Refuse params and ranges that no trial could have, or that are of no family asked for.

    Raises:
        InvalidRequest: `invalid-param` with a fault for each fixed param that is not allowed, `invalid-range` with one
            for each range that is none or holds such a value, `unusable-constraint` where a tree would have hardly a
            row, or where no family that is asked for could keep what is.
    """
    fixed, ranges, families = request.params, request.ranges, request.families
    _refuse_any("invalid-param", "params", {name: _misfit(name, [value], families) for name, value in fixed.items()})
    faults = {name: _misfit(name, ends, families) or _no_range(name, ends, fixed) for name, ends in ranges.items()}
    _refuse_any("invalid-range", "ranges", faults)
    _check_sampling(profile, request)
    detail = (
        "None of these families keeps what is asked: forests, whose trees differ by rows, need 'bagging_freq' of 1 or "
        "more and 'bagging_fraction' below 0.9; neural networks keep no constraints on columns."
    )
    refuse_if(not keepers(request), "unusable-constraint", detail, "families")


def check_columns(profile: Profile, request: TrainRequest, task: Task) -> None:
    """Refuse to ignore or to constrain columns that are not there, or have another part in the run.

    Raises:
        InvalidRequest: `unknown-column` or `unusable-constraint`.
    """
    known = {column.name: column for column in profile.columns}
    parts = other_parts(request)
    for index, name in enumerate(request.ignore):
        _find(known, name, parts, "ignore", index)
    parts |= dict.fromkeys(request.ignore, "is ignored")
    for name, sign in request.monotone.items():
        _check_sign(_find(known, name, parts, "monotone", name), sign, task)
    _check_smoothing(request)
    _check_groups(request)
    for i, group in enumerate(request.interactions):
        for j, name in enumerate(group):
            _find(known, name, parts, "interactions", i, j)


def other_parts(request: TrainRequest) -> dict[str, str]:
    """The columns that are no features since they do something else, by name, with what that is."""
    parts = {request.weights: "has the weights", request.target: "is the target"}
    if request.split != "time":  # the time is known of new rows too, a group or a user's split says nothing about them
        parts[request.split_column] = "says how the rows are split"
    return {name: part for name, part in parts.items() if name is not None}


def _misfit(name: str, values: Sequence[Json], families: Collection[str]) -> str | None:
    if name not in TUNABLE:
        return f"is not one of {', '.join(TUNABLE)}"
    if not set(TUNABLE[name]) & set(families):
        return f"is of {' and '.join(TUNABLE[name])} models only, which 'families' leaves out"
    return next((detail for value in values if (detail := misfit(name, value))), None)


def _no_range(name: str, ends: Sequence[Json], fixed: Mapping[str, Json]) -> str | None:
    if name in fixed:
        return "has a fixed value already"
    if not is_number(name):
        return None if 0 < len(ends) == len(set(ends)) else "must have one option or more, and none twice"
    if len(ends) != 2 or ends[0] >= ends[1] or isclose(*ends) or ends[1] < _LEAST:  # noqa: PLR2004 - two ends
        return "must be a lowest and a clearly higher highest value"
    return "must begin at 1 or more" if RANGES[name].kind is int and ends[0] < 1 else None


def _refuse_any(code: str, field: str, details: Mapping[str, str | None]) -> None:
    faults = [Fault(detail, field=(field, name)) for name, detail in details.items() if detail][:_MOST_FAULTS]
    if faults:
        listed = "; ".join(f"{shown(str(fault.field[-1]))} {fault.detail}" for fault in faults if fault.field)
        raise InvalidRequest(code, f"These {field} cannot be used: {listed}.", faults)


def _check_sampling(profile: Profile, request: TrainRequest) -> None:
    fixed, ranges = request.params, request.ranges
    least = {"params": fixed.get("bagging_fraction", inf), "ranges": ranges.get("bagging_fraction", [inf])[0]}
    for field, share in least.items():
        detail = (
            f"{share} of {profile.rows} rows are hardly any for a tree: 'bagging_fraction' must leave {_LEAST_ROWS}."
        )
        refuse_if(share * profile.rows < _LEAST_ROWS, "unusable-constraint", detail, field, "bagging_fraction")


def _find(known: Mapping[str, ColumnProfile], name: str, parts: Mapping[str, str], *field: str | int) -> ColumnProfile:
    if name not in known:
        detail = f"The table has no column {shown(name)}. {hint(name, [*known])}"
        raise refusal("unknown-column", detail, *field)
    detail = f"{shown(name)} {parts.get(name)}, so nothing is learnt from it: leave it out of {field[0]!r}."
    refuse_if(name in parts, "unusable-constraint", detail, *field)
    return known[name]


def _check_sign(column: ColumnProfile, sign: Json, task: Task) -> None:
    if type(sign) is not int or sign not in (-1, 0, 1):
        why = "1 lets predictions rise with a column, -1 lets them fall, 0 lets them do both; there is nothing else."
    elif sign and task == "multiclass":
        why = "Probabilities of more than two classes cannot be made to rise or fall with a column."
    elif sign and column.type not in ("numeric", "boolean"):
        why = f"Predictions can rise or fall with numbers and booleans, but {shown(column.name)} is {column.type}."
    else:
        return
    raise refusal("unusable-constraint", why, "monotone", column.name)


def _check_smoothing(request: TrainRequest) -> None:
    detail = "Smoothed leaves break monotone constraints: leave 'path_smooth' out, or fix it at 0."
    for name, asked in {"params": request.params, "ranges": request.ranges}.items():
        smooth = any(request.monotone.values()) and asked.get("path_smooth")
        refuse_if(bool(smooth), "unusable-constraint", detail, name, "path_smooth")


def _check_groups(request: TrainRequest) -> None:
    for index, group in enumerate(request.interactions):
        detail = "A group of columns that may act together has one column at least."
        refuse_if(not group, "unusable-constraint", detail, "interactions", index)
    many = sum(map(len, request.interactions)) > _MOST_NAMES
    detail = f"The groups of 'interactions' name columns more than {_MOST_NAMES} times in all."
    refuse_if(many, "unusable-constraint", detail, "interactions")
