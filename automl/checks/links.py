"""Whether a link that a request asks for suits what is to be predicted."""

from automl.checks.refusals import find_column, refusal
from automl.profiling.columns import Profile
from automl.types import Task, TrainRequest


def check_link(profile: Profile, request: TrainRequest, task: Task) -> None:
    """Refuse a log link where values are no amounts, or where the metric knows of none.

    Raises:
        InvalidRequest: `unusable-constraint`.
    """
    for field, asked in {"params": [request.params.get("link")], "ranges": request.ranges.get("link", [])}.items():
        if "log" in asked and (why := _misfit(profile, request, task)):
            raise refusal("unusable-constraint", f"{why} Leave 'link' out.", field, "link")


def _misfit(profile: Profile, request: TrainRequest, task: Task) -> str | None:
    if task != "regression":
        return "A log link is of a regression's values: classes have one of their own."
    if request.metric == "mae":
        return "A log link is for means, and 'mae' is for medians, which a logarithm leaves where they are."
    least = find_column(profile, request.target, "unknown-target", "target").statistics["min"]
    return f"An amount is never below 0, but the target goes down to {least:g}." if least < 0 else None
