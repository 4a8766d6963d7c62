"""The service as a person starts it: `winnow serve` in a process of its own, on a port and a directory of its own."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from service.client import Client
from tests.servers.processes import wait_until

WINNOW = (sys.executable, "-m", "service")


@dataclass(frozen=True, slots=True)
class Served:
    """A service that answers."""

    process: subprocess.Popen[bytes]
    url: str
    data: Path

    @property
    def client(self) -> Client:
        return Client(self.url, (self.data / "api-key").read_text().strip())

    def family(self) -> list[int]:
        """Every living process of this service but the first: those that carry its directory in their environment."""
        return [pid for pid in processes_of(self.data) if pid != self.process.pid]


def processes_of(data: Path) -> list[int]:
    """Living processes that have `WINNOW_DATA` set to this directory."""
    mark = f"WINNOW_DATA={data}\0".encode()
    found = []
    for directory in Path("/proc").iterdir():
        try:
            if directory.name.isdigit() and mark in (directory / "environ").read_bytes():
                found.append(int(directory.name))
        except OSError:
            continue  # it has ended meanwhile
    return found


def clean_environment(**more: str) -> dict[str, str]:
    """This process's variables without any setting of Winnow."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WINNOW_")}
    return {**kept, **more}


@contextmanager
def served(data: Path, **environment: str) -> Iterator[Served]:
    """`winnow serve`, ready; stopped at the end, and nobody of it lives on."""
    log = data.parent / f"{data.name}.log"
    command = [*WINNOW, "serve", "--port", "0", "--api-processes", "1"]
    env = clean_environment(WINNOW_DATA=str(data), PYTHONUNBUFFERED="1", **environment)
    with log.open("wb") as output, subprocess.Popen(command, env=env, stdout=output, stderr=output) as process:
        try:
            wait_until(lambda: _address(log) is not None, process, log)
            service = Served(process, _address(log) or "", data)
            wait_until(service.client.ready, process, log)
            yield service
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
            for pid in processes_of(data):
                os.kill(pid, signal.SIGKILL)


@pytest.fixture
def serve() -> Iterator[Callable[..., Served]]:
    """Starts services that end with the test: `serve(directory, WINNOW_STORE=…)`."""
    with ExitStack() as stack:

        def start(data: Path, **environment: str) -> Served:
            return stack.enter_context(served(data, **environment))

        yield start


def _address(log: Path) -> str | None:
    match = re.search(r"answers at (http://\S+), ", log.read_text())
    return match[1] if match else None
