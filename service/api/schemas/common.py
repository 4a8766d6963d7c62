"""What all requests, query strings and answers share."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

NAME_PATTERN = "^[a-z0-9][a-z0-9_-]{0,63}$"

ModelName = Annotated[
    str,
    StringConstraints(pattern=NAME_PATTERN),
    Field(description="Lower-case letters, digits, `-` and `_`, at most 64", examples=["fraud"]),
]
DatasetId = Annotated[str, Field(min_length=1, max_length=64, examples=["ds_0c1f9a3b5d7e9f1a2b3c4d5e"])]
ColumnName = Annotated[str, Field(max_length=10_000)]
Title = Annotated[
    str,
    # printable: no control characters, and no line separators
    StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]+$"),
    Field(description="Printable, at most 200 characters"),
]


class Request(BaseModel):
    """A JSON body: no unknown fields, no conversion between types."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Query(BaseModel):
    """A query string: no unknown parameters; text becomes numbers where numbers are meant."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class View(BaseModel):
    """An answer. A float that is not finite leaves as null."""

    model_config = ConfigDict(frozen=True, ser_json_inf_nan="null", use_attribute_docstrings=True)


class Page(Query):
    """Where in a list to begin and how much of it to give."""

    limit: int = Field(50, ge=1, le=200, description="Most items in the answer")
    cursor: str | None = Field(None, max_length=500, description="`next_cursor` of the page before")


class ListView(View):
    """A page of a list; a subclass adds its `items`."""

    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last one."""


class Fault(View):
    """One place where something is wrong."""

    detail: str
    pointer: str | None = None
    """JSON Pointer into the body."""
    parameter: str | None = None
    """Name of the query parameter."""
    row: int | None = None
    """0-based data row."""
    line: int | None = None
    """1-based line of the uploaded text."""
    column: str | None = None
    """Name of the column."""


class Problem(View):
    """A refusal, as RFC 9457 has it."""

    type: str = Field(examples=["/problems/unknown-target"])
    title: str
    status: int
    detail: str
    """What to do."""
    errors: list[Fault]
    request_id: str
    """The same as in the header `X-Request-Id` and in the service's log."""
