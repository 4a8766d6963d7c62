"""Directories for work in hand: gone when the work ends, and swept by the next start when the process was killed."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from service.context import Context
from service.files import locked, make_private, try_lock

_LOCK = ".lock"


@contextmanager
def scratch(context: Context) -> Iterator[Path]:
    """An empty directory that nobody else uses or sees, and that is removed with all in it."""
    root = _root(context)
    with locked(root / _LOCK):
        directory = Path(tempfile.mkdtemp(dir=root))
        held = try_lock(directory / _LOCK)
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)
        if held:
            held.close()


def sweep_scratch(context: Context) -> None:
    """Remove what killed processes left: the directories whose lock nobody holds any more."""
    root = _root(context)
    with locked(root / _LOCK):
        for directory in filter(Path.is_dir, root.iterdir()):
            if held := try_lock(directory / _LOCK):
                shutil.rmtree(directory, ignore_errors=True)
                held.close()


def _root(context: Context) -> Path:
    return make_private(context.settings.data / "tmp")
