"""Bytes of strangers are read in a child process that may run out of memory, crash or hang without harm."""

import json
import logging
import os
import signal
import subprocess
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from automl.errors import Fault, InvalidData, TooLarge, UnsupportedFormat
from automl.ingest.limits import Limits
from automl.machine import cores
from automl.profiling.columns import Finding, Profile

TABLE: Final = "table.parquet"
PROFILE: Final = "profile.json"
FINDINGS: Final = "findings.json"
ERROR: Final = "error.json"

_DEFAULT: Final = Limits()
_KINDS: Final = {kind.__name__: kind for kind in (InvalidData, UnsupportedFormat, TooLarge)}
_PASSED_ON: Final = ("PATH", "HOME", "LANG", "TMPDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV")
_MOST_LOGGED = 2000
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ingested:
    """A table that was read.

    Attributes:
        profile: of the table, with all findings.
        path: of the canonical Parquet file that holds it.
        noticed: those of the findings that were made in reading, and that the table does not show.
    """

    profile: Profile
    path: Path
    noticed: tuple[Finding, ...]


def ingest(source: Path, media_type: str, out_dir: Path, limits: Limits = _DEFAULT) -> Ingested:
    """Read and profile a file in a child process; the table is `out_dir / "table.parquet"` (zstd).

    Raises:
        UnsupportedFormat: `unsupported-media-type`, an unknown type or bytes of another.
        TooLarge: `too-large`, also for too much memory or time.
        InvalidData: anything else that is wrong with the bytes; `unreadable` if they crash their reader.
        OSError: the disk is full or fails.
    """
    out_dir.mkdir(parents=True, exist_ok=True)
    (out_dir / ERROR).unlink(missing_ok=True)
    command = [sys.executable, "-m", "automl.ingest", str(source), media_type, str(out_dir), json.dumps(asdict(limits))]
    try:
        child = subprocess.run(  # noqa: S603 - our own interpreter and module
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=_environment(),
            timeout=limits.timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TooLarge("too-large", f"The data took longer than {limits.timeout_s:g} s to read.") from None
    if (out_dir / ERROR).exists():
        raise _told(json.loads((out_dir / ERROR).read_bytes()))
    if child.returncode == os.EX_IOERR:
        raise OSError(
            f"The table could not be read or written: {child.stderr[-_MOST_LOGGED:].decode(errors='replace')}"
        )
    if child.returncode != 0:
        raise _died(child.returncode, child.stderr)
    profile = Profile.from_json(json.loads((out_dir / PROFILE).read_bytes()))
    noticed = tuple(Finding(**stored) for stored in json.loads((out_dir / FINDINGS).read_bytes()))
    return Ingested(replace(profile, findings=(*noticed, *profile.findings)), out_dir / TABLE, noticed)


def _environment() -> dict[str, str]:
    """No secrets, the code that runs here, and little memory set aside: reserved address space counts as used."""
    packages = str(Path(__file__).parents[2])
    return {name: os.environ[name] for name in _PASSED_ON if name in os.environ} | {
        "PYTHONPATH": os.pathsep.join(filter(None, [packages, os.environ.get("PYTHONPATH")])),
        "ARROW_DEFAULT_MEMORY_POOL": "mimalloc",
        "MALLOC_ARENA_MAX": "2",
        "OMP_NUM_THREADS": str(min(4, cores())),
    }


def _told(error: dict[str, object]) -> InvalidData:
    stored = error["faults"]
    faults = [Fault(**fault) for fault in stored] if isinstance(stored, list) else []
    return _KINDS[str(error["kind"])](str(error["code"]), str(error["detail"]), faults)


def _died(status: int, stderr: bytes) -> InvalidData:
    _log.warning("the reader died with %s: %s", status, stderr[-_MOST_LOGGED:].decode(errors="replace"))
    exhausted = any(words in stderr for words in (b"bad_alloc", b"Out of memory"))  # before C++ or Arrow aborts
    if exhausted or status in (-signal.SIGKILL, -signal.SIGXCPU):
        return TooLarge("too-large", "The data need more memory or time to read than is allowed.")
    return InvalidData(
        "unreadable", "The data crash their reader: they are damaged. Write them anew and send them again."
    )
