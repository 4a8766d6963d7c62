"""The right to a run, kept alive by a thread, and what has to be known about it while working."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from types import TracebackType
from typing import Literal, Self, TypeVar

from automl.errors import Interrupted
from registry.errors import StoreUnavailable
from service.errors import ServiceError, StaleClaim, StorageFull, Unavailable
from service.store import Claim, Queue

log = logging.getLogger(__name__)

T = TypeVar("T")
_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 5.0
_SLOWEST_BEAT_S = 2.0
"""A cancel is seen with a beat, and should be seen soon."""


class Lease:
    """A claim that is kept alive from `with` to its end, by a heartbeat four times a lease.

    The heartbeat learns what the run's owner must know: that somebody cancels the run (`cancelling`), or that it has
    another owner by now (`lost`).
    """

    def __init__(self, queue: Queue, claim: Claim, *, lease_s: float, stopping: Event) -> None:
        """`stopping` is set when the worker has to end soon."""
        self.claim = claim
        self.cancelling = claim.run.state == "cancelling"
        self.lost = False
        self._queue = queue
        self._stopping = stopping
        self._every_s = min(lease_s / 4, _SLOWEST_BEAT_S)
        self._spent_s = claim.run.elapsed_s
        self._since: float | None = None
        self._ended = Event()
        self._thread = Thread(target=self._beat_until_ended, name=f"lease of {claim.run.id}", daemon=True)

    def __enter__(self) -> Self:
        """Begin to beat."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Beat no more."""
        self._ended.set()
        self._thread.join()

    @property
    def elapsed_s(self) -> float:
        """Seconds spent on the run, over all attempts."""
        since = self._since
        return self._spent_s + (time.monotonic() - since if since is not None else 0.0)

    @contextmanager
    def clocked(self) -> Iterator[None]:
        """Time that counts as spent on the run."""
        self._since = time.monotonic()
        try:
            yield
        finally:
            self._spent_s, self._since = self.elapsed_s, None

    def wish(self) -> Literal["continue", "finish", "abandon"]:
        """What the engine should do."""
        if self.lost or self._stopping.is_set():
            return "abandon"
        return "finish" if self.cancelling else "continue"

    def patiently(self, call: Callable[[], T]) -> T:
        """The call's result, after as many attempts as the store or the database needs to come back.

        Raises `StaleClaim` when the run is lost meanwhile, `Interrupted` when the worker has to end.
        """
        pause_s = _FIRST_PAUSE_S
        while True:
            try:
                return call()
            except (StoreUnavailable, Unavailable, StorageFull) as error:
                log.warning("%s waits: %s", self.claim.run.id, error)
            except StaleClaim:
                self.lost = True
                raise
            if self._stopping.wait(pause_s):
                raise Interrupted("stopping", "The worker ends while the store or the database does not answer.")
            if self.lost:
                raise StaleClaim(f"{self.claim.run.id} belongs to another worker now")
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)

    def _beat_until_ended(self) -> None:
        while not self.lost and not self._ended.wait(self._every_s):
            self._beat()

    def _beat(self) -> None:
        try:
            self.cancelling = self._queue.heartbeat(self.claim, self.elapsed_s) == "cancelling"
        except StaleClaim as error:
            # also after the run was finished or given back, just before the last beat
            self.lost = True
            log.info("no more heartbeats: %s", error)
        except ServiceError as error:
            log.warning("heartbeat of %s failed: %s", self.claim.run.id, error)
