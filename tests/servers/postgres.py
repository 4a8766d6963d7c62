"""PostgreSQL, started once a session, with a fresh database for each test that asks."""

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import psycopg
import pytest

from tests.servers.processes import free_ports

_USER = "app"
_OPTIONS = "-c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=60"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """URL of a running server, without a database."""
    home = Path(tempfile.mkdtemp(prefix="winnow-postgres-"))  # pytest's own is closed to the server's user
    data, port = home / "data", free_ports(1)
    as_user = _as_server_user(home)
    try:
        _run(*as_user, _program("initdb"), "-D", data, "-A", "trust", "-U", _USER, "-E", "UTF8", "--no-sync")
        options = f"-p {port} -c unix_socket_directories={home} {_OPTIONS}"
        _run(*as_user, _program("pg_ctl"), "-D", data, "-w", "-l", home / "log", "-o", options, "start")
        try:
            yield f"postgresql://{_USER}@127.0.0.1:{port}"
        finally:
            _run(*as_user, _program("pg_ctl"), "-D", data, "-w", "-m", "fast", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """URL of an empty database, dropped afterwards."""
    name = f"test_{secrets.token_hex(8)}"
    with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
        yield f"{postgres_server}/{name}"
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def _program(name: str) -> str:
    if found := shutil.which(name):
        return found
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    if not installed:
        pytest.skip(f"{name} is not installed (Debian: postgresql)")
    return str(installed[-1])


def _as_server_user(home: Path) -> Sequence[str]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return ()
    shutil.chown(home, "postgres", "postgres")
    return "setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"


def _run(*command: str | Path) -> None:
    # Not a pipe: the server would inherit it, and reading its end would wait for the server's.
    with tempfile.TemporaryFile() as output:
        if subprocess.run(command, stdout=output, stderr=output, cwd="/", check=False).returncode:
            output.seek(0)
            raise RuntimeError(output.read().decode())
