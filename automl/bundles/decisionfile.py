"""A model's rules as they stand in a bundle: the one that it has in the manifest, the others in a file of their own."""

from dataclasses import asdict
from typing import Annotated, Final

import numpy as np
from pydantic import Field, ValidationError

from automl.archive import invalid
from automl.decisions.decision import Decision, Decisions
from automl.decisions.thresholds import Points
from automl.strict import Strict
from automl.types import Aim, Criterion, Floats, Json

DECISIONS: Final = "decisions.json"
_MOST: Final = 200


class CriterionEntry(Strict):
    """See `types.Criterion`."""

    by: Aim
    at: float | None
    costs: dict[str, dict[str, float]] | None


class DecisionEntry(Strict):
    """See `decisions.Decision`."""

    criterion: CriterionEntry | None
    threshold: Annotated[float, Field(ge=0, le=2)] | None
    offsets: list[float]
    met: bool
    gives: dict[str, float]

    def to_decision(self) -> Decision:
        """The rule itself."""
        criterion = None if self.criterion is None else Criterion(**self.criterion.model_dump())
        return Decision(criterion, self.threshold, tuple(self.offsets), self.met, self.gives)


class _PointsEntry(Strict):
    thresholds: list[float]
    hits: list[float]
    misses: list[float]
    enough: Annotated[float, Field(ge=0, le=2)] = 2.0
    """Absent from older bundles."""

    def to_points(self) -> Points:
        columns = [np.array(values) for values in (self.thresholds, self.hits, self.misses)]
        if not 2 <= len(columns[0]) == len(columns[1]) == len(columns[2]) <= _MOST:  # noqa: PLR2004 - none and all
            raise invalid(f"{DECISIONS} does not hold as many hits and misses as thresholds")
        if np.diff(columns[0]).max() >= 0 or any(_falls(counts) for counts in columns[1:]):
            raise invalid(f"{DECISIONS} holds points that are not in order")
        return Points(columns[0], columns[1], columns[2], self.enough)


class _Others(Strict):
    others: Annotated[list[DecisionEntry], Field(max_length=_MOST)]
    points: _PointsEntry | None


def decision_to_json(decision: Decision) -> dict[str, Json]:
    """What the manifest says of a rule."""
    return {**asdict(decision), "offsets": list(decision.offsets), "gives": dict(decision.gives)}


def decision_from_json(document: Json, n_classes: int) -> Decision:
    """The rule that `decision_to_json` wrote. Raises `InvalidBundle` for what cannot be one for so many classes."""
    try:
        entry = DecisionEntry.model_validate(document)
    except ValidationError as error:
        raise invalid(f"a decision is wrong at {error.errors()[0]['loc']}") from error
    if not fits(entry, n_classes):
        raise invalid(f"a decision does not suit {n_classes} classes")
    return entry.to_decision()


def decisions_to_json(decisions: Decisions) -> dict[str, Json]:
    """All but the rule that the model has."""
    points = None if decisions.points is None else decisions.points.to_json()
    return {"others": [decision_to_json(each) for each in decisions.others], "points": points}


def read_decisions(chosen: DecisionEntry, document: Json, n_classes: int) -> Decisions:
    """The rules of a bundle. Raises `InvalidBundle`."""
    try:
        entry = _Others.model_validate(document)
    except ValidationError as error:
        raise invalid(f"{DECISIONS} is wrong at {error.errors()[0]['loc']}") from error
    if (entry.points is not None) != (n_classes == 2) or not all(fits(each, n_classes) for each in entry.others):  # noqa: PLR2004 - binary
        raise invalid(f"{DECISIONS} does not suit the classes")
    others = tuple(each.to_decision() for each in entry.others)
    points = None if entry.points is None else entry.points.to_points()
    return Decisions(chosen.to_decision(), others, points)


def fits(entry: DecisionEntry, n_classes: int) -> bool:
    """Whether a rule is one for so many classes."""
    if n_classes == 2:  # noqa: PLR2004 - binary
        return entry.threshold is not None and not entry.offsets
    return entry.threshold is None and len(entry.offsets) in (0, n_classes)


def _falls(counts: Floats) -> bool:
    return bool(counts[0] != 0 or np.diff(counts).min() < 0)
