"""`winnow worker`: trains, and nothing else."""

import signal
from threading import Event

import click

from service.cli.options import DATABASE, STORE, with_settings
from service.jobs import work
from service.logs import configure_logging
from service.settings import Settings


@click.command()
@with_settings(*STORE, *DATABASE, "dask_url", "translation", "lease_s", "poll_s", "log_level")
def worker(settings: Settings) -> None:
    """Train queued runs, one after another, until SIGTERM or Ctrl-C, which give the one in hand back.

    As many of them as you like may share a database and a store, on any number of hosts.
    """
    configure_logging(settings.log_level)
    stopping = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    work(settings, stopping)
