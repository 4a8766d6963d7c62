"""Real processes: restarts, an orderly end, and an end that the supervisor itself never saw coming."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

SUPERVISED = """
import sys
from pathlib import Path
from service.supervise import Program, Supervisor
directory = Path(sys.argv[1])
child = '''
import os, signal, subprocess, sys, time
from pathlib import Path
name, directory = sys.argv[1], Path(sys.argv[2])
def stop(*_):
    (directory / f"{name}-stopped").touch()
    sys.exit()
signal.signal(signal.SIGTERM, signal.SIG_IGN if name == "deaf" else stop)
grandchild = subprocess.Popen(["sleep", "600"])
with (directory / name).open("a") as file:
    print(os.getpid(), grandchild.pid, file=file)
while True:
    time.sleep(0.05)
'''
programs = [Program(name, [sys.executable, "-c", child, name, str(directory)], {}) for name in sys.argv[3:]]
Supervisor(programs, drain=(directory / "drained").touch, grace_s=float(sys.argv[2])).run()
(directory / "returned").touch()
"""


@contextmanager
def supervised(directory: Path, *names: str, grace_s: float = 10) -> Iterator[subprocess.Popen[bytes]]:
    argv = [sys.executable, "-c", SUPERVISED, str(directory), str(grace_s), *names]
    with subprocess.Popen(argv) as process:
        try:
            wait_for(lambda: all(pids(directory, name) for name in names))
            yield process
        finally:
            process.kill()


def pids(directory: Path, name: str) -> list[tuple[int, int]]:
    """Child and grandchild of each start so far."""
    path = directory / name
    lines = path.read_text().splitlines() if path.exists() else []
    return [(int(child), int(grandchild)) for child, grandchild in map(str.split, lines)]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def test_an_orderly_end_drains_first_and_leaves_nobody(tmp_path: Path) -> None:
    with supervised(tmp_path, "one", "two") as process:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert {path.name for path in tmp_path.iterdir()} == {
        "one", "two", "one-stopped", "two-stopped", "drained", "returned",
    }  # fmt: skip
    assert not any(alive(pid) for name in ("one", "two") for pid in pids(tmp_path, name)[0])


def test_a_child_that_dies_is_started_again_and_what_it_left_is_killed(tmp_path: Path) -> None:
    with supervised(tmp_path, "one"):
        child, grandchild = pids(tmp_path, "one")[0]
        os.kill(child, signal.SIGKILL)
        wait_for(lambda: len(pids(tmp_path, "one")) == 2)
        assert not alive(grandchild)
        assert alive(pids(tmp_path, "one")[1][0])


def test_a_child_deaf_to_sigterm_is_killed_after_the_grace(tmp_path: Path) -> None:
    with supervised(tmp_path, "deaf", grace_s=0.2) as process:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert not any(alive(pid) for pid in pids(tmp_path, "deaf")[0])


def test_a_second_signal_does_not_wait_for_the_grace(tmp_path: Path) -> None:
    with supervised(tmp_path, "deaf", grace_s=1000) as process:
        process.send_signal(signal.SIGINT)
        wait_for((tmp_path / "drained").exists)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0


def test_the_children_stop_when_their_parent_is_killed(tmp_path: Path) -> None:
    with supervised(tmp_path, "one", "two") as process:
        process.kill()
        process.wait()
        wait_for(lambda: (tmp_path / "one-stopped").exists() and (tmp_path / "two-stopped").exists())
        wait_for(lambda: not any(alive(pids(tmp_path, name)[0][0]) for name in ("one", "two")))
        for name in ("one", "two"):
            os.kill(pids(tmp_path, name)[0][1], signal.SIGKILL)
