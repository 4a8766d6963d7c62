"""Answers to requests that carry an `Idempotency-Key`, so that asking twice does once."""

from collections.abc import Mapping
from datetime import timedelta

import sqlalchemy as sa

from service.store.clock import Clock
from service.store.database import Database, insert_absent
from service.store.records import Fresh, InFlight, Mismatch, Replay
from service.store.tables import idempotency

KEPT = timedelta(days=1)
"""For so long an answer is replayed."""

ABANDONED = timedelta(minutes=15)
"""After so long without an answer, whoever was answering is taken for dead."""


class Idempotency:
    """The answers given of late, by key and idempotency key."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def begin(self, key_id: str, idem_key: str, digest: str) -> Fresh | Replay | Mismatch | InFlight:
        """What to do with a request whose method, path and body have this digest."""
        now = self._clock()
        row = {"key_id": key_id, "idem_key": idem_key, "digest": digest, "started_at": now}
        with self._database.write() as connection:
            self._forget(connection)
            if insert_absent(connection, idempotency, row):
                return Fresh(key_id, idem_key, now)
            known = connection.execute(sa.select(idempotency).where(_is(key_id, idem_key))).one_or_none()
        if known is None:  # abandoned between the two statements
            return InFlight()
        if known.digest != digest:
            return Mismatch()
        return InFlight() if known.status is None else Replay(known.status, known.headers, known.body)

    def complete(self, fresh: Fresh, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """Keep the answer. Nothing happens when it took so long that somebody else was let through."""
        answer = {"status": status, "headers": dict(headers), "body": body}
        with self._database.write() as connection:
            connection.execute(idempotency.update().where(_held(fresh)).values(answer))

    def abandon(self, fresh: Fresh) -> None:
        """There is no answer worth keeping: the next one who asks is fresh again."""
        with self._database.write() as connection:
            connection.execute(idempotency.delete().where(_held(fresh)))

    def _forget(self, connection: sa.Connection) -> None:
        now, begun = self._clock(), idempotency.c.started_at
        dead = idempotency.c.status.is_(None) & (begun < now - ABANDONED)
        connection.execute(idempotency.delete().where(dead | (begun < now - KEPT)))


def _is(key_id: str, idem_key: str) -> sa.ColumnElement[bool]:
    return (idempotency.c.key_id == key_id) & (idempotency.c.idem_key == idem_key)


def _held(fresh: Fresh) -> sa.ColumnElement[bool]:
    return _is(fresh.key_id, fresh.idem_key) & (idempotency.c.started_at == fresh.started_at)
