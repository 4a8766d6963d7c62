"""Files while they are written: what a killed writer left is told from what a living one writes by a lock."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import BinaryIO


@contextmanager
def temporary(folder: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """A new file in `folder`, open for writing and locked, and removed at the end unless it was moved away."""
    while True:
        path = folder / secrets.token_hex(16)
        with path.open("xb") as file:
            # One who clears may have come between the opening and the lock: then take another name.
            if not _try_lock(file) or not os.fstat(file.fileno()).st_nlink:
                continue
            try:
                yield path, file
            finally:
                path.unlink(missing_ok=True)
            return


def clear(folder: Path) -> None:
    """Remove the files of writers that are no more: the system took their locks away."""
    for path in folder.iterdir():
        with suppress(FileNotFoundError), path.open("rb") as file:
            if _try_lock(file):
                path.unlink()


def _try_lock(file: BinaryIO) -> bool:
    try:
        flock(file, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        return False
    return True
