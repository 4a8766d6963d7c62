"""Whether a table can be split and weighted as a request asks."""

import re
from collections.abc import Mapping
from typing import Final

import numpy as np

from automl.checks.refusals import find_column, listed, refuse_if
from automl.profiling.columns import ColumnProfile, Profile
from automl.splits.split import Folds
from automl.splits.splitters import HELD_OUT, TRAIN, VALID
from automl.types import Sample, Task, TrainRequest

_FOLD: Final = re.compile(r"\d{1,2}")
_LARGEST_WEIGHT: Final = (1e-50, 1e50)
"""Beyond, products of sums of weights leave what floats hold."""
WEIGHTS: Final = "Weights are finite numbers of 0 or more, the largest of them from 1e-50 to 1e50."


def check_split(profile: Profile, request: TrainRequest, *, tested: bool = False) -> None:
    """Refuse what the split column cannot carry; `tested` says that a table of its own takes the holdout's place.

    Raises:
        InvalidRequest: `unknown-column` or `unusable-split`.
    """
    refuse_if(
        request.gap > 0 and request.split != "time",
        "unusable-split",
        f"A gap is for splits along time; the kind is {request.split!r}.",
        "gap",
    )
    if request.split == "random":
        detail = "A random split takes no column: leave it out, or say the kind 'group', 'time' or 'column'."
        refuse_if(request.split_column is not None, "unusable-split", detail, "split_column")
        return
    detail = f"Name the column that a split of the kind {request.split!r} goes by."
    refuse_if(request.split_column is None, "unusable-split", detail, "split_column")
    column = find_column(profile, request.split_column or "", "unknown-column", "split_column")
    _refuse_split_if(column.name == request.target, f"{column.name!r} is the target: split by another column.")
    _refuse_split_if(
        column.missing > 0,
        f"{column.name!r} is missing in {column.missing} of {profile.rows} rows: fill it in or drop those rows, "
        "as they would be on no side of the split.",
    )
    if request.split == "column":
        _check_column(column, request, tested=tested)
    else:
        _check_parts(column, request, least=2 if tested else 3)


def check_weights(profile: Profile, request: TrainRequest) -> None:
    """Refuse weights that no row could have.

    Raises:
        InvalidRequest: `unknown-column` or `unusable-weights`.
    """
    if request.weights is None:
        return
    column = find_column(profile, request.weights, "unknown-column", "weights")
    wrong = "is the target" if column.name == request.target else weights_fault(column)
    detail = f"{column.name!r} cannot weigh rows, as it {wrong}. {WEIGHTS}"
    refuse_if(wrong is not None, "unusable-weights", detail, "weights")


def weights_fault(column: ColumnProfile) -> str | None:
    """Why a column cannot weigh rows, to be said after its name; None where it can."""
    least, most = (column.statistics.get(end) for end in ("min", "max"))
    faults = {
        f"is {column.type}, not numeric": column.type != "numeric",
        f"is missing in {column.missing} rows": column.missing > 0,
        "holds infinity": bool(column.statistics.get("infinite")),
        f"goes down to {least}": least is not None and least < 0,
        "is 0 in every row": most == 0,
        f"goes up to {most}": most is not None and not _LARGEST_WEIGHT[0] <= most <= _LARGEST_WEIGHT[1],
    }
    return next((fault for fault, holds in faults.items() if holds), None)


def check_sides(task: Task, folds: Folds, sides: Mapping[str, Sample]) -> None:
    """Refuse a split of the user's own that leaves nothing to learn or to judge, which only the rows tell.

    Args:
        task: what is predicted.
        folds: of the training rows.
        sides: the rows on each, by what these are called.

    Raises:
        InvalidRequest: `unusable-split` or `unusable-weights`.
    """
    _refuse_split_if(not folds, "No fold has rows to learn from before those that it validates: lower 'gap'.")
    empty = any(not len(part) for fold in folds for part in fold)
    _refuse_split_if(empty, "A fold has no rows to learn from, or none to validate: split so that each side has some.")
    for name, side in sides.items():
        count = len(side.target)
        _refuse_split_if(not count, f"The split leaves no {name} rows.")
        single = task != "regression" and len(np.unique(side.target)) == 1
        _refuse_split_if(single, f"All {count} {name} rows are of one class: split so that each side has more.")
        weightless = side.weights is not None and not side.weights.any()
        _refuse_split_if(weightless, f"The weights of all {count} {name} rows are 0.")
    weights = sides["training"].weights
    if weights is not None:
        weightless = any(not weights[part].any() for fold in folds for part in fold)
        detail = "In one of the folds all rows to learn from, or to validate, weigh 0: more rows must count."
        refuse_if(weightless, "unusable-weights", detail, "weights")


def _check_parts(column: ColumnProfile, request: TrainRequest, *, least: int) -> None:
    """Of groups and moments there must be some to learn from, to validate and to hold out."""
    if request.split == "time":
        infinite = bool(column.statistics.get("infinite"))
        _refuse_split_if(
            column.type not in ("datetime", "numeric") or infinite,
            f"{column.name!r} is {'infinite in places' if infinite else column.type}: a split along time needs dates "
            "or finite numbers.",
        )
        detail = "A split along time is the same each time it is made: leave 'repeats' at 1."
        refuse_if(request.repeats > 1, "unusable-split", detail, "repeats")
    _refuse_split_if(
        column.unique < least,
        f"{column.name!r} has {column.unique} different values, and a split of the kind {request.split!r} needs "
        f"{least}: to learn from, to validate{'' if least == 2 else ' and to hold out'}.",  # noqa: PLR2004
    )


def _check_column(column: ColumnProfile, request: TrainRequest, *, tested: bool) -> None:
    counts = column.counts() or {}
    folds = [value for value in counts if value == VALID or _FOLD.fullmatch(value)]
    others = [value for value in counts if value not in (TRAIN, *HELD_OUT, *folds)]
    values = f"{TRAIN!r}, {VALID!r}, {' or '.join(map(repr, HELD_OUT))}, or the number of a fold from 0 to 99"
    _refuse_split_if(not counts, f"{column.name!r} has {column.unique} different values; each row must say {values}.")
    _refuse_split_if(bool(others), f"{column.name!r} says {listed(others)} in some rows; it may say {values}.")
    _refuse_split_if(
        TRAIN not in counts and len(folds) < 2,  # noqa: PLR2004 - one learns, the other validates
        f"{column.name!r} leaves no row to learn from: let some say {TRAIN!r}, or number two folds or more.",
    )
    held_out = [value for value in HELD_OUT if value in counts]
    _refuse_split_if(
        tested and bool(held_out),
        f"{column.name!r} says {listed(held_out)} in some rows, and there is a test table too: which of them judges?",
    )
    detail = f"{column.name!r} says what the folds are, so they cannot be drawn anew: leave 'repeats' at 1."
    refuse_if(bool(folds) and request.repeats > 1, "unusable-split", detail, "repeats")


def _refuse_split_if(condition: bool, detail: str) -> None:  # noqa: FBT001 - reads as a sentence
    refuse_if(condition, "unusable-split", detail, "split_column")
