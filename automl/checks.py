"""Whether a run can be what is asked of a table, said before anything is queued, from the profile alone."""

import difflib
import math
from typing import Final, get_args

from automl.columns import ColumnProfile, Profile
from automl.errors import Fault, InvalidRequest
from automl.metrics import METRICS
from automl.split import fold_count
from automl.tasks import infer_task
from automl.types import Algorithm, Task, TrainRequest

__all__ = ["check_request", "infer_task"]

LEAST_ROWS: Final = 20
MOST_CLASSES: Final = 200
_MOST_FOLDS = 20
_MOST_HOLDOUT = 0.5
_LISTED = 5


def check_request(profile: Profile, request: TrainRequest) -> Task:
    """The task of the run, once everything else about the request is known to be possible.

    Raises:
        InvalidRequest: the first thing that is wrong: `out-of-range`, `unknown-target`, `too-few-rows`, `null-target`,
            `infinite-target`, `unsupported-target`, `one-class`, `task-not-for-target`, `unknown-metric`,
            `metric-not-for-task`, `unknown-class`, `too-many-classes`, `rare-class`, `no-features`, `infinite-value`.
    """
    _check_ranges(request)
    target = _target(profile, request)
    _check_values(profile, target)
    task = _task(profile, target, request)
    _check_metric(request, task)
    if task == "regression":
        _refuse_if(request.positive is not None, "unknown-class", "A regression has no positive class.", "positive")
    else:
        _check_classes(profile, target, request, task)
    _check_features(profile, target)
    return task


def _check_ranges(request: TrainRequest) -> None:
    ranges = {
        "timeout_s": (math.isfinite(request.timeout_s) and request.timeout_s > 0, "a positive number of seconds"),
        "max_trials": (request.max_trials is None or request.max_trials >= 1, "1 or more, or left out"),
        "holdout": (0 < request.holdout <= _MOST_HOLDOUT, f"more than 0 and at most {_MOST_HOLDOUT}"),
        "folds": (request.folds is None or 2 <= request.folds <= _MOST_FOLDS, f"2 to {_MOST_FOLDS}, or left out"),  # noqa: PLR2004
        "algorithm": (request.algorithm in get_args(Algorithm), f"one of {', '.join(get_args(Algorithm))}"),
        "task": (request.task is None or request.task in METRICS, f"one of {', '.join(METRICS)}, or left out"),
    }
    for field, (holds, due) in ranges.items():
        _refuse_if(not holds, "out-of-range", f"{field!r} must be {due}.", field)


def _target(profile: Profile, request: TrainRequest) -> ColumnProfile:
    target = profile.column(request.target)
    if target is None:
        names = [column.name for column in profile.columns]
        near = difflib.get_close_matches(request.target, names, n=3, cutoff=0.5)
        hint = f"Did you mean {_listed(near)}?" if near else f"The table has {_listed(names)}."
        raise _refusal("unknown-target", f"The table has no column {request.target[:100]!r}. {hint}", "target")
    return target


def _check_values(profile: Profile, target: ColumnProfile) -> None:
    name = target.name
    _refuse_if(
        profile.rows < LEAST_ROWS,
        "too-few-rows",
        f"The table has {profile.rows} rows; at least {LEAST_ROWS} are needed to train and to judge a model.",
        "dataset",
    )
    _refuse_if(
        target.missing > 0,
        "null-target",
        f"The target {name!r} is missing in {target.missing} of {profile.rows} rows: fill it in or drop those rows "
        "(an empty field, NA, N/A, NaN, null, None and ? count as missing).",
        "target",
    )
    infinite, rows = target.statistics.get("infinite", 0), target.statistics.get("infinite_rows", [])
    _refuse_if(
        infinite > 0,
        "infinite-target",
        f"The target {name!r} is infinite in {infinite} rows (0-based: {_listed(rows)}): correct or drop those rows.",
        "target",
    )
    _refuse_if(
        target.unique == 1,
        "one-class",
        f"The target {name!r} has the same value in every row, so there is nothing to learn.",
        "target",
    )
    _refuse_if(
        target.type in ("datetime", "text"),
        "unsupported-target",
        f"The target {name!r} is {target.type}: only numbers and classes can be predicted.",
        "target",
    )


def _task(profile: Profile, target: ColumnProfile, request: TrainRequest) -> Task:
    task = request.task or infer_task(profile, target.name)
    if task == "regression":
        fits, due = target.type == "numeric", "a target of numbers"
    elif task == "binary":
        fits, due = target.unique == 2, "a target of exactly two values"  # noqa: PLR2004
    else:
        fits, due = target.unique > 2, "a target of more than two values"  # noqa: PLR2004
    _refuse_if(
        not fits,
        "task-not-for-target",
        f"The task {task} needs {due}; {target.name!r} is {target.type} with {target.unique} different values.",
        "task",
    )
    return task


def _check_metric(request: TrainRequest, task: Task) -> None:
    if request.metric is None or request.metric in METRICS[task]:
        return
    known = any(request.metric in metrics for metrics in METRICS.values())
    raise _refusal(
        "metric-not-for-task" if known else "unknown-metric",
        f"{str(request.metric)[:100]!r} is no metric for the task {task}: choose of {', '.join(METRICS[task])}.",
        "metric",
    )


def _check_classes(profile: Profile, target: ColumnProfile, request: TrainRequest, task: Task) -> None:
    counts = target.counts()
    if target.unique > MOST_CLASSES or counts is None:
        raise _refusal(
            "too-many-classes",
            f"The target {target.name!r} has {target.unique} different values, too many to be classes: "
            "merge rare ones, or choose another target.",
            "target",
        )
    if request.positive is not None:
        _refuse_if(task != "binary", "unknown-class", "Only a binary task has a positive class.", "positive")
        _refuse_if(
            request.positive not in counts,
            "unknown-class",
            f"The target {target.name!r} has no class {request.positive[:100]!r}, but {_listed(list(counts))}.",
            "positive",
        )
    folds = request.folds or max(2, fold_count(round(profile.rows * (1 - request.holdout))))
    rare = [f"{value} ({count})" for value, count in counts.items() if count < folds]
    _refuse_if(
        bool(rare),
        "rare-class",
        f"Each of {folds} folds needs a row of every class, and some classes have fewer rows than that: "
        f"{_listed(rare)}. Merge or drop them, or lower 'folds'.",
        "target",
    )


def _check_features(profile: Profile, target: ColumnProfile) -> None:
    features = [column for column in profile.columns if column is not target and column.unique > 1]
    _refuse_if(
        not features,
        "no-features",
        f"No column but the target {target.name!r} has more than one value, so there is nothing to predict from.",
        "dataset",
    )
    faults = [
        Fault("is infinite: correct the value or leave it empty", row=row, column=column.name)
        for column in features
        for row in column.statistics.get("infinite_rows", [])
    ]
    if faults:
        names = list(dict.fromkeys(fault.column for fault in faults))
        raise InvalidRequest(
            "infinite-value",
            f"Features hold infinite values: {_listed(names)}. Correct them or leave those cells empty.",
            faults[:20],
        )


def _refuse_if(condition: bool, code: str, detail: str, field: str) -> None:  # noqa: FBT001 - reads as a sentence
    if condition:
        raise _refusal(code, detail, field)


def _refusal(code: str, detail: str, field: str) -> InvalidRequest:
    return InvalidRequest(code, detail, [Fault(detail, field=(field,))])


def _listed(values: list[str] | list[str | None] | list[int]) -> str:
    more = f" and {len(values) - _LISTED} more" if len(values) > _LISTED else ""
    return ", ".join(repr(value) for value in values[:_LISTED]) + more
