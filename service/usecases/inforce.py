"""The rule that a version decides by now, where it is not the one that its report and its metrics are of."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from automl.decisions.decision import Decision
from automl.decisions.tuning import Tuner
from automl.evaluation.judgement import Judgement
from automl.evaluation.rules import kept_tuner
from automl.evaluation.wording import asked_for, named
from automl.tables.cells import label
from automl.types import Json
from registry import Change, ModelVersion, Registry
from service.ruling import calls_by, rule_of

_SHOWN: Final = ("precision", "recall", "f1", "f1_macro", "accuracy")
"""What is told in words of what a rule gives."""


@dataclass(frozen=True, slots=True)
class InForce:
    """A rule that was set after the version was published.

    Attributes:
        change: by which it was set.
        decision: the rule.
        labels: of the classes, as text.
    """

    change: Change
    decision: Decision
    labels: list[str]

    def to_json(self) -> dict[str, Json]:
        """As it stands in a report, and beside a version's metrics."""
        rule = calls_by(self.decision, self.labels)
        return {"revision": self.change.revision, "since": self.change.at, "rule": rule}


def rule_in_force(registry: Registry, version: ModelVersion) -> InForce | None:
    """The rule, where it calls labels otherwise than the published one. Raises `InvalidBundle` for what is no rule."""
    stored = registry.decisions.get(version.model, version.number)
    if stored.last is None:
        return None
    labels = labels_of(version.manifest["classes"])
    decision = rule_of(stored, len(labels))
    if decision is None:
        return None
    published = version.manifest.get("decision") or {}
    was = _way(published.get("threshold"), published.get("offsets") or ())
    if published and was == _way(decision.threshold, decision.offsets):
        return None
    return InForce(stored.last, decision, labels)


def report_in_force(registry: Registry, version: ModelVersion, report: dict[str, Json]) -> dict[str, Json]:
    """A report that says which rule is in force and what it gives on the holdout, if not the one that it is of."""
    found = rule_in_force(registry, version)
    if found is None:
        return report
    rows = rows_of(registry.versions.judgement(version), found.labels)
    holdout = None if rows is None else rows.gives(found.decision)
    told = {**found.to_json(), "holdout": holdout, "detail": _in_words(found, holdout or {})}
    return {**report, "threshold": {**(report.get("threshold") or {}), "in_force": told}}


def _in_words(found: InForce, holdout: Mapping[str, float]) -> str:
    decision, when = found.decision, f"revision {found.change.revision}, {found.change.at[:10]}"
    what = "other offsets" if decision.threshold is None else f"a threshold of {decision.threshold:.4g}"
    why = f" for {asked_for(decision.criterion.by, decision.criterion.at)}" if decision.criterion else ""
    gives = ", ".join(f"{named(name)} {holdout[name]:.4g}" for name in _SHOWN if name in holdout)
    there = f" The new one gives {gives} on the holdout." if gives else ""
    told = "the report's figures are of the rule of training."
    return f"The rule has been changed since ({when}): {what}{why}; {told}{there}"


def labels_of(classes: Iterable[Json]) -> list[str]:
    """The classes as text."""
    return [label(each) or "" for each in classes]


def rows_of(kept: bytes | None, labels: list[str]) -> Tuner | None:
    """Rows that were kept beside a version, to try rules on; None where there are none that can be read."""
    try:
        judgement = None if kept is None else Judgement.from_bytes(kept)
    except ValueError:  # another program's
        return None
    fits = judgement is not None and len(judgement.judged.classes) == len(labels)
    return kept_tuner(judgement, labels) if judgement and fits else None


def _way(threshold: float | None, offsets: Sequence[float]) -> tuple[float | None, tuple[float, ...]]:
    """What makes two rules call the same labels."""
    return threshold, tuple(offsets) if any(offsets) else ()
