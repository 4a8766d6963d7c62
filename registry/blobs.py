"""Content-addressed bytes: written once under their digest, verified on every read."""

import hashlib
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from registry.errors import Corrupt, NotFound
from registry.names import blob_key
from registry.objects import ObjectStore

GRACE = timedelta(hours=24)
"""How long a blob that nothing refers to is left alone."""

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Blob:
    """Stored bytes: `digest` is `sha256:…`, `size` in bytes."""

    digest: str
    size: int


class Blobs:
    """The blobs of one store, shared by its projects."""

    def __init__(self, store: ObjectStore, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock

    def put(self, body: bytes | Path) -> Blob:
        """Store bytes from memory or a file. What is there already is not sent again, unless it is about to be old.

        A sweep leaves young blobs alone. An old one may be going at this moment because nothing refers to it yet, so
        it is written anew: then it is young, and whoever calls has half of `GRACE` to refer to it.
        """
        blob = _measure(body)
        key = blob_key(blob.digest)
        try:
            young = self._clock() - self._store.head(key).modified < GRACE / 2
        except NotFound:
            young = False
        if not young:
            self._store.put(key, body)
        return blob

    def get(self, digest: str) -> bytes:
        """The whole blob. Raises `NotFound`, `Corrupt`."""
        body, _ = self._store.get(blob_key(digest))
        _verify(digest, hashlib.sha256(body).hexdigest())
        return body

    def open(self, digest: str, start: int = 0, length: int | None = None) -> BinaryIO:
        """A stream over a part, which is not verified: a part has no digest. Raises `NotFound`."""
        return self._store.open(blob_key(digest), start=start, length=length)

    def fetch(self, digest: str, to: Path) -> Path:
        """Write the blob to the file `to`, which appears whole and verified or not at all.

        Raises `NotFound`, `Corrupt`.
        """
        part = to.with_name(f".{to.name}.{secrets.token_hex(4)}")
        measured = hashlib.sha256()
        try:
            with self.open(digest) as source, part.open("xb") as target:
                while chunk := source.read(_CHUNK):
                    measured.update(chunk)
                    target.write(chunk)
                target.flush()
                os.fsync(target.fileno())
            _verify(digest, measured.hexdigest())
            return part.replace(to)
        finally:
            part.unlink(missing_ok=True)


def _measure(body: bytes | Path) -> Blob:
    if isinstance(body, bytes):
        return Blob(f"sha256:{hashlib.sha256(body).hexdigest()}", len(body))
    with body.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return Blob(f"sha256:{digest}", file.tell())


def _verify(digest: str, measured: str) -> None:
    if digest != f"sha256:{measured}":
        raise Corrupt(f"the stored bytes of {digest} have the digest sha256:{measured}: restore them from a backup")
