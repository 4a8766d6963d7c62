"""S3 servers: SeaweedFS as the real one, moto as a second peer, rclone as one that ignores conditional writes."""

import os
import secrets
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import urllib3

from tests.servers.processes import free_ports, program, running, wait_until

BUCKET = "registry"
_KEY, _SECRET = "devkey", "devsecret123"


@dataclass(frozen=True, slots=True)
class S3Server:
    """A running server with one bucket.

    Attributes:
        endpoint_url: its address.
        process: to be killed by tests that need an outage.
    """

    endpoint_url: str
    process: subprocess.Popen[bytes]

    @property
    def environment(self) -> dict[str, str]:
        """The standard variables that lead to it, and away from any real account."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": _KEY,
            "AWS_SECRET_ACCESS_KEY": _SECRET,
            "AWS_REGION": "us-east-1",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def url(self) -> str:
        """A place in the bucket that nobody else uses."""
        return f"s3://{BUCKET}/{secrets.token_hex(8)}"


@contextmanager
def seaweedfs(folder: Path) -> Iterator[S3Server]:
    """A SeaweedFS server that keeps its data in `folder`."""
    port = free_ports(6, also=10_000)
    command = [
        *(program("weed"), "-logtostderr=true", "mini", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"),
        *(f"-s3.port={port}", f"-s3.port.grpc={port + 4}", f"-master.port={port + 1}", f"-volume.port={port + 2}"),
        *(f"-filer.port={port + 3}", f"-admin.port={port + 5}", "-webdav=false", "-admin.ui=false"),
        *("-s3.port.iceberg=0", "-s3.port.lance=0", "-master.telemetry=false", "-volume.max=2000"),
        *("-master.volumeSizeLimitMB=64", f"-bucket={BUCKET}"),
    ]
    small = {"GOMEMLIMIT": "300MiB", "GOGC": "50", "AWS_ACCESS_KEY_ID": _KEY, "AWS_SECRET_ACCESS_KEY": _SECRET}
    with _served(command, folder / "weed.log", port, small, _bucket_answers) as server:
        yield server


@contextmanager
def moto(folder: Path) -> Iterator[S3Server]:
    """A moto server: in memory, and any secret is good."""
    port = free_ports(1)
    command = [program("moto_server"), "-H", "127.0.0.1", "-p", str(port)]
    with _served(command, folder / "moto.log", port, {}, _bucket_made) as server:
        yield server


@contextmanager
def rclone(folder: Path) -> Iterator[S3Server]:
    """An rclone server over `folder`: it takes conditional writes and ignores the condition."""
    (folder / BUCKET).mkdir()
    port = free_ports(1)
    command = [program("rclone"), "serve", "s3", f"--addr=127.0.0.1:{port}", f"--auth-key={_KEY},{_SECRET}"]
    config = {"RCLONE_CONFIG": os.devnull}
    with _served([*command, str(folder)], folder / "rclone.log", port, config, _bucket_answers) as server:
        yield server


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """SeaweedFS, started once a session. Use `S3Server.url()` for a place of one's own."""
    with seaweedfs(tmp_path_factory.mktemp("seaweedfs")) as server:
        yield server


@pytest.fixture(scope="session")
def moto_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with moto(tmp_path_factory.mktemp("moto")) as server:
        yield server


@pytest.fixture(scope="session")
def rclone_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with rclone(tmp_path_factory.mktemp("rclone")) as server:
        yield server


@pytest.fixture
def use_s3(monkeypatch: pytest.MonkeyPatch) -> Callable[[S3Server], str]:
    """Sets the variables that lead to a server for one test; returns a fresh `s3://` URL there."""

    def use(server: S3Server) -> str:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        return server.url()

    return use


@pytest.fixture
def s3_url(s3_server: S3Server, use_s3: Callable[[S3Server], str]) -> str:
    """A fresh `s3://` URL on SeaweedFS, with the variables that lead to it."""
    return use_s3(s3_server)


@contextmanager
def _served(
    command: Sequence[str], log: Path, port: int, extra: Mapping[str, str], ready: Callable[[str], bool]
) -> Iterator[S3Server]:
    endpoint_url = f"http://127.0.0.1:{port}"
    environment = {"PATH": os.environ["PATH"], "HOME": str(log.parent), **extra}
    with running(command, log, environment) as process:
        wait_until(lambda: ready(endpoint_url), process, log)
        yield S3Server(endpoint_url, process)


def _bucket_answers(endpoint_url: str) -> bool:
    # Asked without credentials, so a refusal, which servers word differently, is the answer of a server that is ready.
    return _status("HEAD", endpoint_url) in (200, 400, 403)


def _bucket_made(endpoint_url: str) -> bool:
    return _status("PUT", endpoint_url) == 200


def _status(method: str, endpoint_url: str) -> int:
    try:
        return urllib3.request(method, f"{endpoint_url}/{BUCKET}", retries=False, timeout=5).status
    except urllib3.exceptions.HTTPError:
        return 0
