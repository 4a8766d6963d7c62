"""Aliases: movable names for versions, each one small object moved by compare-and-swap, with its history inside."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from registry.errors import NotFound, PreconditionFailed
from registry.project import Project
from registry.records import Record

HISTORY = 200
"""How many moves an alias remembers; older ones are dropped."""


@dataclass(frozen=True, slots=True)
class Move:
    """One move of an alias: where to (None when deleted), when (RFC 3339 UTC), by whom and why."""

    kind: Literal["set", "rollback", "delete"]
    version: int | None
    at: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Alias:
    """A name for a version as it stands. `etag` is what a caller shows to move it, the rest tells of the last move."""

    model: str
    alias: str
    version: int
    etag: str
    updated_at: str
    by: str
    reason: str


class Aliases:
    """The aliases of one project's models.

    A deleted alias stays as a record without a version, so that its history goes on when it is set again.
    """

    def __init__(self, project: Project) -> None:
        self._keys, self._records, self._now = project.keys, project.records, project.now

    def get(self, model: str, alias: str) -> Alias:
        """Raises `NotFound`."""
        record = self._records.find(self._keys.alias(model, alias))
        found = _alias(record) if record else None
        if not found:
            raise NotFound(f"{model} has no alias {alias}")
        return found

    def history(self, model: str, alias: str) -> list[Move]:
        """The last `HISTORY` moves, newest first, also those of a deleted alias. Raises `NotFound`."""
        record = self._records.find(self._keys.alias(model, alias))
        if not record:
            raise NotFound(f"{model} never had an alias {alias}")
        return _moves(record)

    def list(self, model: str) -> list[Alias]:
        """All aliases of a model by name; empty for an unknown model."""
        records = self._records.find_many(self._records.keys(self._keys.aliases(model)))
        return [alias for alias in map(_alias, records) if alias]

    def set(
        self,
        model: str,
        alias: str,
        version: int,
        *,
        if_match: str | None = None,
        if_absent: bool = False,
        by: str,
        reason: str = "",
    ) -> Alias:
        """Point an alias at a version.

        Args:
            model: name of the model.
            alias: name of the alias.
            version: number of the version, which must exist.
            if_match: move it only while it has this etag.
            if_absent: set it only where there is none. Given neither, it is moved from wherever it is.
            by: who moves it.
            reason: why, for the history.

        Raises:
            NotFound: there is no such version.
            PreconditionFailed: the alias is there already, is gone, or was moved by another meanwhile.
        """
        key = self._keys.alias(model, alias)
        if not self._records.exists(self._keys.version(model, version)):
            raise NotFound(f"{model} has no version {version}")
        current = self._records.find(key)
        _check(current, if_match=if_match, if_absent=if_absent)
        return self._move(key, current, model, alias, Move("set", version, self._now(), by, reason))

    def rollback(self, model: str, alias: str, *, if_match: str | None = None, by: str, reason: str = "") -> Alias:
        """Move an alias back to where it was before; again, to where it was before that.

        Raises:
            NotFound: there is no such alias, or it never pointed elsewhere.
            PreconditionFailed: it was moved by another meanwhile.
        """
        key = self._keys.alias(model, alias)
        current = self._present(key, model, alias)
        _check(current, if_match=if_match)
        previous = _previous(_moves(current))
        if previous is None:
            raise NotFound(f"{model}@{alias} has no earlier version to go back to")
        return self._move(key, current, model, alias, Move("rollback", previous, self._now(), by, reason))

    def delete(self, model: str, alias: str, *, if_match: str | None = None, by: str = "", reason: str = "") -> None:
        """Take the name away. Raises `NotFound`, `PreconditionFailed`."""
        key = self._keys.alias(model, alias)
        current = self._present(key, model, alias)
        _check(current, if_match=if_match)
        self._write(key, current, model, alias, Move("delete", None, self._now(), by, reason))

    def _present(self, key: str, model: str, alias: str) -> Record:
        record = self._records.find(key)
        if not record or not _alias(record):
            raise NotFound(f"{model} has no alias {alias}")
        return record

    def _move(self, key: str, current: Record | None, model: str, alias: str, move: Move) -> Alias:
        moved = _alias(self._write(key, current, model, alias, move))
        assert moved, "a move to a version leaves an alias"  # noqa: S101 - tells the type checker
        return moved

    def _write(self, key: str, current: Record | None, model: str, alias: str, move: Move) -> Record:
        history = [asdict(move), *(current.data["history"] if current else [])][:HISTORY]
        data = {"model": model, "alias": alias, "version": move.version, "history": history}
        if current:
            return self._records.replace(key, data, if_match=current.etag)
        return self._records.create(key, data)


def _check(current: Record | None, *, if_match: str | None, if_absent: bool = False) -> None:
    present = current if current and current.data["version"] is not None else None
    if if_absent and present:
        raise PreconditionFailed(f"the alias exists and points at version {present.data['version']}")
    if if_match is not None and (not present or present.etag != if_match):
        raise PreconditionFailed("the alias is not where it was when it was read: read it again")


def _alias(record: Record) -> Alias | None:
    data: Mapping[str, Any] = record.data
    if data["version"] is None:
        return None
    last = data["history"][0]
    return Alias(data["model"], data["alias"], data["version"], record.etag, last["at"], last["by"], last["reason"])


def _moves(record: Record) -> list[Move]:
    return [Move(**move) for move in record.data["history"]]


def _previous(history: Sequence[Move]) -> int | None:
    """Where a rollback leads: the version below the top when each set stacks one up and each rollback takes off."""
    stack: list[int] = []
    for move in reversed(history):
        if move.kind == "rollback":
            while stack and stack[-1] != move.version:
                stack.pop()
        if move.version is not None and stack[-1:] != [move.version]:
            stack.append(move.version)
    return stack[-2] if len(stack) > 1 else None
