"""`winnow serve`: HTTP and workers under one command."""

import os
import socket
import sys
import time

import click

from service.cli.options import DATABASE, STORE, with_settings
from service.client import ClientError
from service.context import open_context
from service.draining import VARIABLE
from service.firststart import KEY_FILE
from service.logs import configure_logging
from service.settings import Settings
from service.supervise import Program, Supervisor

_DRAIN_S = 1.0
_GRACE_S = 30.0
_BACKLOG = 1024


@click.command()
@with_settings(
    *STORE,
    *DATABASE,
    "host",
    "port",
    "allowed_hosts",
    "api_processes",
    "api_threads",
    "workers",
    "dask_url",
    "translation",
    "log_level",
)
def serve(settings: Settings) -> None:
    """Answer HTTP and train, until SIGTERM or Ctrl-C."""
    with _listen(settings.host, settings.port) as listener:
        _run(settings.model_copy(update={"port": listener.getsockname()[1]}), listener)


def _run(settings: Settings, listener: socket.socket) -> None:
    configure_logging(settings.log_level)
    with open_context(settings):  # a database or a store that will not do is told here, once
        pass
    url = f"http://{'127.0.0.1' if settings.host == '0.0.0.0' else settings.host}:{settings.port}"  # noqa: S104
    click.echo(f"Winnow answers at {url}, its dashboard at {url}/dashboard")
    click.echo(f"The first API key is in {settings.data / KEY_FILE}")
    draining, keep_open = os.pipe()

    def drain() -> None:
        os.close(keep_open)  # which every HTTP process sees, and turns unready
        listener.close()
        time.sleep(_DRAIN_S)

    Supervisor(_programs(settings, listener.fileno(), draining), drain, _GRACE_S).run()


def _programs(settings: Settings, listening: int, draining: int) -> list[Program]:
    env = settings.environment()
    http = [sys.executable, "-m", "gunicorn", "-c", "python:service.serving", "--bind", f"fd://{listening}"]
    worker = [sys.executable, "-m", "service", "worker"]
    return [
        Program("http", http, {**env, VARIABLE: str(draining)}, (listening, draining)),
        *(Program(f"worker {number}", worker, env) for number in range(settings.workers)),
    ]


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise ClientError(
            f"cannot listen on {host}, port {port}: {os.strerror(error.errno or 0)}. Choose another with --port"
        ) from error
