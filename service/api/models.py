"""Operations on models and their versions."""

from werkzeug.http import parse_range_header

from registry import ModelVersion
from service.api.calls import Call, Reply, reply, reply_json
from service.api.cursors import cut
from service.api.operations import Answer, Group, Link
from service.api.reports import REPORT, reply_report
from service.api.schemas import models as views
from service.context import Context
from service.errors import ServiceError
from service.usecases import models as cases
from service.usecases.inforce import rule_in_force

ZIP = "application/zip"

models = Group("models", "The registry: named models and their numbered, immutable versions.")

_HERE = {"model": "$response.body#/model", "version": "$response.body#/version"}
_LINKS = (
    Link("downloadBundle", _HERE, "Its bytes"),
    Link("getVersionSchema", _HERE, "What to ask it"),
    Link("getVersionReport", _HERE, "What it is worth"),
    Link("getThreshold", _HERE, "How it calls labels"),
)


class NoSuchRange(ServiceError):
    """The bytes that were asked for are not there."""

    status = 416


@models.add("GET", "/v1/models", access="read", answers={200: Answer(description="A page", model=views.ModelList)})
def list_models(call: Call, query: views.ModelListQuery) -> Reply:
    """List models, by name."""
    after = call.position(query)
    found = cases.list_models(call.context, call.project, after=after, limit=query.limit + 1)
    page, position = cut(found, query.limit, lambda model: model.name)
    items = [_model(call.context, call.project, model.name) for model in page]
    return reply(views.ModelList(items=items, next_cursor=call.cursor(query, position)))


@models.add(
    "GET",
    "/v1/models/{model}",
    access="read",
    problems=("not-found",),
    answers={200: Answer(description="The model", model=views.Model)},
)
def get_model(call: Call, model: str) -> Reply:
    """Read a model."""
    return reply(_model(call.context, call.project, model))


@models.add(
    "GET",
    "/v1/models/{model}/versions",
    access="read",
    problems=("not-found",),
    answers={200: Answer(description="A page", model=views.VersionList)},
)
def list_versions(call: Call, model: str, query: views.VersionListQuery) -> Reply:
    """List a model's versions, newest first."""
    position = call.position(query)
    after = None if position is None else int(position)
    found = cases.list_versions(call.context, call.project, model, after=after, limit=query.limit + 1)
    page, position = cut(found, query.limit, lambda version: str(version.number))
    aliases = cases.list_aliases(call.context, call.project, model)
    items = [views.ModelVersion.of(version, aliases) for version in page]
    return reply(views.VersionList(items=items, next_cursor=call.cursor(query, position)))


@models.add(
    "GET",
    "/v1/models/{model}/versions/{version}",
    access="read",
    problems=("not-found", "damaged-object"),
    answers={200: Answer(description="The version", model=views.VersionNow, links=_LINKS)},
)
def get_version(call: Call, model: str, version: str) -> Reply:
    """Read a model version. `version` is a number, an alias, or `latest`.

    `rule_in_force` says by which rule it calls labels now, where that is not the one that its `metrics` are of.
    """
    found = _find(call, model, version)
    aliases = cases.list_aliases(call.context, call.project, model)
    return reply(views.VersionNow.seen(found, aliases, rule_in_force(call.context.registry_for(call.project), found)))


@models.add(
    "GET",
    "/v1/models/{model}/versions/{version}/report",
    access="read",
    problems=("not-found", "damaged-object"),
    answers={200: REPORT},
)
def get_version_report(call: Call, model: str, version: str) -> Reply:
    """Read the evaluation of a version, on rows that no step of the search saw.

    JSON, or with `Accept: text/html` a page for people.
    """
    return reply_report(call, _find(call, model, version))


@models.add(
    "GET",
    "/v1/models/{model}/versions/{version}/schema",
    access="read",
    problems=("not-found", "damaged-object"),
    answers={
        200: Answer(
            description="JSON Schema, with a sample under `examples`",
            schema={"type": "object", "required": ["$schema", "type", "properties", "examples"]},
        )
    },
)
def get_version_schema(call: Call, model: str, version: str) -> Reply:
    """Read what a prediction request for this version looks like."""
    return reply_json(call.parts.predictors.find(call.project, model, version).predictor.schema())


@models.add(
    "GET",
    "/v1/models/{model}/versions/{version}/bundle",
    access="read",
    headers=("Range", "If-Range"),
    problems=("not-found", "range-not-satisfiable"),
    answers={
        200: Answer(
            description="The whole bundle",
            media_types=(ZIP,),
            headers=("ETag", "Accept-Ranges", "X-Model-Version"),
        ),
        206: Answer(
            description="A part of it",
            media_types=(ZIP,),
            headers=("ETag", "Accept-Ranges", "Content-Range", "X-Model-Version"),
        ),
    },
)
def download_bundle(call: Call, model: str, version: str) -> Reply:
    """Download the stored predictor, a zip file that `automl.load_bundle` reads. Its `ETag` is its digest."""
    found = _find(call, model, version)
    size, etag = found.bundle_bytes, found.bundle_digest
    start, stop = _asked_range(call, size, etag)
    headers = {
        "Accept-Ranges": "bytes",
        "Content-Length": str(stop - start),
        "Content-Disposition": f'attachment; filename="{found.model}-{found.number}.zip"',
        "X-Model-Version": found.id,
        "Cache-Control": "private, no-cache",
    }
    whole = (start, stop) == (0, size)
    if not whole:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    stream = call.context.registry_for(call.project).versions.open_bundle(found, start, stop - start)
    chunks = iter(lambda: stream.read(1 << 16), b"")
    return Reply(
        body=chunks, status=200 if whole else 206, media_type=ZIP, headers=headers, etag=etag, close=stream.close
    )


def _asked_range(call: Call, size: int, etag: str) -> tuple[int, int]:
    """The half-open range of bytes to send: everything, unless one single range is asked for."""
    wanted = parse_range_header(call.request.headers.get("Range"))
    fresh = call.request.headers.get("If-Range", f'"{etag}"') == f'"{etag}"'
    if wanted is None or wanted.units != "bytes" or len(wanted.ranges) != 1 or not fresh:
        return 0, size
    span: tuple[int, int] | None = wanted.range_for_length(size)
    if span is None:
        raise NoSuchRange(
            "range-not-satisfiable", f"There are {size:,} bytes.", headers={"Content-Range": f"bytes */{size}"}
        )
    return span


def _find(call: Call, model: str, version: str) -> ModelVersion:
    return cases.get_version(call.context, call.project, model, version)


def _model(context: Context, project: str, name: str) -> views.Model:
    model = cases.get_model(context, project, name)
    latest = cases.list_versions(context, project, name, limit=1)
    return views.Model.of(model, latest[0] if latest else None, cases.list_aliases(context, project, name))
