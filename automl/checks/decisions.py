"""Whether decisions can be made, and probabilities calibrated, as a request asks."""

import math
from typing import Final

from automl.checks.refusals import hint, listed, refuse_if, shown
from automl.decisions.criteria import aims_for
from automl.profiling.columns import Profile
from automl.types import Criterion, Task, TrainRequest

_RANGES: Final = {"precision": (0.0, 1.0), "recall": (0.0, 1.0), "alerts": (0.0, 1000.0)}


def check_decision(profile: Profile, request: TrainRequest, task: Task) -> None:
    """Raises `InvalidRequest`.

    `decision-not-for-task`, `calibration-not-for-task`, `unusable-costs`, `out-of-range`.
    """
    refuse_if(
        task == "regression" and request.calibration not in ("auto", "none"),
        "calibration-not-for-task",
        "A regression has no probabilities to calibrate.",
        "calibration",
    )
    target = profile.column(request.target)
    if request.decision is None or target is None:
        return
    refuse_if(task == "regression", "decision-not-for-task", "A regression calls no labels.", "decision")
    ordered = target.type == "numeric" or request.class_order is not None
    check_criterion(request.decision, list(target.counts() or {}), ordered=ordered)


def check_criterion(criterion: Criterion, labels: list[str], *, ordered: bool) -> None:
    """Whether a decision between these labels can be tuned for the criterion. Raises as `check_decision`."""
    metrics = aims_for(len(labels), ordered=ordered)
    possible = ("likeliest", *metrics, "cost", *(_RANGES if len(labels) == 2 else ()))  # noqa: PLR2004 - binary
    refuse_if(
        criterion.by not in possible,
        "decision-not-for-task",
        f"Decisions between {len(labels)} classes{'' if ordered else ' without an order'} cannot be tuned for "
        f"{shown(criterion.by)}, but for {', '.join(possible)}.",
        "decision",
        "by",
    )
    _check_demand(criterion)
    _check_costs(criterion, labels)


def _check_demand(criterion: Criterion) -> None:
    if criterion.by not in _RANGES:
        refuse_if(criterion.at is not None, "out-of-range", f"{criterion.by!r} demands no number.", "decision")
        return
    low, high = _RANGES[criterion.by]
    at = math.nan if criterion.at is None else criterion.at
    due = f"{criterion.by!r} needs a number from {low:g} to {high:g}."
    refuse_if(not low <= at <= high, "out-of-range", due, "decision")


def _check_costs(criterion: Criterion, labels: list[str]) -> None:
    if criterion.by != "cost":
        refuse_if(criterion.costs is not None, "unusable-costs", f"{criterion.by!r} knows no costs.", "decision")
        return
    costs = criterion.costs or {}
    known = {name for true, row in costs.items() for name in (true, *row)}
    strange = next(iter(sorted(known - set(labels))), "")
    _refuse_costs_if(not known <= set(labels), f"The target has no class {shown(strange)}. {hint(strange, labels)}")
    mistakes = [(true, called) for true in labels for called in labels if true != called]
    missing = [f"{called} for {true}" for true, called in mistakes if called not in costs.get(true, {})]
    _refuse_costs_if(bool(missing), f"'costs' lacks what it costs to call {listed(missing)}.")
    every = [cost for row in costs.values() for cost in row.values()]
    _refuse_costs_if(not all(math.isfinite(cost) and cost >= 0 for cost in every), "A cost is a number of 0 or more.")
    dear = any(costs[true][called] > 0 for true, called in mistakes)
    _refuse_costs_if(not dear, "At least one mistake must cost something.")


def _refuse_costs_if(condition: bool, detail: str) -> None:  # noqa: FBT001 - reads as a sentence
    refuse_if(condition, "unusable-costs", detail, "decision", "costs")
