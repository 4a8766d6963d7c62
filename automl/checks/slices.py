"""Whether the report can tell the slices that a request names."""

from typing import Final

from automl.checks.refusals import find_column, refuse_if
from automl.profiling.columns import Profile
from automl.types import Column, TrainRequest

_MOST: Final = 10


def check_slices(profile: Profile, request: TrainRequest) -> None:
    """Raises `InvalidRequest`: `unknown-column`, `unusable-slices`."""
    refuse_if(len(request.slices) > _MOST, "unusable-slices", f"Name at most {_MOST} columns.", "slices")
    for place, name in enumerate(request.slices):
        column = find_column(profile, name, "unknown-column", "slices", place)
        wrong = {
            "is what is predicted": name == request.target,
            "is free text": column.type == "text",
            "holds images": column.type == "image",
            "has infinite values: correct them or leave those cells empty": bool(column.statistics.get("infinite")),
        }
        for why, holds in wrong.items():
            refuse_if(holds, "unusable-slices", f"No slices can be told by {name!r}, which {why}.", "slices", place)


def sliced_columns(profile: Profile, request: TrainRequest) -> list[Column]:
    """The columns that the report tells every slice of."""
    found = [profile.column(name) for name in dict.fromkeys(request.slices)]
    return [Column(column.name, column.type) for column in found if column]
