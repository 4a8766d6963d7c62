"""Models, versions and aliases as HTTP shows them."""

from datetime import datetime
from typing import Any, Literal, Self

from pydantic import Field

from automl.types import Task
from registry import Alias as StoredAlias
from registry import Model as StoredModel
from registry import ModelVersion as StoredVersion
from registry import Move as StoredMove
from service.api.schemas.common import ListView, Page, Request, View
from service.api.schemas.rules import RuleInForce
from service.usecases.inforce import InForce


class ModelListQuery(Page):
    """Which models."""


class VersionListQuery(Page):
    """Which versions."""


class Model(View):
    """A named line of versions."""

    name: str = Field(examples=["fraud"])
    latest: str | None = Field(examples=["fraud:3"])
    """Id of its newest version."""
    aliases: dict[str, int]
    """Versions by alias."""
    created_at: datetime

    @classmethod
    def of(cls, model: StoredModel, latest: StoredVersion | None, aliases: list[StoredAlias]) -> Self:
        """The view of a model."""
        return cls.model_validate(
            {
                "name": model.name,
                "latest": latest and latest.id,
                "aliases": {alias.alias: alias.version for alias in aliases},
                "created_at": model.created_at,
            }
        )


class ModelList(ListView):
    """A page of models, by name."""

    items: list[Model]


class Bundle(View):
    """The stored predictor."""

    digest: str
    """`sha256:` and 64 hex digits of the download."""
    bytes: int


class ModelVersion(View):
    """A numbered, immutable entry of a model."""

    id: str = Field(examples=["fraud:3"])
    model: str
    version: int
    task: Task
    target: str
    classes: list[Any]
    """Labels by class, the positive one last of two; empty for a regression."""
    metrics: dict[str, Any]
    """On the holdout."""
    lineage: dict[str, Any]
    """What it was made from and by."""
    aliases: list[str]
    """That point at it now."""
    bundle: Bundle
    run: str
    created_at: datetime

    @classmethod
    def of(cls, version: StoredVersion, aliases: list[StoredAlias]) -> Self:
        """The view of a version; `aliases` are all of its model's."""
        manifest = version.manifest
        return cls.model_validate(
            {
                "id": version.id,
                "model": version.model,
                "version": version.number,
                "task": manifest["task"],
                "target": manifest["target"],
                "classes": manifest["classes"],
                "metrics": manifest["metrics"],
                "lineage": manifest["lineage"],
                "aliases": [alias.alias for alias in aliases if alias.version == version.number],
                "bundle": {"digest": version.bundle_digest, "bytes": version.bundle_bytes},
                "run": version.run_id,
                "created_at": version.created_at,
            }
        )


class VersionNow(ModelVersion):
    """A version, and the rule that it calls labels by now, if that is not the one that its metrics are of."""

    rule_in_force: RuleInForce | None
    """Null where `metrics` are of the rule in force."""

    @classmethod
    def seen(cls, version: StoredVersion, aliases: list[StoredAlias], in_force: InForce | None) -> Self:
        """The view of a version and of the rule that was set for it, if any was."""
        told = ModelVersion.of(version, aliases).model_dump()
        return cls.model_validate({**told, "rule_in_force": in_force and in_force.to_json()})


class VersionList(ListView):
    """A page of versions, newest first."""

    items: list[ModelVersion]


class Alias(View):
    """A movable name for a version."""

    model: str
    alias: str = Field(examples=["champion"])
    version: int
    model_version: str = Field(examples=["fraud:3"])
    updated_at: datetime
    by: str
    """Who moved it last."""
    reason: str

    @classmethod
    def of(cls, alias: StoredAlias) -> Self:
        """The view of an alias."""
        return cls.model_validate(
            {
                "model": alias.model,
                "alias": alias.alias,
                "version": alias.version,
                "model_version": f"{alias.model}:{alias.version}",
                "updated_at": alias.updated_at,
                "by": alias.by,
                "reason": alias.reason,
            }
        )


class AliasList(ListView):
    """All aliases of a model, by name."""

    items: list[Alias]
    next_cursor: None = None


class AliasMove(Request):
    """Where an alias shall point, and why."""

    version: int = Field(ge=1, le=99_999_999, description="Number of a version of this model", examples=[1])
    reason: str = Field("", max_length=500, description="For the history")


class Reason(Request):
    """Why an alias is moved."""

    reason: str = Field("", max_length=500, description="For the history")


class Move(View):
    """One move of an alias."""

    kind: Literal["set", "rollback", "delete"]
    version: int | None
    """Null when the alias was deleted."""
    at: datetime
    by: str
    reason: str

    @classmethod
    def of(cls, move: StoredMove) -> Self:
        """The view of a move."""
        return cls.model_validate(
            {"kind": move.kind, "version": move.version, "at": move.at, "by": move.by, "reason": move.reason}
        )


class History(ListView):
    """An alias's moves, newest first."""

    items: list[Move]
    next_cursor: None = None
