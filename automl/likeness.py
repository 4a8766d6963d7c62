"""How like each other two runs' tables are, told by a few numbers that are kept after the rows are gone."""

import math
from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from automl.checks.request import feature_columns
from automl.profiling.columns import ColumnProfile, Profile
from automl.types import ColumnType, Task, TrainRequest

_Share = Annotated[float, Field(ge=0, le=1)]
_Count = Annotated[int, Field(ge=1, le=2**53)]


class MetaFeatures(BaseModel):
    """A table in numbers.

    Attributes:
        rows: of the table.
        features: columns that a model may learn from.
        categorical: share of these that hold categories.
        text: share of these that hold text.
        missing: share of their cells that have no value.
        classes: of the target; 1 for regression.
        balance: rows of the rarest class as a share of what it would have if all were even; 1 for regression.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore", allow_inf_nan=False)

    rows: _Count
    features: _Count
    categorical: _Share
    text: _Share
    missing: _Share
    classes: _Count
    balance: Annotated[float, Field(gt=0, le=1)]

    @classmethod
    def of(cls, profile: Profile, request: TrainRequest, task: Task) -> Self:
        """Of a table on which `check_request` has found the request to be possible, with the task that it told."""
        features = feature_columns(profile, request)
        target = profile.column(request.target)
        counts = target.counts() if target and task != "regression" else None
        return cls(
            rows=profile.rows,
            features=len(features),
            categorical=_share(features, "categorical"),
            text=_share(features, "text"),
            missing=sum(column.missing for column in features) / (profile.rows * len(features)),
            classes=len(counts) if counts else 1,
            balance=min(counts.values()) * len(counts) / profile.rows if counts else 1.0,
        )


@dataclass(frozen=True, slots=True)
class Subject:
    """What a run is about.

    Attributes:
        task: what is predicted.
        target: name of the column.
        columns: names and types of what is learnt from.
        meta: the table in numbers.
    """

    task: Task
    target: str
    columns: frozenset[tuple[str, str]]
    meta: MetaFeatures

    @classmethod
    def of(cls, profile: Profile, request: TrainRequest, task: Task) -> Self:
        """Of a request on a table, as `MetaFeatures.of` takes them."""
        columns = frozenset((column.name, str(column.type)) for column in feature_columns(profile, request))
        return cls(task, request.target, columns, MetaFeatures.of(profile, request, task))

    def is_as(self, other: "Subject") -> bool:
        """Whether the same is predicted from the same columns."""
        return (self.task, self.target, self.columns) == (other.task, other.target, other.columns)


def distance(one: MetaFeatures, other: MetaFeatures) -> float:
    """0 for tables alike; 1 for two of which one has ten times the rows, or of which one has nothing but categories."""
    counts = ((one.rows, other.rows), (one.features, other.features), (one.classes, other.classes))
    ratios = [*counts, (one.balance, other.balance)]
    shares = ((one.categorical, other.categorical), (one.text, other.text), (one.missing, other.missing))
    return math.fsum([*(abs(math.log10(a) - math.log10(b)) for a, b in ratios), *(abs(a - b) for a, b in shares)])


def _share(columns: list[ColumnProfile], kind: ColumnType) -> float:
    return sum(column.type == kind for column in columns) / len(columns)
