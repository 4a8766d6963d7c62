"""How a version calls its labels, as HTTP takes and shows it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Discriminator, Field, RootModel, Tag

from automl.decisions.decision import Decision
from registry import Change as StoredChange
from registry import Decision as Stored
from service.api.schemas.common import ListView, Request, View
from service.api.schemas.decisions import DecisionRule
from service.api.schemas.rules import Rule

_FORMS: Final = {"threshold": "a threshold", "offsets": "offsets of classes", "decision": "a decision"}
"""By the field that makes it one; tags are no names of fields, as pointers to faults leave them out."""
_Reason = Annotated[str, Field(max_length=500, description="For the history")]


class SetThreshold(Request):
    """Call the positive class from this probability on; of two classes only."""

    threshold: float = Field(ge=0, le=1, examples=[0.3])
    reason: _Reason = ""


class SetOffsets(Request):
    """Add to each class's log-probability before the likeliest is called; of more than two classes."""

    offsets: dict[Annotated[str, Field(max_length=10_000)], Annotated[float, Field(ge=-700, le=700)]] = Field(
        description="Of every class, by its label as text", max_length=200
    )
    reason: _Reason = ""


class SetRule(Request):
    """Decide by what the rule gave out of fold."""

    decision: DecisionRule
    reason: _Reason = ""


def _only(body: object) -> str | None:
    """The one form that a body has; None where it has none of them, or several."""
    sent = [form for name, form in _FORMS.items() if isinstance(body, Mapping) and name in body]
    return sent[0] if len(sent) == 1 else None


class ThresholdChange(
    RootModel[
        Annotated[
            Annotated[SetThreshold, Tag(_FORMS["threshold"])]
            | Annotated[SetOffsets, Tag(_FORMS["offsets"])]
            | Annotated[SetRule, Tag(_FORMS["decision"])],
            Discriminator(
                _only,
                custom_error_type="one_of",
                custom_error_message="Send one of `threshold`, `offsets`, `decision`.",
            ),
        ]
    ]
):
    """What to decide by from now on."""


class Threshold(View):
    """How a version calls its labels now."""

    model_version: str = Field(examples=["fraud:3"])
    revision: int
    """How often it was changed; predictions name it."""
    source: Literal["published", "set"]
    """Whether the rule is that of the bundle."""
    rule: Rule
    holdout: dict[str, float] | None
    """What the rule in force gives on rows of the holdout; null where none were kept."""
    others: list[Rule]
    """Rules that the bundle tells besides, with what they gave out of fold."""
    changed_at: datetime | None
    """Null if it never was."""
    changed_by: str | None
    reason: str

    @classmethod
    def of(
        cls,
        version: str,
        stored: Stored,
        rule: Rule,
        *,
        holdout: Mapping[str, float] | None,
        others: list[Decision],
        labels: list[str],
    ) -> Self:
        """The view of a version's rule."""
        last = stored.last
        return cls.model_validate(
            {
                "model_version": version,
                "revision": stored.revision,
                "source": "published" if stored.rule is None else "set",
                "rule": rule,
                "holdout": holdout,
                "others": [Rule.of(other, labels) for other in others],
                "changed_at": last and last.at,
                "changed_by": last and last.by,
                "reason": last.reason if last else "",
            }
        )


class ThresholdMove(View):
    """One change."""

    revision: int
    rule: dict[str, Any] | None
    """Null when it was that of the bundle again."""
    at: datetime
    by: str
    reason: str

    @classmethod
    def of(cls, change: StoredChange) -> Self:
        """The view of a change."""
        return cls.model_validate(
            {
                "revision": change.revision,
                "rule": change.rule,
                "at": change.at,
                "by": change.by,
                "reason": change.reason,
            }
        )


class ThresholdHistory(ListView):
    """A version's changes, newest first."""

    items: list[ThresholdMove]
    next_cursor: None = None
