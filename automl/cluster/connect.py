"""A run joins a cluster, if it is there and runs what runs here, and leaves it."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Final

from distributed import Client, Security

from automl.cluster.dataset import Lost
from automl.cluster.runner import Cluster
from automl.cluster.site import versions
from automl.errors import ClusterUnusable
from automl.search import Runner, Views

log = logging.getLogger(__name__)

_ANSWER_S: Final = 10.0
"""A cluster that does not answer for so long is not there."""

WIDTH: Final = 4
"""Trials at once of a run that can be repeated. Of any other, as many as the cluster has threads, if that is more."""


@contextmanager
def on_cluster(views: Views, *, url: str, repeatable: bool) -> Iterator[Runner]:
    """A runner of trials on the cluster whose scheduler is at `url`, until the context ends.

    Args:
        views: of what trials are made from, which each worker gets once.
        url: `tcp://host:port`, or `tls://host:port` with the certificates that Dask's own configuration names.
        repeatable: whether the trials may not depend on how many workers there are.

    Raises:
        ClusterUnusable: `cluster-unreachable`, or `cluster-unlike` where other versions run there.
    """
    with _client(url) as client:
        threads = _welcome(client, url)
        width = WIDTH if repeatable else max(WIDTH, threads)
        try:
            cluster = Cluster(client, views, width=width)
        except Lost as error:
            raise ClusterUnusable("cluster-unreachable", f"At {url}, {error}.") from error
        yield cluster


@contextmanager
def _client(url: str) -> Iterator[Client]:
    # Dask's own refusal leaves a client behind that cannot be closed.
    if url.startswith("tls:") and not Security().get_connection_args("client").get("ssl_context"):
        detail = f"{url} wants certificates; name them in Dask's configuration, `distributed.comm.tls`."
        raise ClusterUnusable("cluster-unreachable", detail)
    try:
        client = Client(url, timeout=_ANSWER_S, set_as_default=False)
    except (OSError, ValueError) as error:  # no answer, or no address
        detail = f"The Dask scheduler at {url} does not answer: {error}"
        raise ClusterUnusable("cluster-unreachable", detail) from error
    try:
        yield client
    finally:
        with suppress(TimeoutError):  # it is gone already
            client.close(timeout=_ANSWER_S)


def _welcome(client: Client, url: str) -> int:
    """How many threads the cluster has."""
    try:
        client.wait_for_workers(1, timeout=_ANSWER_S)
    except TimeoutError as error:
        raise ClusterUnusable("cluster-unreachable", f"The Dask cluster at {url} has no workers.") from error
    here = versions()
    for worker, there in client.run(versions, on_error="return").items():
        if unlike := _difference(here, there):
            detail = f"The worker {worker} of the Dask cluster at {url} {unlike}. Install the same there as here."
            raise ClusterUnusable("cluster-unlike", detail)
    threads: dict[str, int] = client.nthreads()
    log.info("%d workers with %d threads make trials at %s", len(threads), sum(threads.values()), url)
    return sum(threads.values())


def _difference(here: Mapping[str, str], there: Mapping[str, str] | Exception) -> str:
    if isinstance(there, Exception):
        return f"cannot load Winnow: {there}"
    unlike = [f"{name} {there.get(name)} instead of {own}" for name, own in here.items() if there.get(name) != own]
    return f"has {', '.join(unlike)}" if unlike else ""
