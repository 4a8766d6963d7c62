"""The operation that answers rows."""

from flask import Request

from automl.ingest import MEDIA_TYPES
from service.api.calls import Call, Reply, reply_json
from service.api.datasets import UNREADABLE
from service.api.operations import JSON, Answer, Group
from service.api.schemas.predictions import Predictions, PredictQuery, PredictRequest
from service.api.writers import WRITERS, to_json, write
from service.errors import ServiceError

UNANSWERABLE = ("missing-column", "invalid-value", "infinite-value", "too-many-rows")
"""Why rows may be refused."""

predictions = Group("predictions", "Answers to rows.")


class NotAcceptable(ServiceError):
    """The answer cannot be written as the request wants it."""

    status = 406


@predictions.add(
    "POST",
    "/v1/models/{model}/versions/{version}/predict",
    access="read",
    tables=MEDIA_TYPES,
    repeatable=True,
    problems=("not-found", "not-acceptable", *UNANSWERABLE, *UNREADABLE, "damaged-object"),
    answers={
        200: Answer(
            description="Answers to all rows, in their order, from one version",
            model=Predictions,
            media_types=tuple(WRITERS),
            headers=("X-Model-Version", "X-Decision-Revision", "X-Warnings"),
        )
    },
)
def predict(call: Call, model: str, version: str, query: PredictQuery, body: PredictRequest | None = None) -> Reply:
    """Predict.

    Rows as JSON, or a table as CSV, TSV, NDJSON or Parquet, or images in a zip archive. The answer is of the type that
    `Accept` asks for, and else of the type that was sent (NDJSON for an archive). `version` is a number, an alias, or
    `latest`; the answer names the version that gave it. With `explain` it says what each column added to each answer,
    of up to 1,000 rows. Nothing changes, so an `Idempotency-Key` is accepted and not needed.
    """
    wanted = _wanted(call.request, JSON if call.table is None else call.table.media_type)
    predictors = call.parts.predictors
    if call.table is not None:
        answered = predictors.predict_table(call.project, model, version, call.table, explain=query.explain)
    else:
        rows, explain = (body.rows, body.explain or query.explain) if body else ([], False)
        answered = predictors.predict(call.project, model, version, rows, explain=explain)
    given = answered.predictions
    headers = {
        "X-Model-Version": answered.version.id,
        "X-Decision-Revision": str(answered.revision),
        "X-Warnings": str(len(given.warnings) + given.more_warnings),
        "Cache-Control": "no-store",
    }
    if wanted == JSON:
        return reply_json(to_json(answered), headers=headers)
    return Reply(body=write(given, wanted, safe=query.safe), media_type=wanted, headers=headers)


def _wanted(request: Request, sent: str) -> str:
    """The media type to answer in. Raises `NotAcceptable`."""
    own = sent if sent in (JSON, *WRITERS) else "application/x-ndjson"  # which has more than one name
    if "Accept" not in request.headers:
        return own
    offered = [own, JSON, *WRITERS]
    best = request.accept_mimetypes.best_match(offered)
    if best is None:
        raise NotAcceptable("not-acceptable", f"Accept one of {', '.join(dict.fromkeys(offered))}.")
    return best
