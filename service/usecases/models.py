"""Models, their versions and their aliases."""

from dataclasses import dataclass

from registry import Alias, Model, ModelVersion, Move, check_alias, check_name
from registry.errors import InvalidName, NotFound, PreconditionFailed
from service.context import Context
from service.errors import Missing, PreconditionMissing, Stale

_STALE = "The alias was moved, set or deleted since you read it. Read it again, and decide again."


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold of an alias before it is changed: `If-Match` with these etags (`*` is any), or that it is new."""

    etags: tuple[str, ...] = ()
    absent: bool = False


def list_models(context: Context, project: str, *, after: str | None = None, limit: int = 50) -> list[Model]:
    """A project's models by name, from behind the name `after`."""
    return context.registry_for(project).models.list(after, limit)


def get_model(context: Context, project: str, model: str) -> Model:
    """A project's model. Raises `Missing`."""
    try:
        return context.registry_for(project).models.get(model)
    except (NotFound, InvalidName):
        raise Missing("not-found", "There is no such model.") from None


def list_versions(
    context: Context, project: str, model: str, *, after: int | None = None, limit: int = 50
) -> list[ModelVersion]:
    """A model's versions, newest first, from below the number `after`. Raises `Missing`."""
    return context.registry_for(project).versions.list(get_model(context, project, model).name, after, limit)


def get_version(context: Context, project: str, model: str, ref: str) -> ModelVersion:
    """The version that a number, an alias or `latest` means. Raises `Missing`."""
    try:
        return context.registry_for(project).versions.get(model, ref)
    except (NotFound, InvalidName):
        raise Missing("not-found", "There is no such model version.") from None


def list_aliases(context: Context, project: str, model: str) -> list[Alias]:
    """All aliases of a model by name; empty for an unknown model."""
    return context.registry_for(project).aliases.list(model)


def get_alias(context: Context, project: str, model: str, alias: str) -> Alias:
    """Where an alias points. Raises `Missing`."""
    try:
        return context.registry_for(project).aliases.get(model, alias)
    except (NotFound, InvalidName):
        raise Missing("not-found", "There is no such alias.") from None


def set_alias(
    context: Context, project: str, model: str, alias: str, version: int, *, condition: Condition, by: str, reason: str
) -> tuple[Alias, bool]:
    """Point an alias at a version; tells whether it is new.

    Raises:
        Missing: there is no such version.
        PreconditionMissing: the alias exists, and the caller did not say which state of it was seen.
        Stale: it is not in that state any more.
        InvalidName: no alias may be called so.
    """
    aliases = context.registry_for(project).aliases
    if_match = _if_match(context, project, model, alias, condition) if condition.etags else None
    try:
        moved = aliases.set(model, alias, version, if_match=if_match, if_absent=if_match is None, by=by, reason=reason)
    except NotFound:
        raise Missing("not-found", "There is no such model version.") from None
    except PreconditionFailed:
        if condition.etags or condition.absent:
            raise Stale("stale", _STALE) from None
        raise _unconditional() from None
    return moved, if_match is None


def delete_alias(
    context: Context, project: str, model: str, alias: str, *, condition: Condition, by: str, reason: str
) -> None:
    """Take a name away; its history stays. Raises `Missing`, `PreconditionMissing`, `Stale`, `InvalidName`."""
    if_match = _if_match(context, project, model, alias, condition)
    try:
        context.registry_for(project).aliases.delete(model, alias, if_match=if_match, by=by, reason=reason)
    except (NotFound, PreconditionFailed):
        raise Stale("stale", _STALE) from None


def rollback_alias(
    context: Context, project: str, model: str, alias: str, *, condition: Condition, by: str, reason: str
) -> Alias:
    """Move an alias back to where it was before. Raises `Missing`, `PreconditionMissing`, `Stale`, `InvalidName`."""
    if_match = _if_match(context, project, model, alias, condition)
    try:
        return context.registry_for(project).aliases.rollback(model, alias, if_match=if_match, by=by, reason=reason)
    except NotFound:
        raise Missing(
            "no-earlier-version", "The alias never pointed elsewhere: there is nothing to go back to."
        ) from None
    except PreconditionFailed:
        raise Stale("stale", _STALE) from None


def alias_history(context: Context, project: str, model: str, alias: str) -> list[Move]:
    """An alias's moves, newest first, also those of a deleted one. Raises `Missing`."""
    try:
        return context.registry_for(project).aliases.history(model, alias)
    except (NotFound, InvalidName):
        raise Missing("not-found", "There never was such an alias.") from None


def _if_match(context: Context, project: str, model: str, alias: str, condition: Condition) -> str:
    """The etag of the state that the caller has seen, which is the present one."""
    check_name("model", model)  # before any condition on what can't be there
    check_alias(alias)
    if condition.absent:
        raise Stale("stale", "`If-None-Match: *` makes a new alias; it does not change one.")
    try:
        present = context.registry_for(project).aliases.get(model, alias)
    except NotFound:
        if condition.etags:
            raise Stale("stale", _STALE) from None
        raise Missing("not-found", "There is no such alias.") from None
    if not condition.etags:
        raise _unconditional()
    if "*" not in condition.etags and present.etag not in condition.etags:
        raise Stale("stale", _STALE)
    return present.etag


def _unconditional() -> PreconditionMissing:
    return PreconditionMissing(
        "precondition-required", "Send the `ETag` that you read as `If-Match`, so that nobody's move is lost."
    )
