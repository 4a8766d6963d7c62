"""Operations on runs."""

from service.api.calls import Call, Reply, reply
from service.api.cursors import cut
from service.api.operations import Answer, Group, Link
from service.api.reports import REPORT, reply_report
from service.api.schemas import runs as views
from service.api.schemas.common import Page
from service.api.schemas.runrequests import RunRequest
from service.api.streams import frames
from service.errors import BadRequest
from service.store import Run
from service.usecases import extensions
from service.usecases import runs as cases

UNTRAINABLE = (
    "out-of-range",
    "unknown-target",
    "null-target",
    "infinite-target",
    "unsupported-target",
    "one-class",
    "rare-class",
    "unknown-augmentation",
    "repeated-augmentation",
    "augmentation-not-for-task",
    "no-text-column",
    "no-image-column",
    "no-translator",
    "unknown-column",
    "invalid-param",
    "invalid-range",
    "unusable-constraint",
    "unusable-split",
    "unusable-test",
    "unusable-weights",
    "unusable-slices",
    "unusable-costs",
    "decision-not-for-task",
    "calibration-not-for-task",
    "too-many-classes",
    "too-few-rows",
    "no-features",
    "infinite-value",
    "unknown-class",
    "unknown-metric",
    "metric-not-for-task",
    "task-not-for-target",
)
"""Why a table cannot be learnt from as a request asks."""

EVENT_STREAM = "text/event-stream"
_POLL_S = "2"

runs = Group("runs", "AutoML requests, and what became of them.")

_HERE = {"run_id": "$response.body#/id"}
_LINKS = tuple(
    Link(operation, _HERE, description)
    for operation, description in (
        ("getRun", "How it goes"),
        ("listTrials", "What it has tried"),
        ("getLeaderboard", "The best of that"),
        ("cancelRun", "Stop it"),
        ("extendRun", "Go on when it has ended"),
        ("getRunReport", "What the winner is worth"),
        ("getBest", "The winner"),
    )
)


@runs.add(
    "POST",
    "/v1/runs",
    access="train",
    problems=("not-found", "queue-full", "unusable-warm-start", *UNTRAINABLE),
    answers={
        202: Answer(description="It is queued", model=views.Run, headers=("Location", "Retry-After"), links=_LINKS)
    },
)
def create_run(call: Call, body: RunRequest) -> Reply:
    """Start a run.

    Only `dataset` and `target` are needed. The request is checked against the table before anything is queued. Follow
    the run by asking for it again, or by its `events`; the winner becomes a version of `model`.
    """
    run = cases.create_run(call.context, call.project, body.model_dump(mode="json"))
    return reply(views.Run.of(run), status=202, headers=_followed(run))


@runs.add("GET", "/v1/runs", access="read", answers={200: Answer(description="A page", model=views.RunList)})
def list_runs(call: Call, query: views.RunListQuery) -> Reply:
    """List runs, newest first."""
    found = cases.list_runs(
        call.context,
        call.project,
        state=query.state,
        dataset=query.dataset,
        model=query.model,
        after=call.position(query),
        limit=query.limit + 1,
    )
    page, position = cut(found, query.limit, lambda run: run.id)
    return reply(views.RunList(items=[views.Run.of(run) for run in page], next_cursor=call.cursor(query, position)))


@runs.add(
    "GET",
    "/v1/runs/{run_id}",
    access="read",
    problems=("not-found",),
    answers={200: Answer(description="The run as it is now", model=views.Run, headers=("Retry-After",))},
)
def get_run(call: Call, run_id: str) -> Reply:
    """Read a run. `Retry-After` is there as long as it has not ended."""
    run = cases.get_run(call.context, call.project, run_id)
    return reply(views.Run.of(run), headers={"Retry-After": _POLL_S} if run.active else None)


@runs.add(
    "GET",
    "/v1/runs/{run_id}/trials",
    access="read",
    problems=("not-found",),
    answers={200: Answer(description="A page", model=views.TrialList)},
)
def list_trials(call: Call, run_id: str, query: Page) -> Reply:
    """List a run's trials, in the order in which they were made."""
    after = int(call.position(query) or -1)
    found = cases.list_trials(call.context, call.project, run_id, after=after, limit=query.limit + 1)
    page, position = cut(found, query.limit, lambda trial: str(trial.number))
    items = [views.Trial.of(trial) for trial in page]
    return reply(views.TrialList(items=items, next_cursor=call.cursor(query, position)))


@runs.add(
    "GET",
    "/v1/runs/{run_id}/leaderboard",
    access="read",
    problems=("not-found",),
    answers={200: Answer(description="The best trials", model=views.Leaderboard)},
)
def get_leaderboard(call: Call, run_id: str, query: views.LeaderboardQuery) -> Reply:
    """Rank a run's trials that came to their end: those judged on most folds and rows first, and by score."""
    found = cases.leaderboard(call.context, call.project, run_id, limit=query.limit)
    items = [views.RankedTrial.at(rank, trial) for rank, trial in enumerate(found, start=1)]
    return reply(views.Leaderboard(items=items))


@runs.add(
    "GET",
    "/v1/runs/{run_id}/events",
    access="read",
    headers=("Last-Event-ID",),
    problems=("not-found", "invalid-header", "too-many-streams"),
    answers={200: Answer(description="Server-Sent Events", media_types=(EVENT_STREAM,))},
)
def stream_events(call: Call, run_id: str, query: views.EventsQuery) -> Reply:
    """Stream what happens to a run.

    Events are of the kinds `state`, `phase`, `trial` and `best`, each with JSON data and a number as its id. A client
    that comes back with `Last-Event-ID` misses nothing. The stream ends when the run has.
    """
    run = cases.get_run(call.context, call.project, run_id)
    seen = _seen(call.request.headers.get("Last-Event-ID", "0"))
    after = seen if query.last_event_id is None else query.last_event_id
    release = call.parts.streams.take()
    return Reply(
        body=frames(call.context, run, after),
        media_type=EVENT_STREAM,
        headers={"X-Accel-Buffering": "no"},
        close=release,
    )


@runs.add(
    "POST",
    "/v1/runs/{run_id}/cancel",
    access="train",
    body_optional=True,
    problems=("not-found", "run-ended"),
    answers={202: Answer(description="It stops within seconds", model=views.Run, headers=("Location", "Retry-After"))},
)
def cancel_run(call: Call, run_id: str, body: views.CancelRequest) -> Reply:  # noqa: ARG001 - its model is what checks it
    """Stop a run. The best model that it has found becomes a version, as if its time had ended."""
    run = cases.cancel_run(call.context, call.project, run_id)
    return reply(views.Run.of(run), status=202, headers=_followed(run))


@runs.add(
    "POST",
    "/v1/runs/{run_id}/extend",
    access="train",
    problems=("not-found", "run-not-ended", "run-failed", "dataset-missing", "budget-not-larger", "queue-full"),
    answers={
        202: Answer(
            description="A new run is queued", model=views.Run, headers=("Location", "Retry-After"), links=_LINKS
        )
    },
)
def extend_run(call: Call, run_id: str, body: views.ExtendRequest) -> Reply:
    """Give a run that has ended more seconds or trials.

    A new run goes on with the next trial, as if the first one had not ended; that one stays as it is. With `max_trials`
    it makes the trials, and the model, that a run of so many would have made. It publishes a version of its own.
    """
    run = extensions.extend_run(call.context, call.project, run_id, body.budget.model_dump())
    return reply(views.Run.of(run), status=202, headers=_followed(run))


@runs.add(
    "GET",
    "/v1/runs/{run_id}/report",
    access="read",
    problems=("not-found", "no-model-version", "damaged-object"),
    answers={200: REPORT},
)
def get_run_report(call: Call, run_id: str) -> Reply:
    """Read the evaluation of a run's winner, on rows that no step of the search saw.

    JSON, or with `Accept: text/html` a page for people.
    """
    return reply_report(call, cases.best_version(call.context, call.project, run_id))


@runs.add(
    "GET",
    "/v1/runs/{run_id}/best",
    access="read",
    problems=("not-found", "no-model-version"),
    answers={303: Answer(description="Where the winner is", headers=("Location",))},
)
def get_best(call: Call, run_id: str) -> Reply:
    """Find a run's winner."""
    version = cases.best_version(call.context, call.project, run_id)
    location = f"/v1/models/{version.model}/versions/{version.number}"
    return Reply(status=303, media_type=None, headers={"Location": location})


def _followed(run: Run) -> dict[str, str]:
    return {"Location": f"/v1/runs/{run.id}", "Retry-After": _POLL_S}


def _seen(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):  # noqa: PLR2004 - what every database can count to
        raise BadRequest("invalid-header", "Last-Event-ID must be the number of an event of this run.")
    return int(text)
