"""Operations on aliases: each change says which state of the alias it was decided on."""

from service.api.calls import Call, Reply, reply
from service.api.conditions import condition_of
from service.api.operations import Answer, Group, Link
from service.api.schemas import models as views
from service.usecases import models as cases

aliases = Group("aliases", "Movable names for versions, such as `champion`, moved by compare-and-swap.")

_CONDITIONAL = ("not-found", "invalid-name", "stale", "precondition-required")
_HERE = {"model": "$response.body#/model", "alias": "$response.body#/alias"}
_LINKS = (
    Link("getAlias", _HERE, "Read it"),
    Link("getAliasHistory", _HERE, "Who moved it when"),
    Link("predict", {"model": "$response.body#/model", "version": "$response.body#/alias"}, "Ask what it points at"),
)


@aliases.add(
    "GET",
    "/v1/models/{model}/aliases",
    access="read",
    problems=("not-found",),
    answers={200: Answer(description="All aliases", model=views.AliasList)},
)
def list_aliases(call: Call, model: str) -> Reply:
    """List a model's aliases, by name."""
    found = cases.list_aliases(call.context, call.project, cases.get_model(call.context, call.project, model).name)
    return reply(views.AliasList(items=[views.Alias.of(alias) for alias in found]))


@aliases.add(
    "GET",
    "/v1/models/{model}/aliases/{alias}",
    access="read",
    problems=("not-found",),
    answers={200: Answer(description="Where it points", model=views.Alias, headers=("ETag",))},
)
def get_alias(call: Call, model: str, alias: str) -> Reply:
    """Read an alias. Its `ETag` is what moving it demands."""
    found = cases.get_alias(call.context, call.project, model, alias)
    return reply(views.Alias.of(found), etag=found.etag)


@aliases.add(
    "PUT",
    "/v1/models/{model}/aliases/{alias}",
    access="admin",
    headers=("If-Match", "If-None-Match"),
    problems=_CONDITIONAL,
    answers={
        200: Answer(description="It was moved", model=views.Alias, headers=("ETag",), links=_LINKS),
        201: Answer(description="It is new", model=views.Alias, headers=("ETag",), links=_LINKS),
    },
)
def set_alias(call: Call, model: str, alias: str, body: views.AliasMove) -> Reply:
    """Set or move an alias.

    A new one needs no condition (`If-None-Match: *` says that it must be new); to move one, send its `ETag` as
    `If-Match`.
    """
    moved, new = cases.set_alias(
        call.context,
        call.project,
        model,
        alias,
        body.version,
        condition=condition_of(call),
        by=call.key.name,
        reason=body.reason,
    )
    return reply(views.Alias.of(moved), status=201 if new else 200, etag=moved.etag)


@aliases.add(
    "DELETE",
    "/v1/models/{model}/aliases/{alias}",
    access="admin",
    headers=("If-Match",),
    problems=_CONDITIONAL,
    answers={204: Answer(description="It is gone")},
)
def delete_alias(call: Call, model: str, alias: str) -> Reply:
    """Delete an alias. Its history stays; the version stays, too."""
    cases.delete_alias(
        call.context, call.project, model, alias, condition=condition_of(call), by=call.key.name, reason=""
    )
    return Reply(status=204, media_type=None)


@aliases.add(
    "GET",
    "/v1/models/{model}/aliases/{alias}/history",
    access="read",
    problems=("not-found",),
    answers={200: Answer(description="Its moves", model=views.History)},
)
def get_alias_history(call: Call, model: str, alias: str) -> Reply:
    """Read who moved an alias, when and why, newest first. A deleted alias has a history, too."""
    moves = cases.alias_history(call.context, call.project, model, alias)
    return reply(views.History(items=[views.Move.of(move) for move in moves]))


@aliases.add(
    "POST",
    "/v1/models/{model}/aliases/{alias}/rollback",
    access="admin",
    body_optional=True,
    headers=("If-Match",),
    problems=("no-earlier-version", *_CONDITIONAL),
    answers={200: Answer(description="It is back", model=views.Alias, headers=("ETag",))},
)
def rollback_alias(call: Call, model: str, alias: str, body: views.Reason) -> Reply:
    """Move an alias back to where it was before; again, to where it was before that."""
    moved = cases.rollback_alias(
        call.context, call.project, model, alias, condition=condition_of(call), by=call.key.name, reason=body.reason
    )
    return reply(views.Alias.of(moved), etag=moved.etag)
