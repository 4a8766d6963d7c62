"""Environments outside the project's own: built once for each list of pinned packages."""

import hashlib
import subprocess
import sys
from pathlib import Path

CACHE = Path.home() / ".cache" / "winnow-benchmarks"


class NotInstalled(Exception):
    """An environment could not be built; the message says why."""


def python_with(requirements: Path, cache: Path) -> Path:
    """The Python of an environment with these packages, made now if there is none yet.

    Raises:
        NotInstalled: pip refused.
    """
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()[:12]
    home = cache / f"{requirements.stem}-{digest}"
    python, complete = home / "bin" / "python", home / "complete"
    if not complete.exists():
        print(f"building {home}", flush=True)
        _run(sys.executable, "-m", "venv", "--clear", str(home))
        _run(str(python), "-m", "pip", "install", "--quiet", "--requirement", str(requirements))
        complete.touch()
    return python


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotInstalled(" ".join(done.stderr.strip().splitlines()[-2:])[:300])
