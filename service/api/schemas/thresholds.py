"""How a version calls its labels, as HTTP takes and shows it."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field, RootModel

from automl.decisions.decision import Decision
from registry import Change as StoredChange
from registry import Decision as Stored
from service.api.schemas.common import ListView, Request, View
from service.api.schemas.decisions import DecisionRule

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


class ThresholdChange(RootModel[SetThreshold | SetOffsets | SetRule]):
    """What to decide by from now on."""


class Rule(View):
    """A rule to call labels by."""

    by: str | None
    """What it was tuned for; null if somebody chose it."""
    at: float | None
    """The precision or recall that it demands at least, or the alerts in 1,000 rows at most."""
    costs: dict[str, dict[str, float]] | None
    threshold: float | None
    """Of two classes: the positive one is called from this probability on."""
    offsets: dict[str, float] | None
    """Of more: what is added to each class's log-probability before the likeliest is called."""
    met: bool
    """Whether what is demanded could be had out of fold."""
    out_of_fold: dict[str, float]
    """What it gave there, where that is known."""

    @classmethod
    def of(cls, decision: Decision, labels: list[str]) -> Self:
        """The view of a rule between these classes."""
        criterion = decision.criterion
        offsets = decision.offsets or (0.0,) * len(labels)
        return cls(
            by=criterion and criterion.by,
            at=criterion and criterion.at,
            costs=criterion.costs if criterion else None,
            threshold=decision.threshold,
            offsets=None if decision.threshold is not None else dict(zip(labels, offsets, strict=True)),
            met=decision.met,
            out_of_fold=dict(decision.gives),
        )


class Threshold(View):
    """How a version calls its labels now."""

    model_version: str = Field(examples=["fraud:3"])
    revision: int
    """How often it was changed; predictions name it."""
    source: Literal["published", "set"]
    """Whether the rule is that of the bundle."""
    rule: Rule
    others: list[Rule]
    """Rules that the bundle tells besides, with what they gave out of fold."""
    changed_at: datetime | None
    """Null if it never was."""
    changed_by: str | None
    reason: str

    @classmethod
    def of(cls, version: str, stored: Stored, chosen: Decision, others: list[Decision], labels: list[str]) -> Self:
        """The view of a version's rule."""
        last = stored.last
        return cls.model_validate(
            {
                "model_version": version,
                "revision": stored.revision,
                "source": "published" if stored.rule is None else "set",
                "rule": Rule.of(chosen, labels),
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
