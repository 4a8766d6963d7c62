"""Small JSON records in an object store, with a format number and an answer to lost replies."""

import json
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from heapq import nlargest
from itertools import islice
from typing import Any

from registry.errors import Corrupt, NotFound, RegistryError, StoreUnavailable, UnknownFormat
from registry.objects import ObjectInfo, ObjectStore

FORMAT = 1
_READERS = 8
_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it was read, with the etag to replace it by."""

    data: dict[str, Any]
    etag: str


class Records:
    """Reads and writes records; every stored one carries `"format"`."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def read(self, key: str) -> Record:
        """Raises `NotFound`, `Corrupt`, `UnknownFormat`."""
        body, info = self._store.get(key)
        return Record(_decode(key, body), info.etag)

    def find(self, key: str) -> Record | None:
        """The record, or None where there is none."""
        try:
            return self.read(key)
        except NotFound:
            return None

    def find_many(self, keys: Iterable[str]) -> list[Record]:
        """The records that exist, in the order of their keys, read a few at a time."""
        with ThreadPoolExecutor(_READERS) as pool:
            return [record for record in pool.map(self.find, keys) if record]

    def exists(self, key: str) -> bool:
        try:
            self._store.head(key)
        except NotFound:
            return False
        return True

    def create(self, key: str, data: Mapping[str, Any]) -> Record:
        """Write a new record; `PreconditionFailed` where there is one."""
        return self._write(key, data, if_match=None)

    def replace(self, key: str, data: Mapping[str, Any], *, if_match: str) -> Record:
        """Write over the record with that etag; `PreconditionFailed` when it is another by now."""
        return self._write(key, data, if_match=if_match)

    def delete(self, key: str) -> None:
        """Delete; deleting what is not there is fine."""
        self._store.delete(key)

    def keys(self, prefix: str, *, after: str = "") -> Iterator[str]:
        """All keys that start with `prefix` and come after `after`."""
        return (info.key for info in list_all(self._store, prefix, after=after))

    def newest(self, prefix: str, *, limit: int, among: int) -> list[str]:
        """The `limit` keys written last, newest first, of the first `among` that start with `prefix`."""
        listed = islice(list_all(self._store, prefix), among)
        return [info.key for info in nlargest(limit, listed, key=lambda info: (info.modified, info.key))]

    def page(self, prefix: str, *, after: str = "", limit: int) -> list[Record]:
        """Up to `limit` records whose key starts with `prefix` and sorts after `after`."""
        return self.find_many(info.key for info in self._store.list(prefix, after=after, limit=limit))

    def _write(self, key: str, data: Mapping[str, Any], *, if_match: str | None) -> Record:
        stored = {"format": FORMAT, **data}
        body = json.dumps(stored, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
        try:
            info = self._store.put(key, body, if_absent=if_match is None, if_match=if_match)
        except StoreUnavailable:
            # The write may have happened and only its answer be lost: what lies there now tells.
            etag = self._etag_if_stored(key, body)
            if etag is None:
                raise
            return Record(stored, etag)
        return Record(stored, info.etag)

    def _etag_if_stored(self, key: str, body: bytes) -> str | None:
        try:
            present, info = self._store.get(key)
        except RegistryError:
            return None
        return info.etag if present == body else None


def list_all(store: ObjectStore, prefix: str, *, after: str = "") -> Iterator[ObjectInfo]:
    """All objects whose key starts with `prefix` and comes after `after`, asked for page by page."""
    page = store.list(prefix, after=after, limit=_PAGE)
    yield from page
    while len(page) == _PAGE:
        page = store.list(prefix, after=page[-1].key, limit=_PAGE)
        yield from page


def _decode(key: str, body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(body)
    except ValueError:
        data = None
    version = data.get("format") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(version, int) or version < 1:
        raise Corrupt(f"{key} is not a record of a registry")
    if version > FORMAT:
        raise UnknownFormat(f"{key} has format {version}, this Winnow reads up to {FORMAT}: upgrade Winnow to use it")
    return data
