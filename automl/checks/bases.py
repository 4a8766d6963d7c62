"""Whether a link or a start that a request asks for suits what is to be predicted."""

from typing import Final

from automl.checks.refusals import find_column, refusal
from automl.profiling.columns import Profile
from automl.types import Task, TrainRequest

_OF_VALUES: Final = {"link": "log", "boost_from": "linear"}


def check_bases(profile: Profile, request: TrainRequest, task: Task) -> None:
    """Refuse what is of a regression's values where there are classes, and a log link of what are no amounts.

    Raises:
        InvalidRequest: `unusable-constraint`.
    """
    for field, asked in {"params": request.params, "ranges": request.ranges}.items():
        for name, option in _OF_VALUES.items():
            wanted = option in asked.get(name, []) if field == "ranges" else asked.get(name) == option
            if wanted and (why := _misfit(name, profile, request, task)):
                raise refusal("unusable-constraint", f"{why} Leave {name!r} out.", field, name)


def _misfit(name: str, profile: Profile, request: TrainRequest, task: Task) -> str | None:
    if task != "regression":
        return "A log link, or a linear start, is of a regression's values: classes have none."
    if name != "link":
        return None
    if request.metric == "mae":
        return "A log link is for means, and 'mae' is for medians, which a logarithm leaves where they are."
    least = find_column(profile, request.target, "unknown-target", "target").statistics["min"]
    return f"An amount is never below 0, but the target goes down to {least:g}." if least < 0 else None
