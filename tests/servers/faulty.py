"""A store that fails at one chosen operation, in front of a real one."""

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Literal, TypeVar

from registry import ObjectInfo, ObjectStore
from registry.errors import StoreUnavailable

T = TypeVar("T")
Fault = Literal["killed before", "killed after", "lost reply", "down"]


class Killed(Exception):
    """Stands for the end of the process: no operation works from here on."""


class FaultyStore:
    """Fails at operation number `at`, counted from 1 over everything that is asked of it.

    A kill comes before or after the operation takes effect and lasts; a lost reply (the operation takes effect) and an
    outage (it does not) raise `StoreUnavailable` once.
    """

    def __init__(self, store: ObjectStore, fault: Fault, at: int) -> None:
        self._store, self._fault, self._at = store, fault, at
        self.calls = 0

    def get(self, key: str) -> tuple[bytes, ObjectInfo]:
        return self._do(lambda: self._store.get(key))

    def open(self, key: str, *, start: int = 0, length: int | None = None) -> BinaryIO:
        return self._do(lambda: self._store.open(key, start=start, length=length))

    def head(self, key: str) -> ObjectInfo:
        return self._do(lambda: self._store.head(key))

    def put(self, key: str, body: bytes | Path, *, if_absent: bool = False, if_match: str | None = None) -> ObjectInfo:
        return self._do(lambda: self._store.put(key, body, if_absent=if_absent, if_match=if_match))

    def list(self, prefix: str, *, after: str = "", limit: int = 1000) -> list[ObjectInfo]:
        return self._do(lambda: self._store.list(prefix, after=after, limit=limit))

    def delete(self, key: str, *, if_match: str | None = None) -> None:
        return self._do(lambda: self._store.delete(key, if_match=if_match))

    def _do(self, act: Callable[[], T]) -> T:
        self.calls += 1
        if self._fault.startswith("killed") and self.calls > self._at:
            raise Killed
        if self.calls != self._at:
            return act()
        if self._fault == "killed before":
            raise Killed
        if self._fault == "down":
            raise StoreUnavailable("down for a moment")
        act()
        raise Killed if self._fault == "killed after" else StoreUnavailable("the reply was lost")
