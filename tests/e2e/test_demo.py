"""`winnow demo` with and without a terminal."""

import fcntl
import os
import pty
import re
import subprocess
import termios
import time
from pathlib import Path

import pytest

from tests.servers.winnow import WINNOW, clean_environment, processes_of

pytestmark = pytest.mark.slow


def demo(data: Path) -> list[str]:
    return [*WINNOW, "demo", "--data", str(data), "--timeout-s", "10"]


def test_without_a_terminal_it_tells_all_and_ends_by_itself_also_the_second_time(tmp_path: Path) -> None:
    data = tmp_path / "a demo"  # a blank in the name, so that what is printed must be quoted
    shown = []
    for number in (1, 2):
        done = subprocess.run(
            demo(data),
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        shown.append(done.stdout)
        for part in (
            "Leaderboard",
            "dummy",
            f"german-credit:{number}",
            "curl -s",
            "/dashboard",
            "winnow serve",
        ):
            assert part in done.stdout
        assert re.search(r"search: \d+ trials, best 0\.\d+", done.stdout)
        assert processes_of(data) == []
    first, second = (re.search(r"ds_\w+", text) for text in shown)
    assert first
    assert second
    assert first[0] == second[0]


def test_on_a_terminal_it_goes_on_and_its_curl_lines_work(tmp_path: Path) -> None:
    data = tmp_path / "a demo"
    process, terminal = on_a_terminal(data)
    shown = read_until(terminal, "until Ctrl-C")
    lines = [line.strip() for line in shown.splitlines() if line.strip().startswith("curl ")]
    assert len(lines) >= 2
    answers = [
        subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True, timeout=30).stdout
        for line in lines
    ]
    assert '"german-credit:1"' in answers[0]
    assert '"predictions"' in answers[-1]
    os.write(terminal, b"\x03")
    assert process.wait(60) == 0
    assert processes_of(data) == []


def test_ctrl_c_in_the_middle_stops_it_cleanly(tmp_path: Path) -> None:
    process, terminal = on_a_terminal(tmp_path / "demo")
    read_until(terminal, "Looking for a model")
    os.write(terminal, b"\x03")
    assert process.wait(60) == 1
    assert processes_of(tmp_path / "demo") == []


def test_a_service_that_dies_is_told_with_its_log(tmp_path: Path) -> None:
    env = clean_environment(WINNOW_STORE="s4://nowhere")
    done = subprocess.run(demo(tmp_path / "demo"), env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "'s4://nowhere' is not a store" in done.stderr
    assert "Traceback" not in done.stderr


def on_a_terminal(data: Path) -> tuple[subprocess.Popen[bytes], int]:
    terminal, its_end = pty.openpty()
    env = clean_environment(COLUMNS="200", TERM="xterm")
    process = subprocess.Popen(
        demo(data),
        env=env,
        stdin=its_end,
        stdout=its_end,
        stderr=its_end,
        start_new_session=True,
        preexec_fn=lambda: take_terminal(its_end),  # noqa: PLW1509 - this process has no threads of its own
    )
    os.close(its_end)
    return process, terminal


def take_terminal(descriptor: int) -> None:
    """Make it the controlling terminal, so that Ctrl-C typed there arrives as a signal."""
    fcntl.ioctl(descriptor, termios.TIOCSCTTY, 0)


def read_until(terminal: int, mark: str) -> str:
    shown = ""
    deadline = time.monotonic() + 120
    while mark not in shown:
        assert time.monotonic() < deadline, shown
        shown += os.read(terminal, 65536).decode(errors="replace")
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown).replace("\r", "")
