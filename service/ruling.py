"""Rules to call labels by, as the store and the outside have them."""

from collections.abc import Sequence

from automl.bundles.decisionfile import decision_from_json
from automl.decisions.decision import Decision
from automl.types import Json
from registry import Decision as Stored


def rule_of(stored: Stored, classes: int) -> Decision | None:
    """The rule that was set; None for that of the bundle. Raises `InvalidBundle` for what cannot be one."""
    return None if stored.rule is None else decision_from_json(stored.rule, classes)


def calls_by(decision: Decision, labels: Sequence[str]) -> dict[str, Json]:
    """What a rule calls labels by, and what it was tuned for: the classes, which are as text, each with its offset."""
    criterion = decision.criterion
    offsets = decision.offsets or (0.0,) * len(labels)
    return {
        "by": criterion and criterion.by,
        "at": criterion and criterion.at,
        "costs": criterion and criterion.costs,
        "threshold": decision.threshold,
        "offsets": None if decision.threshold is not None else dict(zip(labels, offsets, strict=True)),
    }
