"""A reader over part of an object, alike for every store."""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import BinaryIO, Protocol, cast


class Source(Protocol):
    """What bytes come from: a file or the body of a response."""

    def read(self, size: int, /) -> bytes: ...

    def close(self) -> None: ...


class _Reader(io.RawIOBase):
    def __init__(self, source: Source, length: int | None, guard: Callable[[], AbstractContextManager[None]]) -> None:
        super().__init__()
        self._source, self._left, self._guard = source, length, guard

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        wanted = len(buffer) if self._left is None else min(len(buffer), self._left)
        with self._guard():
            chunk = self._source.read(wanted) if wanted else b""
        buffer[: len(chunk)] = chunk
        if self._left is not None:
            self._left -= len(chunk)
        return len(chunk)

    def close(self) -> None:
        if not self.closed:
            self._source.close()
        super().close()


def reader(
    source: Source, length: int | None = None, guard: Callable[[], AbstractContextManager[None]] = nullcontext
) -> BinaryIO:
    """A buffered stream over the next `length` bytes of `source` (all when None), which it closes.

    `guard` is entered around each read, so that a store can turn a fault in mid-stream into its own error.
    """
    return cast("BinaryIO", io.BufferedReader(_Reader(source, length, guard), buffer_size=1 << 16))
