"""Keeps a fixed set of child processes alive, and ends all of them together.

A child that dies is started again after a pause that doubles with each quick death. SIGTERM or SIGINT ends the
children: first `drain` is called, then each gets SIGTERM, and after the grace SIGKILL. A second signal shortens the
grace to nothing. On Linux the kernel sends SIGTERM to the children when this process is killed before it could.
"""

import contextlib
import ctypes
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

log = logging.getLogger(__name__)
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)
_TICK_S = 0.1
_STEADY_S = 60.0
_LONGEST_PAUSE_S = 30.0


def spawn(
    argv: Sequence[str], *, env: Mapping[str, str], pass_fds: Sequence[int] = (), output: int | None = None
) -> subprocess.Popen[bytes]:
    """Start a child that gets SIGTERM when this process dies, in a session of its own.

    Its own session keeps the terminal's Ctrl-C from it: this process decides how it ends. `env` is added to this
    process's variables; `output` is a file descriptor for what it prints.
    """
    parent = os.getpid()

    def die_with_parent() -> None:
        if sys.platform == "linux":
            _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != parent:  # it died before prctl
                os._exit(1)

    return subprocess.Popen(  # noqa: S603 - argv is ours
        argv,
        env={**os.environ, **env},
        pass_fds=pass_fds,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
        preexec_fn=die_with_parent,  # noqa: PLW1509 - no threads yet, and libc is loaded
    )


def end(process: subprocess.Popen[bytes], grace_s: float) -> None:
    """Ask a child to end, wait, and kill it with what it left in its session."""
    process.terminate()
    try:
        process.wait(grace_s)
    except subprocess.TimeoutExpired:
        log.warning("process %d did not end in %.0f s and is killed", process.pid, grace_s)
    _kill_session(process)


@dataclass(frozen=True, slots=True)
class Program:
    """What to run under which name, with variables added to the environment; `pass_fds` stay open in it."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    pass_fds: Sequence[int] = ()


@dataclass(slots=True)
class _Child:
    program: Program
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause_s: float = 0.5
    due: float = 0.0

    def step(self, now: float) -> None:
        """Start it when it is due, notice when it has died."""
        if self.process is None:
            if now >= self.due:
                self.process = spawn(self.program.argv, env=self.program.env, pass_fds=self.program.pass_fds)
                self.started = now
        elif self.process.poll() is not None:
            _kill_session(self.process)
            lived_s = now - self.started
            self.pause_s = 0.5 if lived_s > _STEADY_S else min(2 * self.pause_s, _LONGEST_PAUSE_S)
            self.due = now + self.pause_s
            log.error("%s ended with %d, again in %.1f s", self.program.name, self.process.returncode, self.pause_s)
            self.process = None


@dataclass(slots=True)
class Supervisor:
    """Runs `programs` until SIGTERM or SIGINT.

    Attributes:
        programs: what to keep alive.
        drain: called once when the end begins, before any child is told.
        grace_s: seconds between SIGTERM and SIGKILL.
    """

    programs: Sequence[Program]
    drain: Callable[[], None]
    grace_s: float
    _signals: list[int] = field(default_factory=list)

    def run(self) -> None:
        """Returns when all children have ended."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda number, _frame: self._signals.append(number))
        children = [_Child(program) for program in self.programs]
        while not self._signals:
            for child in children:
                child.step(time.monotonic())
            time.sleep(_TICK_S)
        self.drain()
        self._end([child.process for child in children if child.process is not None])

    def _end(self, processes: Sequence[subprocess.Popen[bytes]]) -> None:
        for process in processes:
            process.terminate()
        deadline = time.monotonic() + self.grace_s
        while time.monotonic() < deadline and any(p.poll() is None for p in processes):
            if self._signals[1:]:
                break
            time.sleep(_TICK_S)
        for process in processes:
            _kill_session(process)


def _kill_session(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):  # nothing is left in it
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
