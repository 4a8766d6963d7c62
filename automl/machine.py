"""What this process may use of its machine, a container's limits counted: cores and memory."""

import math
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

_PROC, _CGROUPS = Path("/proc"), Path("/sys/fs/cgroup")
_MEMORY_FILES: Final = ("memory.max", "memory.limit_in_bytes")
"""Of the control groups' second version and of their first."""


@cache
def cores() -> int:
    """How many threads can run at once, one at least. Asked once: a search asks thousands of times."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    shares = (text.split() for text in _told(("cpu.max",)))
    quotas = [math.ceil(int(share[0]) / int(share[1])) for share in shares if share[0].isdecimal()]
    return max(1, min([allowed, *quotas]))


def memory_bytes() -> int:
    """The machine's memory, or what the container's limit leaves of it."""
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min([physical, *(int(text) for text in _told(_MEMORY_FILES) if text.isdecimal())])


def resident_bytes() -> int | None:
    """Memory that this process holds now; None where the system does not tell."""
    try:
        return int((_PROC / "self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return None


def _told(files: tuple[str, ...]) -> Iterator[str]:
    """What the files say of the control groups that this process is in, from its own to the topmost."""
    for group in _groups():
        for file in files:
            try:
                yield (group / file).read_text().strip()
            except OSError:
                continue


def _groups() -> Iterator[Path]:
    try:
        lines = (_PROC / "self/cgroup").read_text().splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        base = _CGROUPS / controllers if controllers else _CGROUPS
        own = base / path.lstrip("/")
        yield from (group for group in (own, *own.parents) if group.is_relative_to(base))
