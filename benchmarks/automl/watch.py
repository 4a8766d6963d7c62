"""A process with all its descendants: their memory is seen, and none outlives its time."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

_INTERVAL_S = 0.25
_MARK = "WINNOW_BENCHMARK_CELL"


@dataclass(frozen=True)
class Watched:
    """How a process ended.

    Attributes:
        code: its exit code.
        killed: whether its time was over.
        peak_bytes: the most that it and its descendants held at once, pages that they share counted once.
    """

    code: int
    killed: bool
    peak_bytes: int


def watch(
    command: Sequence[str],
    *,
    log: Path,
    environment: Mapping[str, str],
    timeout_s: float,
    inherited: int | None = None,
) -> Watched:
    """Run a command, and end all that it started with it.

    Args:
        command: to run.
        log: takes what it prints.
        environment: its variables.
        timeout_s: seconds until it is killed.
        inherited: a file descriptor that it holds for as long as it runs.
    """
    # Inherited by every descendant, even one that leaves its session or loses its parent, as H2O's server does.
    mark = f"{_MARK}={uuid4().hex}"
    with log.open("w") as output:
        process = subprocess.Popen(
            command,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(environment) | dict([mark.split("=")]),
            pass_fds=() if inherited is None else (inherited,),
        )
    ends, peak = time.monotonic() + timeout_s, 0
    try:
        while process.poll() is None and time.monotonic() < ends:
            peak = max(peak, sum(map(_held, _marked(mark))))
            time.sleep(_INTERVAL_S)
        killed = process.poll() is None
    finally:
        _end(mark)
    return Watched(process.wait(), killed, peak)


def _end(mark: str) -> None:
    """Kill all, those that they start meanwhile too, and wait until the memory of all is free."""
    while members := _marked(mark):
        for member in members:
            with contextlib.suppress(ProcessLookupError):
                os.kill(member, signal.SIGKILL)
        time.sleep(0.05)


def _marked(mark: str) -> list[int]:
    pids = (entry.name for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return [int(pid) for pid in pids if _carries(pid, mark.encode())]


def _carries(pid: str, mark: bytes) -> bool:
    try:
        return mark in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return False


def _held(pid: int) -> int:
    """Bytes of a process: of a page that n processes share it has an nth."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
