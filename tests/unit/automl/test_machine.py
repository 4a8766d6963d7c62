"""What a process may use, as control groups tell it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from automl import machine


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A system without limits, whose process is in the group `/a/b`."""
    for name, root in {"_PROC": tmp_path / "proc", "_CGROUPS": tmp_path / "groups"}.items():
        monkeypatch.setattr(machine, name, root)
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "groups/a/b").mkdir(parents=True)
    (tmp_path / "proc/self/cgroup").write_text("0::/a/b\n")
    monkeypatch.setattr(machine.os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    machine.cores.cache_clear()
    yield tmp_path
    machine.cores.cache_clear()


def test_without_limits_it_is_the_machine(system: Path) -> None:
    (system / "groups/a/b/cpu.max").write_text("max 100000\n")
    (system / "groups/a/b/memory.max").write_text("max\n")
    assert machine.cores() == 8
    assert machine.memory_bytes() > 2**28


def test_the_least_limit_on_the_way_up_counts(system: Path) -> None:
    (system / "groups/a/cpu.max").write_text("250000 100000\n")
    (system / "groups/a/b/cpu.max").write_text("400000 100000\n")
    (system / "groups/memory.max").write_text(f"{2**27}\n")
    (system / "groups/a/b/memory.max").write_text(f"{2**28}\n")
    assert machine.cores() == 3
    assert machine.memory_bytes() == 2**27


def test_the_first_version_of_control_groups_is_read_too(system: Path) -> None:
    (system / "proc/self/cgroup").write_text("4:memory:/job\n0::/\n")
    (system / "groups/memory/job").mkdir(parents=True)
    (system / "groups/memory/job/memory.limit_in_bytes").write_text(f"{2**26}\n")
    assert machine.memory_bytes() == 2**26


def test_a_system_that_tells_nothing_is_taken_whole(system: Path) -> None:
    (system / "proc/self/cgroup").unlink()
    assert machine.cores() == 8
    assert machine.resident_bytes() is None
