"""An object store in a directory: the embedded default.

`objects/` holds one plain file a key, `scratch/` what is being written, `locks/` the files that writers lock. A new
object is written to scratch, synced, and only then linked or renamed to its place under the key's lock, so a reader
or a kill at any moment meets the old object or the new one.
"""

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from fcntl import LOCK_EX, flock
from io import BufferedReader
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from registry.errors import NotFound, PreconditionFailed, StoreFull, StoreUnavailable
from registry.objects import ObjectInfo, check_key, check_prefix
from registry.scratch import clear, temporary
from registry.streams import reader

_CHUNK = 1 << 20


class LocalStore:
    """An `ObjectStore` in a directory, for any number of threads and processes of one machine.

    The etag is the sha256 of the content. Opening it clears what killed writers left behind.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self._objects, self._scratch, self._locks = (self.root / name for name in ("objects", "scratch", "locks"))
        with _faults(self.root):
            for folder in (self._objects, self._scratch, self._locks):
                folder.mkdir(parents=True, exist_ok=True)
            clear(self._scratch)

    def __repr__(self) -> str:
        return f"LocalStore({str(self.root)!r})"

    def get(self, key: str) -> tuple[bytes, ObjectInfo]:
        with _faults(self.root), self._open(key) as file:
            body = file.read()
            return body, _info(key, file, hashlib.sha256(body).hexdigest())

    def open(self, key: str, *, start: int = 0, length: int | None = None) -> BinaryIO:
        with _faults(self.root):
            file = self._open(key)
            file.seek(start)
        return reader(file, length, guard=lambda: _faults(self.root))

    def head(self, key: str) -> ObjectInfo:
        with _faults(self.root), self._open(key) as file:
            return _info(key, file, hashlib.file_digest(file, "sha256").hexdigest())

    def put(self, key: str, body: bytes | Path, *, if_absent: bool = False, if_match: str | None = None) -> ObjectInfo:
        target = self._path(key)
        with ExitStack() as stack:
            source = stack.enter_context(body.open("rb")) if isinstance(body, Path) else body
            stack.enter_context(_faults(self.root))
            path, file = stack.enter_context(temporary(self._scratch))
            etag = _write(file, source)
            info = _info(key, file, etag)
            _make_folder(target.parent, self._objects)
            with self._lock(key):
                self._check(key, if_match=if_match)
                _move(path, target, key, only_new=if_absent)
                _sync(target.parent)
        return info

    def list(self, prefix: str, *, after: str = "", limit: int = 1000) -> list[ObjectInfo]:
        folder = check_prefix(prefix).rpartition("/")[0]
        found = self._walk(f"{folder}/" if folder else "", prefix, after)
        with _faults(self.root):
            return list(islice(found, limit))

    def delete(self, key: str, *, if_match: str | None = None) -> None:
        path = self._path(key)
        with _faults(self.root), self._lock(key):
            self._check(key, if_match=if_match)
            with _gone_is_fine():
                path.unlink()
                _sync(path.parent)

    def _path(self, key: str) -> Path:
        return self._objects / check_key(key)

    def _open(self, key: str) -> BufferedReader:
        try:
            return self._path(key).open("rb")
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            raise NotFound(f"no object {key}") from None

    def _check(self, key: str, *, if_match: str | None) -> None:
        if if_match is None:
            return
        try:
            etag = self.head(key).etag
        except NotFound:
            etag = ""
        if etag != if_match:
            raise PreconditionFailed(f"{key} is not the object that was read")

    @contextmanager
    def _lock(self, key: str) -> Iterator[None]:
        # Lock files are shared by keys and never removed: removing one would let two writers lock different files.
        path = self._locks / hashlib.sha256(key.encode()).hexdigest()[:2]
        with path.open("ab") as file:
            flock(file, LOCK_EX)
            yield

    def _walk(self, folder: str, prefix: str, after: str) -> Iterator[ObjectInfo]:
        for name in _names(self._objects / folder):
            key = folder + name
            if not (key.startswith(prefix) or prefix.startswith(key)) or (key <= after and not after.startswith(key)):
                continue
            if key.endswith("/"):
                yield from self._walk(key, prefix, after)
            elif key > after:
                with _gone_is_fine():
                    stat = (self._objects / key).stat()
                    yield ObjectInfo(key, stat.st_size, "", datetime.fromtimestamp(stat.st_mtime, UTC))


def _names(folder: Path) -> list[str]:
    """Names in byte order of the keys below: a folder sorts with its slash."""
    with _gone_is_fine(), os.scandir(folder) as entries:
        return sorted(entry.name + "/" * entry.is_dir() for entry in entries)
    return []


def _write(file: BinaryIO, source: BinaryIO | bytes) -> str:
    digest = hashlib.sha256()
    chunks = (source,) if isinstance(source, bytes) else iter(lambda: source.read(_CHUNK), b"")
    for chunk in chunks:
        digest.update(chunk)
        file.write(chunk)
    file.flush()
    os.fsync(file.fileno())
    return digest.hexdigest()


def _move(path: Path, target: Path, key: str, *, only_new: bool) -> None:
    if not only_new:
        path.replace(target)
        return
    try:
        os.link(path, target)  # unlike a rename it never overwrites, even where locks do not work
    except FileExistsError:
        raise PreconditionFailed(f"{key} exists") from None


def _make_folder(folder: Path, root: Path) -> None:
    if folder == root or folder.is_dir():
        return
    _make_folder(folder.parent, root)
    folder.mkdir(exist_ok=True)
    _sync(folder.parent)


def _sync(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _info(key: str, file: BinaryIO, etag: str) -> ObjectInfo:
    stat = os.fstat(file.fileno())
    return ObjectInfo(key, stat.st_size, etag, datetime.fromtimestamp(stat.st_mtime, UTC))


def _gone_is_fine() -> suppress:
    return suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError)


@contextmanager
def _faults(root: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StoreFull(f"no room is left in {root}: make room and try again") from error
        raise StoreUnavailable(f"cannot use {root}: {error.strerror or error}") from error
