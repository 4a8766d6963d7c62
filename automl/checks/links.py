"""Whether a link that a request asks for suits what is to be predicted."""

from automl.checks.refusals import refusal
from automl.profiling.columns import Profile
from automl.types import Task, TrainRequest


def check_link(profile: Profile, request: TrainRequest, task: Task) -> None:
    """Refuse a link where values are no amounts, or where the metric knows of none.

    Raises:
        InvalidRequest: `unusable-constraint`.
    """
    for field, asked in {"params": request.params, "ranges": request.ranges}.items():
        if "link" not in asked:
            continue
        target = profile.column(request.target)
        least = target.statistics["min"] if target and task == "regression" else None
        if least is None:
            why = "A link is of a regression's values: classes have one of their own."
        elif request.metric == "mae":
            why = "A log link is for means, and 'mae' is for medians, which a logarithm leaves where they are."
        elif least < 0:
            why = f"The logarithm of an amount is of none below 0, but the target goes down to {least:g}."
        else:
            continue
        raise refusal("unusable-constraint", f"{why} Leave 'link' out.", field, "link")
