"""Predictions as HTTP takes and shows them."""

from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema

from service.api.schemas.common import Query, Request, View

_CELL = {"type": ["string", "number", "boolean", "null"]}

Row = Annotated[
    dict[str, Any],  # cells are checked against the model's own columns, which says row and column of what is wrong
    WithJsonSchema({"type": "object", "additionalProperties": _CELL}),
]


class PredictRequest(Request):
    """Rows to answer: the columns that the version's `schema` names, in any order."""

    rows: list[Row] = Field(
        description="At least one. Null is a missing value; a column that the model does not know is ignored",
        examples=[[{"color": "red", "size": 1.5}]],
        json_schema_extra={"minItems": 1},  # said here, refused by the engine with a problem of its own
    )
    explain: bool = Field(default=False, description="Say what each column added to each answer, too")


class PredictQuery(Query):
    """How a table of predictions is written."""

    safe: bool = Field(
        default=False,
        description="In CSV, write an apostrophe before text that a spreadsheet would run as a formula",
    )
    explain: bool = Field(default=False, description="Say what each column added to each answer, too")


class Warning(View):  # noqa: A001 - what the contract calls it
    """Something odd that did not keep a row from being answered."""

    row: int | None
    """0-based; null when it is about a whole column."""
    column: str
    code: str = Field(examples=["unseen-category"])
    detail: str


class Deciding(View):
    """How labels were called."""

    revision: int
    """How often the version's rule was changed until then: 0 is that of the bundle."""
    threshold: float | None
    """Of two classes."""
    offsets: dict[str, float] | None
    """Of more."""


class FeatureContribution(View):
    """What a feature that is made of a column added."""

    feature: str
    contribution: float


class WordEffect(View):
    """What a word of a text does to an answer."""

    word: str
    effect: float
    """By how much the margin would fall without it; effects do not add up."""


class ColumnContribution(View):
    """What a column added to an answer."""

    column: str
    contribution: float
    features: list[FeatureContribution] | None = None
    """Those that added most of a column that is made into several; left out where it is one."""
    words: list[WordEffect] | None = None
    """Of a text, those that do most; left out where there are none."""


class RowExplanation(View):
    """An answer as a sum: `base` and the contributions add up to `margin`."""

    label: Any
    """The class whose margin it is: the positive one of two, of more the one that was called; null for a regression."""
    base: float
    """What the model says where nothing is known of a row."""
    margin: float
    """What it says of this one."""
    contributions: list[ColumnContribution]
    """Of every column, the one that added most first."""


class Explanations(View):
    """What each column added to each answer, in the order of the rows."""

    scale: Literal["log_odds", "log_probability", "value"]
    """What adds up: log-odds of the positive class, the natural logarithm of a class's probability, or the value."""
    rows: list[RowExplanation]


class Predictions(View):
    """Answers to rows, in their order."""

    model_version: str = Field(examples=["fraud:3"])
    """The version that gave all of them."""
    decision: Deciding | None
    """The rule by which it called labels; null for a regression."""
    predictions: list[Any]
    """Labels after the threshold, or values."""
    probabilities: list[dict[str, float]] | None
    """Of each class by its label as text; null for a regression."""
    warnings: list[Warning]
    """At most twenty."""
    more_warnings: int
    """How many there were besides."""
    explanations: Explanations | None = None
    """Null where nobody asked for them."""
