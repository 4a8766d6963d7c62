"""How a version calls its labels: read, changed without training anew, taken back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from automl.bundles.decisionfile import decision_to_json
from automl.checks.decisions import check_criterion
from automl.checks.refusals import listed
from automl.decisions.decision import Decision, Decisions
from automl.decisions.figures import figures_near
from automl.decisions.tuning import Tuner
from automl.errors import Fault, InvalidRequest
from automl.predictor import Predictor
from automl.types import Criterion
from registry import Change, ModelVersion
from registry import Decision as Stored
from registry.errors import PreconditionFailed
from service.context import Context
from service.errors import PreconditionMissing, Stale
from service.ruling import rule_of
from service.usecases.inforce import labels_of, rows_of
from service.usecases.models import Condition

_STALE = "The threshold was changed since you read it. Read it again, and decide again."


@dataclass(frozen=True, slots=True)
class Wish:
    """What to decide by: one of three."""

    threshold: float | None = None
    offsets: Mapping[str, float] | None = None
    criterion: Criterion | None = None


@dataclass(frozen=True, slots=True)
class Ruling:
    """How a version decides: what the registry says of it, and the rules as the engine has them.

    Attributes:
        version: whose.
        stored: the last change, and the etag.
        published: the rules that the bundle tells.
        chosen: the one in force.
        labels: of the classes, as text.
        rows: that were kept out of fold, to try rules on; None of two classes, and of older versions.
        holdout: rows of the holdout; None where they were not kept.
    """

    version: ModelVersion
    stored: Stored
    published: Decisions
    chosen: Decision
    labels: list[str]
    rows: Tuner | None
    holdout: Tuner | None

    @property
    def others(self) -> list[Decision]:
        """The rules that could be in force."""
        return [rule for rule in (self.published.chosen, *self.published.others) if rule != self.chosen]

    @property
    def gives(self) -> tuple[Mapping[str, float], float | None]:
        """What the rule in force gives out of fold, and the threshold that this is of where it is not quite the rule's.

        A rule that was not tuned when the model was made is tried on what was kept: of two classes on the nearest of
        the thresholds, of more on rows. Nothing where there are none.
        """
        if self.chosen.gives:
            return self.chosen.gives, None
        if self.published.points is not None:
            found, near = figures_near(self.published.points, self.chosen, self.labels)
            return found, None if near == self.chosen.threshold else near
        return self.rows.gives(self.chosen) if self.rows else {}, None


def get_ruling(context: Context, project: str, version: ModelVersion, predictor: Predictor) -> Ruling:
    """How a version decides, read from the store. Raises `InvalidRequest` for a regression.

    `predictor` is the version's as it was published.
    """
    if predictor.spec.decisions is None:
        detail = "A regression calls no labels, so there is nothing to decide."
        raise InvalidRequest("decision-not-for-task", detail, [Fault(detail)])
    registry, published, labels = context.registry_for(project), predictor.spec.decisions, labels_of(predictor.classes)
    stored = registry.decisions.get(version.model, version.number)
    return Ruling(
        version=version,
        stored=stored,
        published=published,
        chosen=rule_of(stored, len(labels)) or published.chosen,
        labels=labels,
        rows=rows_of(registry.versions.out_of_fold(version), labels),
        holdout=rows_of(registry.versions.judgement(version), labels),
    )


def set_ruling(
    context: Context, project: str, ruling: Ruling, wish: Wish | None, *, condition: Condition, by: str, reason: str
) -> Ruling:
    """Decide otherwise from now on, or as published where there is no wish.

    Raises:
        InvalidRequest: the wish is none for these classes.
        PreconditionMissing: the caller did not say which state was seen.
        Stale: it is not in that state any more.
    """
    decision = None if wish is None else _decision(ruling, wish)
    etag = _seen(ruling.stored, condition)
    decisions = context.registry_for(project).decisions
    rule = None if decision is None else decision_to_json(decision)
    try:
        stored = decisions.set(ruling.version.model, ruling.version.number, rule, if_match=etag, by=by, reason=reason)
    except PreconditionFailed:
        raise Stale("stale", _STALE) from None
    return replace(ruling, stored=stored, chosen=decision or ruling.published.chosen)


def ruling_history(context: Context, project: str, version: ModelVersion) -> list[Change]:
    """A version's changes, newest first."""
    return context.registry_for(project).decisions.history(version.model, version.number)


def _seen(stored: Stored, condition: Condition) -> str:
    if not condition.etags and not condition.absent:
        raise PreconditionMissing(
            "precondition-required", "Send the `ETag` that you read as `If-Match`, so that nobody's change is lost."
        )
    if condition.absent or ("*" not in condition.etags and stored.etag not in condition.etags):
        raise Stale("stale", _STALE)
    return stored.etag


def _decision(ruling: Ruling, wish: Wish) -> Decision:
    binary = ruling.chosen.threshold is not None
    if wish.criterion is not None:
        return _tuned(ruling, wish.criterion)
    if wish.threshold is not None:
        _refuse_if(not binary, "Of more than two classes, set `offsets`.", "threshold")
        return Decision(threshold=wish.threshold)
    offsets = wish.offsets or {}
    _refuse_if(binary, "Of two classes, set a `threshold`.", "offsets")
    named = ", ".join(ruling.labels)
    _refuse_if(set(offsets) != set(ruling.labels), f"Name each class once: {named}.", "offsets")
    return Decision(offsets=tuple(offsets[name] for name in ruling.labels))


def _tuned(ruling: Ruling, criterion: Criterion) -> Decision:
    """By what is kept of the predictions out of fold."""
    check_criterion(criterion, ruling.labels, ordered=ruling.rows is None or ruling.rows.ordered)
    found = ruling.published.find(criterion, ruling.labels)
    if found is None and ruling.rows is not None:
        return ruling.rows.tune(criterion)
    if found is None:
        told = listed(sorted({rule.criterion.by for rule in ruling.others if rule.criterion}))
        detail = (
            f"No rows were kept of this version to tune a rule for {criterion.by!r} on; there are rules for "
            f"{told or 'nothing else'}. Set `offsets`, or train again with this `decision`."
        )
        raise InvalidRequest("decision-not-for-task", detail, [Fault(detail, field=("decision",))])
    return found


def _refuse_if(condition: bool, detail: str, field: str) -> None:  # noqa: FBT001 - reads as a sentence
    if condition:
        raise InvalidRequest("decision-not-for-task", detail, [Fault(detail, field=(field,))])
