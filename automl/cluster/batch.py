"""Some trials that are made at once on a cluster."""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from secrets import token_hex
from threading import Thread
from types import TracebackType
from typing import Final, Self

import numpy as np
from distributed import CancelledError, Client, Future, KilledWorker

from automl.cluster.dataset import RETURN_S, Dataset, Lost
from automl.cluster.site import Slot, close
from automl.search import Attempt, Brake, Outcome
from automl.search.agenda import as_pending

_LOOK_S, _COUNT_S = 0.1, 1.0
"""Between two looks at the brake, and at the number of workers."""
_GRACE_S: Final = 3.0
"""What trials that were told to end may take for it."""
_TRIES: Final = 4


class Batch:
    """Attempts on their way. Those that are not waited for end soon once it is left."""

    def __init__(self, dataset: Dataset, attempts: Sequence[Attempt], brake: Brake) -> None:
        """Send them. Raises `Lost`."""
        self._name = token_hex(8)
        self._dataset = dataset
        self._brake = brake
        self._watch = _Watch(dataset.client, self._name, brake)
        self._futures = {attempt.number: self._submit(attempt) for attempt in attempts}

    def outcome(self, attempt: Attempt) -> Outcome:
        """Wait for one; it has failed when worker after worker died of it.

        Raises:
            Lost: it cannot be had.
            Interrupted: from the brake.
        """
        for _ in range(_TRIES):
            future = self._futures[attempt.number]
            while not _is_done(future):
                self._watch.look()
            try:
                return future.result()
            except KilledWorker as error:
                return _failed(attempt, f"workers that died while they made it: {error.allowed_failures + 1}")
            except CancelledError:  # the connection is gone, or the dataset with the last worker that had it
                self._futures[attempt.number] = self._submit(attempt)
            except Exception as error:  # noqa: BLE001 - as here, one bad trial must not end the search
                return _failed(attempt, f"{type(error).__name__}: {error}")
        raise Lost(f"the Dask cluster dropped trial {attempt.number} {_TRIES} times")

    def _submit(self, attempt: Attempt) -> "Future[Outcome]":
        return self._dataset.submit(attempt, Slot.of(self._name, self._brake))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for future in self._futures.values():
            future.release()


class _Watch:
    """Looks after a batch while it is waited for."""

    def __init__(self, client: Client, batch: str, brake: Brake) -> None:
        self._client = client
        self._batch = batch
        self._brake = brake
        self._closed_at: float | None = None
        self._counted = self._seen = time.monotonic()

    def look(self) -> None:
        """Pass on that the brake has closed. Raises `Lost`, and `Interrupted` from the brake."""
        now = time.monotonic()
        if self._brake.closed():
            if self._closed_at is None:
                self._closed_at = now
                # A worker that is no more takes long to be missed.
                Thread(target=self._close, daemon=True).start()
            if now > self._closed_at + _GRACE_S:
                raise Lost("the Dask cluster does not end its trials when it is told to")
        if now > self._counted + _COUNT_S:
            self._count()

    def _close(self) -> None:
        with suppress(Exception):  # who cannot be told ends its trials by its own clock
            self._client.run(close, self._batch, on_error="ignore")

    def _count(self) -> None:
        workers: dict[str, int] = {}
        with suppress(TimeoutError, OSError):
            workers = self._client.nthreads(callback_timeout=_COUNT_S)
        self._counted = time.monotonic()
        if workers:
            self._seen = self._counted
        elif self._counted > self._seen + RETURN_S:
            raise Lost("the Dask cluster has no workers any more")


def _is_done(future: "Future[Outcome]") -> bool:
    """Within a moment. Not by `result`, which would begin to fetch a large outcome again and again."""
    try:
        future.exception(timeout=_LOOK_S)
    except TimeoutError:
        return False
    return True


def _failed(attempt: Attempt, detail: str) -> Outcome:
    trial = replace(as_pending(attempt), detail=detail, generation=attempt.proposal.generation)
    return Outcome(trial, (), np.empty(0, dtype=np.int64), np.empty(0))
