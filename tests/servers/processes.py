"""Start a server on free ports of the loopback, wait until it answers, stop it."""

import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

STARTUP_S = 30
STOP_S = 5


def program(name: str) -> str:
    """A program that was installed beside this Python."""
    return str(Path(sys.executable).with_name(name))


def free_ports(count: int, *, also: int = 0) -> int:
    """The first of `count` free ports in a row, each with its neighbour `also` ports higher free as well.

    They lie below the range that the system takes the ports of outgoing connections from.
    """
    while True:
        first = random.randrange(10_000, 22_000)
        wanted = [port + step for port in range(first, first + count) for step in {0, also}]
        with ExitStack() as stack:
            try:
                for port in wanted:
                    stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
            except OSError:
                continue
            return first


@contextmanager
def running(command: Sequence[str], log: Path, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is stopped by SIGTERM at the end, and by SIGKILL when that takes too long."""
    with log.open("ab") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=dict(environment))
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when `ready` does; fail with the log's end when the process ends first or time is up."""
    deadline = time.monotonic() + STARTUP_S
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"server not ready, exit status {process.poll()}: {log.read_text()[-2000:]}")
        time.sleep(0.05)
