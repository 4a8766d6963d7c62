"""What decisions can be tuned for, as HTTP takes it."""

from typing import Annotated, Literal

from pydantic import Field

from service.api.schemas.common import Request

_Label = Annotated[str, Field(max_length=10_000)]
_Cost = Annotated[float, Field(ge=0, le=1e12)]


class ByMetric(Request):
    """The best by a metric of labels; `likeliest` tunes nothing."""

    by: Literal[
        "likeliest",
        "f1",
        "f1_macro",
        "f1_weighted",
        "kappa",
        "kappa_quadratic",
        "mcc",
        "balanced_accuracy",
        "g_mean",
        "accuracy",
    ]


class ByDemand(Request):
    """The most recall at a precision, or the most precision at a recall; of two classes only."""

    by: Literal["precision", "recall"]
    at_least: float = Field(ge=0, le=1, examples=[0.9])


class ByAlerts(Request):
    """As many alerts as somebody can look at; of two classes only."""

    by: Literal["alerts"]
    at_most: float = Field(ge=0, le=1000, description="In 1,000 rows", examples=[5])


class ByCost(Request):
    """The least cost of mistakes."""

    by: Literal["cost"]
    costs: dict[_Label, dict[_Label, _Cost]] = Field(
        description="Of each class, as text, what calling it each other one costs",
        examples=[{"fraud": {"ok": 100}, "ok": {"fraud": 5}}],
        max_length=200,
    )


DecisionRule = Annotated[ByMetric | ByDemand | ByAlerts | ByCost, Field(discriminator="by")]
