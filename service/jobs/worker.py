"""Takes one run after another, carries it out, and outlives whatever a run does."""

import errno
import logging
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Literal

from automl.errors import AutomlError, Interrupted, TrainingFailed
from automl.types import Json
from registry.errors import Corrupt, NotFound
from service.context import Context, open_context
from service.errors import ServiceError, StaleClaim
from service.files import make_private
from service.jobs.identity import own_name
from service.jobs.lease import Lease
from service.jobs.publish import publish
from service.jobs.spool import Product, Spool
from service.jobs.training import train_run
from service.settings import Settings
from service.store import Claim

log = logging.getLogger(__name__)

_PAUSE_AFTER_ERROR_S = 5.0

Training = Callable[[Context, Lease, Path], Product]


def work(settings: Settings, stopping: Event) -> None:
    """Be a worker until `stopping` is set; the run in hand is given back then."""
    with own_name(make_private(settings.data) / "workers") as name, open_context(settings) as context:
        Worker(context, name, stopping).run_forever()


@dataclass(frozen=True, slots=True)
class _Outcome:
    state: Literal["succeeded", "failed", "cancelled"]
    model_version: str | None = None
    error: Mapping[str, Json] | None = None


class Worker:
    """One run at a time, under a lease."""

    def __init__(self, context: Context, name: str, stopping: Event, training: Training = train_run) -> None:
        """`name` is the worker's alone: leases under it are taken for a dead predecessor's by `run_forever`."""
        self._context = context
        self._name = name
        self._stopping = stopping
        self._training = training
        self._spool = Spool(context.settings.data / "spool")
        self._directory = context.settings.data / "work" / name

    def run_forever(self) -> None:
        """Until stopping: take the next run, or wait for one."""
        self._clear_up()
        log.info("%s waits for runs", self._name)
        while not self._stopping.is_set():
            try:
                pause_s = 0.0 if self.run_one() else self._context.settings.poll_s
            except ServiceError as error:
                log.warning("no run can be claimed: %s", error)
                pause_s = _PAUSE_AFTER_ERROR_S
            self._stopping.wait(pause_s)

    def run_one(self) -> bool:
        """Carry out the run that has been ready for longest; False if there is none. Raises `Unavailable`."""
        claim = self._context.queue.claim(self._name)
        if claim is not None:
            self._carry_out(claim)
        return claim is not None

    def _clear_up(self) -> None:
        """After a predecessor of the same name that was killed."""
        shutil.rmtree(self._directory, ignore_errors=True)
        self._spool.sweep()
        self._context.queue.expire(self._name)

    def _carry_out(self, claim: Claim) -> None:
        run, queue = claim.run, self._context.queue
        with Lease(queue, claim, lease_s=self._context.settings.lease_s, stopping=self._stopping) as lease:
            try:
                outcome = self._outcome(lease)
                lease.patiently(
                    lambda: queue.finish(
                        claim,
                        outcome.state,
                        model_version=outcome.model_version,
                        error=outcome.error,
                        elapsed_s=lease.elapsed_s,
                    )
                )
                log.info("%s %s %s", run.id, outcome.state, outcome.model_version or "")
                self._spool.drop(run.id)
            except Interrupted:
                self._give_back(lease)
            except StaleClaim as error:
                log.warning("dropped: %s", error)

    def _outcome(self, lease: Lease) -> _Outcome:
        run = lease.claim.run
        try:
            product = self._spool.get(run.id) or self._train(lease)
            lease.patiently(lambda: self._context.queue.phase(lease.claim, "publishing"))
            registry = self._context.registry_for(run.project)
            version = lease.patiently(lambda: publish(registry, run, product, make_private(self._directory)))
        except (Interrupted, StaleClaim):
            raise
        except TrainingFailed as error:
            return _Outcome("cancelled") if lease.cancelling else _Outcome("failed", error=explain(error))
        except Exception as error:  # noqa: BLE001 - one run's misfortune must not be the next one's
            return _Outcome("failed", error=explain(error))
        return _Outcome("succeeded", model_version=version.id)

    def _train(self, lease: Lease) -> Product:
        run = lease.claim.run
        product = self._training(self._context, lease, make_private(self._directory))
        try:
            self._spool.put(run.id, product)
        except OSError:  # most likely a full disk: what is in memory can still be published
            log.exception("%s could not be spooled", run.id)
        return product

    def _give_back(self, lease: Lease) -> None:
        try:
            self._context.queue.release(lease.claim, lease.elapsed_s)
            log.info("%s given back", lease.claim.run.id)
        except (StaleClaim, ServiceError) as error:
            log.warning("%s could not be given back, its lease will end: %s", lease.claim.run.id, error)


def explain(error: Exception) -> dict[str, Json]:
    """What the run's record says of a failure; the log has the rest."""
    match error:
        case AutomlError():
            return {"code": error.code, "detail": error.detail}
        case MemoryError():
            code, detail = (
                "out-of-memory",
                "The worker ran out of memory. Try fewer rows or columns, or a larger worker.",
            )
        case NotFound():
            code, detail = "dataset-missing", "The dataset was deleted before the run could read it."
        case Corrupt():
            code, detail = "dataset-corrupt", "The stored dataset is not what was uploaded. Upload it again."
        case OSError(errno=errno.ENOSPC):
            code, detail = "disk-full", "The worker's disk is full. Free some space, then start the run again."
        case _:
            code, detail = "internal", "An unexpected error, described in the worker's log."
    log.error("a run fails: %s", code, exc_info=error)
    return {"code": code, "detail": detail}
