"""Which kind of task a target asks for."""

from typing import Final

from automl.profiling.columns import Profile
from automl.types import Task

_MOST_INTEGER_CLASSES: Final = 20
_CLASS_SHARE: Final = 0.1


def infer_task(profile: Profile, target: str) -> Task:
    """The task of a column that is in the profile.

    Two or fewer distinct values are binary. Numbers are a regression, unless they are integers of at most 20 distinct
    values in at least ten times as many rows: those are classes, as everything else is.
    """
    column = profile.column(target)
    if column is None:
        raise KeyError(target)
    if column.unique <= 2:  # noqa: PLR2004 - what binary means
        return "binary"
    if column.type != "numeric":
        return "multiclass"
    few = column.unique <= min(_MOST_INTEGER_CLASSES, _CLASS_SHARE * profile.rows)
    return "multiclass" if few and column.statistics["integer"] else "regression"
