"""Whether a table's target can be predicted as a request asks."""

from typing import Final

from automl.checks.refusals import find_column, listed, refusal, refuse_if, shown
from automl.metrics import METRICS
from automl.profiling.columns import ColumnProfile, Profile
from automl.profiling.tasks import infer_task
from automl.types import Task, TrainRequest

_LEAST_ROWS: Final = 20
_MOST_CLASSES: Final = 200
_MOST_SIZE: Final = 1e15


def check_target(profile: Profile, request: TrainRequest) -> Task:
    """The task, once target, metric and positive class are known to fit it.

    Raises:
        InvalidRequest: the first thing that is wrong, of what `checks.check_request` lists.
    """
    target = find_column(profile, request.target, "unknown-target", "target")
    _check_values(profile, target)
    task = _task(profile, target, request)
    _check_metric(target, request, task)
    if task == "regression":
        refuse_if(request.positive is not None, "unknown-class", "A regression has no positive class.", "positive")
        _check_size(target)
    else:
        _check_classes(target, request, task)
    _check_order(target, request, task)
    return task


def _check_values(profile: Profile, target: ColumnProfile) -> None:
    name = target.name
    refuse_if(
        profile.rows < _LEAST_ROWS,
        "too-few-rows",
        f"The table has {profile.rows} rows; at least {_LEAST_ROWS} are needed to train and to judge a model.",
        "dataset",
    )
    refuse_if(
        target.missing > 0,
        "null-target",
        f"The target {name!r} is missing in {target.missing} of {profile.rows} rows: fill it in or drop those rows "
        "(an empty field, NA, N/A, NaN, null, None and ? count as missing).",
        "target",
    )
    infinite, rows = target.statistics.get("infinite", 0), target.statistics.get("infinite_rows", [])
    refuse_if(
        infinite > 0,
        "infinite-target",
        f"The target {name!r} is infinite in {infinite} rows (0-based: {listed(rows)}): correct or drop those rows.",
        "target",
    )
    refuse_if(
        target.unique == 1,
        "one-class",
        f"The target {name!r} has the same value in every row, so there is nothing to learn.",
        "target",
    )
    refuse_if(
        target.type in ("datetime", "text", "image"),
        "unsupported-target",
        f"The target {name!r} is {target.type}: only numbers and classes can be predicted.",
        "target",
    )


def _check_size(target: ColumnProfile) -> None:
    """LightGBM learns from floats of 32 bits, and its penalties are of the targets' squares."""
    most = max(abs(target.statistics["min"]), abs(target.statistics["max"]))
    refuse_if(
        most > _MOST_SIZE,
        "unsupported-target",
        f"The target {target.name!r} has values of a size of {most:.0e}: divide it, so that none is beyond "
        f"{_MOST_SIZE:.0e}.",
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
    refuse_if(
        not fits,
        "task-not-for-target",
        f"The task {task} needs {due}; {target.name!r} is {target.type} with {target.unique} different values.",
        "task",
    )
    return task


def _check_metric(target: ColumnProfile, request: TrainRequest, task: Task) -> None:
    refuse_if(
        request.metric == "kappa_quadratic" and target.type != "numeric" and request.class_order is None,
        "metric-not-for-task",
        "kappa_quadratic is for classes in an order: say it with 'class_order', or choose kappa.",
        "metric",
    )
    if request.metric is None or request.metric in METRICS[task]:
        return
    known = any(request.metric in metrics for metrics in METRICS.values())
    raise refusal(
        "metric-not-for-task" if known else "unknown-metric",
        f"{shown(str(request.metric))} is no metric for the task {task}: choose of {', '.join(METRICS[task])}.",
        "metric",
    )


def _check_classes(target: ColumnProfile, request: TrainRequest, task: Task) -> None:
    counts = target.counts()
    if target.unique > _MOST_CLASSES or counts is None:
        raise refusal(
            "too-many-classes",
            f"The target {target.name!r} has {target.unique} different values, too many to be classes: "
            "merge rare ones, or choose another target.",
            "target",
        )
    if request.positive is not None:
        refuse_if(task != "binary", "unknown-class", "Only a binary task has a positive class.", "positive")
        refuse_if(
            request.positive not in counts,
            "unknown-class",
            f"The target {target.name!r} has no class {shown(request.positive)}, but {listed(counts)}.",
            "positive",
        )
    alone = [value for value, count in counts.items() if count == 1]
    refuse_if(
        bool(alone),
        "rare-class",
        f"A class of a single row cannot be both learnt and judged: {listed(alone)}. Merge or drop it.",
        "target",
    )


def _check_order(target: ColumnProfile, request: TrainRequest, task: Task) -> None:
    order = request.class_order
    if order is None:
        return
    counts = target.counts() or {}
    refuse_if(task != "multiclass", "unknown-class", "Only more than two classes have an order.", "class_order")
    refuse_if(
        sorted(order) != sorted(counts),
        "unknown-class",
        f"'class_order' must name each class of {target.name!r} once: {listed(counts)}.",
        "class_order",
    )
