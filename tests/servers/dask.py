"""A Dask cluster as an operator starts it: a scheduler and workers, each a process of its own, on the loopback."""

import gc
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from distributed import Client, Worker

from automl.cluster.site import Site
from automl.learners.boosting import TrainingData
from tests.servers.processes import free_ports, program, running, wait_until

ROOT = str(Path(__file__).parents[2])


class Work(NamedTuple):
    """What a worker has in hand: trials that run, datasets, and how many times one is binned."""

    trials: int
    sites: int
    binned: int


@dataclass(frozen=True, slots=True)
class DaskCluster:
    """A scheduler that listens, and workers of one thread without a nanny, which would start them again."""

    url: str
    scheduler: subprocess.Popen[bytes]
    directory: Path
    stack: ExitStack
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start_worker(self, *, path: str = "") -> subprocess.Popen[bytes]:
        """One more, ready; its modules lie in `path` before they lie elsewhere."""
        log = self.directory / f"worker{len(self.workers)}.log"
        command = [program("dask"), "worker", self.url, "--no-nanny", "--no-dashboard", "--nthreads", "1"]
        more = ["--host", "127.0.0.1", "--local-directory", str(self.directory)]
        env = {**os.environ, "PYTHONPATH": f"{path}{os.pathsep}{ROOT}"}
        process = self.stack.enter_context(running([*command, *more], log, env))
        wait_until(lambda: "Registered to:" in log.read_text(), process, log)
        self.workers.append(process)
        return process

    def work(self) -> list[Work]:
        """What each worker has in hand."""
        with Client(self.url, set_as_default=False) as client:
            return list(client.run(_work).values())

    def kill(self, number: int) -> None:
        """End a worker as the kernel does when there is no memory left."""
        self.workers[number].send_signal(signal.SIGKILL)
        self.workers[number].wait()


@contextmanager
def dask_cluster(directory: Path, workers: int, **environment: str) -> Iterator[DaskCluster]:
    """A cluster of so many workers, its scheduler with such variables besides, stopped at the end."""
    port = free_ports(1)
    log = directory / "scheduler.log"
    command = [program("dask"), "scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]
    with ExitStack() as stack:
        # It takes tasks apart and puts them together again, so it needs the same modules as the workers.
        env = {**os.environ, "PYTHONPATH": ROOT, **environment}
        process = stack.enter_context(running(command, log, env))

        def listens() -> bool:
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0

        wait_until(listens, process, log)
        cluster = DaskCluster(f"tcp://127.0.0.1:{port}", process, directory, stack)
        for _ in range(workers):
            cluster.start_worker()
        yield cluster


def _work(dask_worker: Worker) -> Work:
    gc.collect()
    things = gc.get_objects()
    sites, binned = (sum(type(thing) is kind for thing in things) for kind in (Site, TrainingData))
    return Work(len(dask_worker.state.executing), sites, binned)
