"""The object store protocol: all that the registry asks of a bucket."""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from registry.errors import InvalidName

_KEY = re.compile(r"(?!\.+(/|$))[A-Za-z0-9._@-]{1,200}(/(?!\.+(/|$))[A-Za-z0-9._@-]{1,200})*", re.ASCII)
_MAX_KEY = 800


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """What a store knows of an object without reading it. `size` is in bytes, `modified` is aware (UTC).

    `etag` changes when the content does. It is empty in what `list` answers, because a directory would have to read
    every object to know it: use `head`.
    """

    key: str
    size: int
    etag: str
    modified: datetime


class ObjectStore(Protocol):
    """A flat map from keys to immutable bytes with atomic, conditional writes.

    Keys are relative, of `[A-Za-z0-9._@-]` segments joined by `/`, else `InvalidName`; no key is the folder of another.
    A reader sees the whole old object or the whole new one, never a part. Every method may raise `StoreUnavailable`.
    """

    def get(self, key: str) -> tuple[bytes, ObjectInfo]:
        """The whole object, for small ones. Raises `NotFound`."""

    def open(self, key: str, *, start: int = 0, length: int | None = None) -> BinaryIO:
        """A stream over `length` bytes from `start`, fewer at the end; the caller closes it. Raises `NotFound`."""

    def head(self, key: str) -> ObjectInfo:
        """Raises `NotFound`."""

    def put(self, key: str, body: bytes | Path, *, if_absent: bool = False, if_match: str | None = None) -> ObjectInfo:
        """Write the whole object from memory or a file.

        `if_absent` writes only where there is none, `if_match` only over the object with that etag; else
        `PreconditionFailed`. A conditional write is never retried inside: after a lost reply (`StoreUnavailable`) the
        caller reads back and looks whether the object is its own.
        """

    def list(self, prefix: str, *, after: str = "", limit: int = 1000) -> list[ObjectInfo]:
        """Up to `limit` objects whose key starts with `prefix` and comes after `after`.

        Keys of one folder come in byte order. Servers differ in how they order folders (`a-1/` and `a/`), but each has
        one order, so going on after the last key of a page meets every key once.
        """

    def delete(self, key: str, *, if_match: str | None = None) -> None:
        """Delete; deleting what is not there is fine unless `if_match` is given (`PreconditionFailed`)."""


def check_key(key: str) -> str:
    """The key as it is, or `InvalidName`: what passes cannot leave a store's folder."""
    if len(key) > _MAX_KEY or not _KEY.fullmatch(key):
        raise InvalidName(f"{key[:100]!r} is not a key of an object store")
    return key


def check_prefix(prefix: str) -> str:
    """The start of a key as it is, or `InvalidName`."""
    if prefix:
        check_key(prefix.removesuffix("/"))
    return prefix
