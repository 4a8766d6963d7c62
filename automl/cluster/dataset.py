"""What the trials of a run are made from, at every worker of a cluster."""

from secrets import token_hex
from typing import Final

from distributed import Client, Future

from automl.cluster.site import Site, Slot, attempt_at
from automl.search import Attempt, Material, Outcome

RETURN_S: Final = 15.0
"""A cluster without a worker for so long is lost; one that was killed is back after some seconds."""


class Lost(Exception):
    """The cluster is of no more use to the run."""


class Dataset:
    """Sent once to all workers there are; later ones get it from these.

    Attributes:
        client: of the cluster.
    """

    def __init__(self, client: Client, material: Material) -> None:
        """Send it. Raises `Lost`."""
        self.client = client
        self._material = material
        self._site = self._send()

    def submit(self, attempt: Attempt, slot: Slot) -> "Future[Outcome]":
        """Have an attempt made. Raises `Lost`."""
        if self._site.cancelled():  # it was lost with the last worker that had it
            self._site = self._send()
        key = f"winnow-{token_hex(8)}-{attempt.number}"
        return self.client.submit(attempt_at, self._site, attempt, slot, key, key=key)

    def _send(self) -> "Future[Site]":
        if self.client.status != "running":
            raise Lost("the connection to the Dask scheduler is lost")
        try:
            site: Future[Site] = self.client.scatter(Site(self._material), broadcast=True, hash=False, timeout=RETURN_S)
        except (TimeoutError, OSError) as error:
            raise Lost(f"the dataset cannot be sent to the Dask cluster: {error}") from error
        return site
