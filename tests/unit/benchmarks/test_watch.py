"""A watched process: its descendants are seen and ended, wherever they hide."""

import os
import sys
import textwrap
from pathlib import Path

import pytest

from benchmarks.automl.watch import watch

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/smaps_rollup").exists(), reason="memory is read from Linux's /proc"
)


def test_a_child_in_a_session_of_its_own_is_counted_and_does_not_outlive_the_command(tmp_path: Path) -> None:
    child = f"held = bytearray(os.urandom(1)) * {200 << 20}; open('up', 'w').write(str(os.getpid())); time.sleep(60)"
    parent = textwrap.dedent(
        f"""
        import os, subprocess, sys, time
        subprocess.Popen([sys.executable, "-c", "import os, time; {child}"], start_new_session=True)
        while not os.path.exists("up"):
            time.sleep(0.05)
        time.sleep(1)
        """
    )
    script = tmp_path / "parent.py"
    script.write_text(f"import os\nos.chdir({str(tmp_path)!r})\n{parent}")
    ended = watch([sys.executable, str(script)], log=tmp_path / "log", environment=os.environ, timeout_s=50)
    assert (tmp_path / "log").read_text() == ""
    assert (ended.code, ended.killed) == (0, False)
    assert ended.peak_bytes > 200 << 20
    # What is killed and not yet reaped by its foster parent has no memory any more.
    rollup = Path(f"/proc/{(tmp_path / 'up').read_text()}/smaps_rollup")
    with pytest.raises(OSError, match="No such"):
        rollup.read_text()


def test_what_takes_too_long_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    ended = watch(command, log=tmp_path / "log", environment=os.environ, timeout_s=0.5)
    assert ended.killed
    assert ended.code == -9


def test_what_is_inherited_is_held_for_as_long_as_the_command_runs(tmp_path: Path) -> None:
    with (tmp_path / "lock").open("w") as lock:
        script = f"import os; os.fstat({lock.fileno()})"
        ended = watch(
            [sys.executable, "-c", script],
            log=tmp_path / "log",
            environment=os.environ,
            timeout_s=50,
            inherited=lock.fileno(),
        )
    assert ended.code == 0
