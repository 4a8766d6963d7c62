"""API keys: `wn_<id>.<secret>`, shown once, stored as an HMAC."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from service.store.clock import Clock
from service.store.database import Database, insert_absent
from service.store.records import SCOPES, KeyRecord, Scope
from service.store.tables import keys

_SHAPE = re.compile(r"wn_([0-9a-f]{16})\.[A-Za-z0-9_-]{43}")
_NO_MAC = "0" * 64


class Keys:
    """The keys of all projects."""

    def __init__(self, database: Database, clock: Clock, secret: str) -> None:
        """`secret` is what the stored HMACs are made under; with another one no key is known."""
        self._database = database
        self._clock = clock
        self._secret = secret.encode()

    def create(self, project: str, name: str, scopes: Sequence[Scope]) -> tuple[KeyRecord, str]:
        """A new key and its plaintext, which cannot be had again."""
        plaintext = new_plaintext()
        return self.register(plaintext, project, name, scopes), plaintext

    def register(self, plaintext: str, project: str, name: str, scopes: Sequence[Scope]) -> KeyRecord:
        """Make a given plaintext known; one whose id is known already stays as it was. `ValueError` if it is no key."""
        key_id = _key_id(plaintext)
        if key_id is None:
            raise ValueError("That is not a key: one looks like wn_<16 hex digits>.<43 letters, digits, _ or ->.")
        ordered = tuple(scope for scope in SCOPES if scope in scopes)
        record = KeyRecord(id=key_id, project=project, name=name, scopes=ordered, created_at=self._clock())
        with self._database.write() as connection:
            insert_absent(connection, keys, {**_row(record), "mac": self._mac(plaintext)})
        return record

    def authenticate(self, plaintext: str) -> KeyRecord | None:
        """The key's record, or None. Takes the same way, and time, for an unknown id as for a wrong secret."""
        with self._database.read() as connection:
            row = connection.execute(sa.select(keys).where(keys.c.id == (_key_id(plaintext) or ""))).one_or_none()
        known = hmac.compare_digest(self._mac(plaintext), _NO_MAC if row is None else row.mac)
        return _record(row) if row is not None and known and row.revoked_at is None else None

    def list(self, project: str) -> list[KeyRecord]:
        """A project's keys, revoked ones too, oldest first."""
        query = sa.select(keys).where(keys.c.project == project).order_by(keys.c.created_at, keys.c.id)
        with self._database.read() as connection:
            return [_record(row) for row in connection.execute(query)]

    def revoke(self, project: str, key_id: str) -> KeyRecord | None:
        """From now on the key is refused. None if the project has no such key; revoking twice is fine."""
        mine = (keys.c.project == project) & (keys.c.id == key_id)
        with self._database.write() as connection:
            connection.execute(keys.update().where(mine, keys.c.revoked_at.is_(None)).values(revoked_at=self._clock()))
            row = connection.execute(sa.select(keys).where(mine)).one_or_none()
        return None if row is None else _record(row)

    def none_yet(self) -> bool:
        """Whether there has never been a key."""
        with self._database.read() as connection:
            return connection.execute(sa.select(keys.c.id).limit(1)).first() is None

    def _mac(self, plaintext: str) -> str:
        return hmac.new(self._secret, plaintext.encode(errors="replace"), hashlib.sha256).hexdigest()


def new_plaintext() -> str:
    """A random key: 64 bits of id, 256 bits of secret."""
    return f"wn_{secrets.token_hex(8)}.{secrets.token_urlsafe(32)}"


def _key_id(plaintext: str) -> str | None:
    match = _SHAPE.fullmatch(plaintext)
    return f"key_{match[1]}" if match else None


def _row(record: KeyRecord) -> dict[str, Any]:
    return {
        "id": record.id,
        "project": record.project,
        "name": record.name,
        "scopes": record.scopes,
        "created_at": record.created_at,
    }


def _record(row: sa.Row[Any]) -> KeyRecord:
    return KeyRecord(
        id=row.id,
        project=row.project,
        name=row.name,
        scopes=tuple(row.scopes),
        created_at=row.created_at,
        revoked_at=row.revoked_at,
    )
