"""Rules to call labels by, as HTTP shows them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Self

from automl.decisions.decision import Decision
from service.api.schemas.common import View
from service.ruling import calls_by


class CallsBy(View):
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


class Rule(CallsBy):
    """A rule to call labels by, and what it gives."""

    met: bool
    """Whether what is demanded could be had out of fold."""
    out_of_fold: dict[str, float]
    """What it gives there, by name: `precision`, `recall`, `kappa`, `alerts` in 1,000 rows, …; empty where nothing was
    kept to tell it from."""
    near: float | None
    """The stored threshold that `out_of_fold` is of, where there is none for the rule's own; else null."""

    @classmethod
    def of(
        cls, decision: Decision, labels: list[str], gives: Mapping[str, float] | None = None, near: float | None = None
    ) -> Self:
        """The view of a rule between these classes; `gives` takes the place of what it gave when it was tuned."""
        return cls(
            **calls_by(decision, labels),
            met=decision.met,
            out_of_fold=dict(decision.gives if gives is None else gives),
            near=near,
        )


class RuleInForce(View):
    """A rule that was set after the version was published."""

    revision: int
    since: datetime
    rule: CallsBy
