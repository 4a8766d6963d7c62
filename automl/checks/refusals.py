"""How a request is refused: with what is wrong, where, and what to do."""

import difflib
from collections.abc import Iterable, Sequence
from typing import Final

from automl.errors import Fault, InvalidRequest
from automl.profiling.columns import ColumnProfile, Profile

_LISTED: Final = 5
_MOST_OF_A_NAME: Final = 100


def refusal(code: str, detail: str, *field: str | int) -> InvalidRequest:
    """The error of one fault, at the path of a field of `TrainRequest`."""
    return InvalidRequest(code, detail, [Fault(detail, field=field)])


def refuse_if(condition: bool, code: str, detail: str, *field: str | int) -> None:  # noqa: FBT001 - reads as a sentence
    """Raise the `refusal` where the condition holds."""
    if condition:
        raise refusal(code, detail, *field)


def find_column(profile: Profile, name: str, code: str, *field: str | int) -> ColumnProfile:
    """The column of that name; a name that the table lacks is refused with those that are near."""
    column = profile.column(name)
    if column is None:
        detail = f"The table has no column {shown(name)}. {hint(name, [each.name for each in profile.columns])}"
        raise refusal(code, detail, *field)
    return column


def hint(name: str, names: Sequence[str]) -> str:
    """A sentence that helps whoever wrote a name that is not among the names."""
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    return f"Did you mean {listed(near)}?" if near else f"There are {listed(names)}."


def listed(values: Iterable[object]) -> str:
    """The first few values, and how many more there are."""
    every = list(values)
    more = f" and {len(every) - _LISTED} more" if len(every) > _LISTED else ""
    return ", ".join(repr(value) for value in every[:_LISTED]) + more


def shown(name: str) -> str:
    """A name that somebody sent, in quotes, and not all of it when it is long."""
    return repr(name[:_MOST_OF_A_NAME])
