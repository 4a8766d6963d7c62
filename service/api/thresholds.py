"""Operations on how a version calls its labels: each change says which state it was decided on."""

from service.api.calls import Call, Reply, reply
from service.api.conditions import condition_of
from service.api.operations import Answer, Group
from service.api.schemas import thresholds as views
from service.api.schemas.rules import Rule
from service.runrequest import criterion
from service.usecases import models as model_cases
from service.usecases import thresholds as cases

thresholds = Group("thresholds", "How a version calls its labels, which can be changed without training anew.")

_PATH = "/v1/models/{model}/versions/{version}/threshold"
_UNDECIDABLE = ("decision-not-for-task", "out-of-range", "unusable-costs")
_CONDITIONAL = ("stale", "precondition-required")


@thresholds.add(
    "GET",
    _PATH,
    access="read",
    problems=("not-found", "decision-not-for-task", "damaged-object"),
    answers={200: Answer(description="The rule in force", model=views.Threshold, headers=("ETag",))},
)
def get_threshold(call: Call, model: str, version: str) -> Reply:
    """Read how a version calls its labels. Its `ETag` is what changing it demands."""
    return _reply(_ruling(call, model, version))


@thresholds.add(
    "PUT",
    _PATH,
    access="admin",
    headers=("If-Match",),
    problems=("not-found", "damaged-object", *_UNDECIDABLE, *_CONDITIONAL),
    answers={200: Answer(description="The new rule", model=views.Threshold, headers=("ETag",))},
)
def set_threshold(call: Call, model: str, version: str, body: views.ThresholdChange) -> Reply:
    """Change how a version calls its labels.

    A `threshold` of your own, `offsets` for more than two classes, or a `decision`: what to tune for, by what the
    bundle keeps of the predictions out of fold. Nothing is trained. Send the `ETag` that you read as `If-Match`. The
    answer comes, after a second, once every process decides by the new rule.
    """
    return _reply(_change(call, _ruling(call, model, version), _wish(body), body.root.reason))


@thresholds.add(
    "DELETE",
    _PATH,
    access="admin",
    headers=("If-Match",),
    problems=("not-found", "decision-not-for-task", "damaged-object", *_CONDITIONAL),
    answers={204: Answer(description="The rule is that of the bundle again")},
)
def reset_threshold(call: Call, model: str, version: str) -> Reply:
    """Go back to the rule that the version was published with. The history stays."""
    _change(call, _ruling(call, model, version), None, "")
    return Reply(status=204, media_type=None)


@thresholds.add(
    "GET",
    f"{_PATH}/history",
    access="read",
    problems=("not-found",),
    answers={200: Answer(description="Its changes", model=views.ThresholdHistory)},
)
def get_threshold_history(call: Call, model: str, version: str) -> Reply:
    """Read who changed a version's rule, when and why, newest first."""
    found = model_cases.get_version(call.context, call.project, model, version)
    changes = cases.ruling_history(call.context, call.project, found)
    return reply(views.ThresholdHistory(items=[views.ThresholdMove.of(change) for change in changes]))


def _ruling(call: Call, model: str, version: str) -> cases.Ruling:
    found = model_cases.get_version(call.context, call.project, model, version)
    published = call.parts.predictors.published(call.project, found)
    return cases.get_ruling(call.context, call.project, found, published)


def _change(call: Call, ruling: cases.Ruling, wish: cases.Wish | None, reason: str) -> cases.Ruling:
    changed = cases.set_ruling(
        call.context, call.project, ruling, wish, condition=condition_of(call), by=call.key.name, reason=reason
    )
    call.parts.predictors.await_change(call.project, ruling.version)
    return changed


def _wish(body: views.ThresholdChange) -> cases.Wish:
    match body.root:
        case views.SetThreshold(threshold=threshold):
            return cases.Wish(threshold=threshold)
        case views.SetOffsets(offsets=offsets):
            return cases.Wish(offsets=offsets)
        case views.SetRule(decision=decision):
            return cases.Wish(criterion=criterion(decision.model_dump()))


def _reply(ruling: cases.Ruling) -> Reply:
    gives, near = ruling.gives
    view = views.Threshold.of(
        ruling.version.id,
        ruling.stored,
        Rule.of(ruling.chosen, ruling.labels, gives, near),
        holdout=None if ruling.holdout is None else ruling.holdout.gives(ruling.chosen),
        others=ruling.others,
        labels=ruling.labels,
    )
    return reply(view, etag=ruling.stored.etag)
