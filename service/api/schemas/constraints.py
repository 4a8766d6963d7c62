"""What a run may be held to, as HTTP takes it."""

from typing import Annotated, Any, Final, get_args

from pydantic import Field, WithJsonSchema

from automl.learners.params import OPTIONS, RANGES, TUNABLE
from automl.types import Family, Json
from service.api.schemas.common import ColumnName, Request

_TYPES: Final = {bool: "boolean", int: "integer", float: "number"}
_MOST_COLUMNS: Final = 10_000


def _param(name: str, *, least: float | None = None) -> dict[str, Json]:
    """JSON Schema of one param, so that the contract says what the engine checks."""
    if name in OPTIONS:
        return {"enum": list(OPTIONS[name])}
    kind, low, high = RANGES[name]
    if kind is bool:
        return {"type": "boolean"}
    return {"type": _TYPES[kind], "minimum": low if least is None else max(low, least), "maximum": high}


def _range(name: str) -> dict[str, Json]:
    if name in OPTIONS or RANGES[name].kind is bool:
        return {"type": "array", "items": _param(name), "minItems": 1, "uniqueItems": True}
    least = 1 if RANGES[name].kind is int else None
    return {"type": "array", "items": _param(name, least=least), "minItems": 2, "maxItems": 2}


def _object(properties: dict[str, Json]) -> WithJsonSchema:
    return WithJsonSchema({"type": "object", "properties": properties, "additionalProperties": False})


# The engine checks both, as it names what is allowed; here the contract is told.
_Name = Annotated[str, Field(max_length=100)]
_FEW: Final = Field(max_length=len(TUNABLE))
Params = Annotated[dict[_Name, Any], _FEW, _object({name: _param(name) for name in TUNABLE})]
Ranges = Annotated[dict[_Name, list[Any]], _FEW, _object({name: _range(name) for name in TUNABLE})]
Sign = Annotated[int, Field(ge=-1, le=1)]
Group = Annotated[list[ColumnName], Field(min_length=1, max_length=_MOST_COLUMNS)]
Families = Annotated[list[Family], Field(min_length=1, max_length=len(get_args(Family)))]


class Constraints(Request):
    """What every model of a run keeps, the served one too."""

    params: Params = Field(
        {}, description="Fixed for every trial", examples=[{"learning_rate": 0.05, "extra_trees": False}]
    )
    ranges: Ranges = Field(
        {},
        description="Where else the search would go its own way: the lowest and the highest value, or the options",
        examples=[{"num_leaves": [8, 64], "schedule": ["constant", "cosine"]}],
    )
    monotone: dict[ColumnName, Sign] = Field(
        {},
        description="By column of numbers or booleans: 1 lets the value, or the positive class's probability, only "
        "rise with it, -1 only fall, 0 leaves it free. Not for more than two classes",
        examples=[{"age": 1}],
    )
    interactions: list[Group] = Field(
        [],
        max_length=_MOST_COLUMNS,
        description="Groups of columns: those of two groups never act together; columns in no group form one more",
        examples=[[["age", "income"], ["city"]]],
    )
    families: Families = Field(
        list(get_args(Family)),
        description="Kinds of models that may be tried: boosted trees, random forests, linear models, neural networks",
    )
