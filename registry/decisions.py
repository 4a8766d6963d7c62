"""Decisions: how a version calls its labels when that was changed after it was published, with its history beside it.

A version is immutable; what is said here takes the place of what stands in its bundle, until it is taken back.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from registry.errors import NotFound, PreconditionFailed
from registry.project import Project
from registry.records import Record

HISTORY: Final = 200
"""How many changes a version remembers; older ones are dropped."""

PUBLISHED: Final = "published"
"""The etag of a decision that nobody has changed yet."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change: its number from 1, the rule (None is that of the bundle again), when (RFC 3339 UTC), by whom, why."""

    revision: int
    rule: dict[str, Any] | None
    at: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Decision:
    """How a version decides now.

    Attributes:
        model: name of the model.
        version: number of the version.
        revision: how often it was changed.
        rule: as whoever set it wrote it; None is that of the bundle.
        etag: what a caller shows to change it.
        last: the last change; None if there was none.
    """

    model: str
    version: int
    revision: int
    rule: dict[str, Any] | None
    etag: str
    last: Change | None


class Decisions:
    """The decisions of one project's versions."""

    def __init__(self, project: Project) -> None:
        self._keys, self._records, self._now = project.keys, project.records, project.now

    def get(self, model: str, version: int) -> Decision:
        """How a version decides. Raises `NotFound`."""
        record = self._records.find(self._keys.decision(model, version))
        if record is None:
            self._refuse_unknown(model, version)
        return _decision(model, version, record)

    def history(self, model: str, version: int) -> list[Change]:
        """The last `HISTORY` changes, newest first. Raises `NotFound`."""
        record = self._records.find(self._keys.decision(model, version))
        if record is None:
            self._refuse_unknown(model, version)
            return []
        return _changes(record)

    def set(
        self,
        model: str,
        version: int,
        rule: Mapping[str, Any] | None,
        *,
        if_match: str | None = None,
        by: str,
        reason: str = "",
    ) -> Decision:
        """Decide by another rule from now on, or with None by that of the bundle again.

        Args:
            model: name of the model.
            version: number of the version, which must exist.
            rule: any JSON.
            if_match: change it only while it has this etag; from whatever it is when None.
            by: who changes it.
            reason: why, for the history.

        Raises:
            NotFound: there is no such version.
            PreconditionFailed: it was changed by another meanwhile.
        """
        key = self._keys.decision(model, version)
        record = self._records.find(key)
        if record is None:
            self._refuse_unknown(model, version)
        present = _decision(model, version, record)
        if if_match not in (None, present.etag):
            raise PreconditionFailed("the decision is not what it was when it was read: read it again")
        change = Change(present.revision + 1, None if rule is None else dict(rule), self._now(), by, reason)
        history = [asdict(change), *(record.data["history"] if record else [])][:HISTORY]
        data = {"model": model, "version": version, "history": history}
        written = self._records.replace(key, data, if_match=record.etag) if record else self._records.create(key, data)
        return _decision(model, version, written)

    def _refuse_unknown(self, model: str, version: int) -> None:
        if not self._records.exists(self._keys.version(model, version)):
            raise NotFound(f"{model} has no version {version}")


def _decision(model: str, version: int, record: Record | None) -> Decision:
    if record is None:
        return Decision(model, version, 0, None, PUBLISHED, None)
    last = _changes(record)[0]
    return Decision(model, version, last.revision, last.rule, record.etag, last)


def _changes(record: Record) -> list[Change]:
    return [Change(**change) for change in record.data["history"]]
