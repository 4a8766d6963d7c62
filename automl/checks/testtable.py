"""Whether a separate test table can judge what is learnt from another one."""

from collections.abc import Mapping, Sequence
from typing import Final

from automl.checks.refusals import listed, refusal
from automl.checks.splits import WEIGHTS, weights_fault
from automl.errors import Fault, InvalidRequest
from automl.profiling.columns import ColumnProfile, Profile
from automl.types import ColumnType, Task, TrainRequest

_TAKEN: Final[Mapping[ColumnType, tuple[ColumnType, ...]]] = {
    "numeric": ("numeric", "boolean"),
    "datetime": ("datetime",),
}
"""Types of a test column that can be read as the training table's; what is not listed is read cell by cell."""


def check_test(
    profile: Profile, test: Profile, request: TrainRequest, *, task: Task, features: Sequence[ColumnProfile]
) -> None:
    """Refuse a test table that lacks what the training table has, or whose target cannot be judged by.

    Raises:
        InvalidRequest: `unusable-test`.
    """
    beside = [request.target, *([request.weights] if request.weights else []), *request.slices]
    names = dict.fromkeys([*(column.name for column in features), *beside])
    faults = [fault for name in names if (fault := _misfit(profile.column(name), test.column(name)))]
    if faults:
        first = "; ".join(f"{fault.column!r} {fault.detail}" for fault in faults[:3])
        raise InvalidRequest(
            "unusable-test", f"The test table cannot be read like the training table: {first}.", faults
        )
    weights = test.column(request.weights) if request.weights else None
    if weights and (wrong := weights_fault(weights)):
        detail = f"The weights {weights.name!r} of the test table cannot be: the column {wrong}. {WEIGHTS}"
        raise refusal("unusable-test", detail, "test_dataset")
    target, known = test.column(request.target), profile.column(request.target)
    if target is None or known is None:
        raise KeyError(request.target)
    wrong = _wrong_target(target, known, task)
    if wrong:
        raise refusal("unusable-test", f"The target {target.name!r} of the test table {wrong}.", "test_dataset")


def _misfit(known: ColumnProfile | None, column: ColumnProfile | None) -> Fault | None:
    if known is None:
        return None
    if column is None:
        return Fault("is missing from the test table", column=known.name, field=("test_dataset",))
    if not column.unique or column.type in _TAKEN.get(known.type, (column.type,)):
        return None
    return Fault(
        f"is {known.type} to learn from and {column.type} in the test table", column=known.name, field=("test_dataset",)
    )


def _wrong_target(target: ColumnProfile, known: ColumnProfile, task: Task) -> str | None:
    if target.missing:
        return f"is missing in {target.missing} rows: fill it in or drop those rows"
    if target.statistics.get("infinite"):
        return f"is infinite in {target.statistics['infinite']} rows: correct or drop those rows"
    if task == "regression":
        return None
    unknown = [value for value in target.counts() or () if value not in (known.counts() or ())]
    if unknown or target.counts() is None:
        return f"has classes that the training table lacks: {listed(unknown or ['too many to list'])}"
    return "has the same value in every row, so it can judge nothing" if target.unique == 1 else None
