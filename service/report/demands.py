"""What a rule for calling labels was asked to keep, and whether it did on rows that it was not tuned on."""

from collections.abc import Mapping
from typing import Any, Final

from automl.evaluation.wording import asked_for, told_apart
from automl.types import Json

_ROUNDING: Final = 1e-9


def rules(threshold: Mapping[str, Json] | None) -> list[dict[str, Any]]:
    """Each rule of a report with what was `asked`, what the holdout `gave` of it, and whether that `held`.

    The last two are None where nothing was demanded, and in what earlier releases reported.

    Args:
        threshold: of a report, the model's own rule first among its `criteria`; None for a regression.
    """
    return [{**rule, **_demand(rule)} for rule in (threshold or {}).get("criteria") or []]


def _demand(rule: Mapping[str, Json]) -> dict[str, Any]:
    by, at, gave = rule["by"], rule.get("at"), (rule.get("holdout") or {}).get(rule["by"])
    asked = asked_for(by, at)
    if at is None or gave is None:
        return {"asked": asked, "gave": None, "held": None}
    less, more = (gave, at) if by == "alerts" else (at, gave)
    return {"asked": asked, "gave": told_apart(gave, at)[0], "held": less <= more + _ROUNDING * max(1.0, more)}
