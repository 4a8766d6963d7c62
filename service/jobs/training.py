"""One run from its dataset to a product: fetched, trained with every trial recorded, resumed where it was."""

import logging
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson

from automl.ingest import read_stored
from automl.memory import MB, default_limit
from automl.pipeline import train
from automl.profiling.columns import Profile
from automl.types import Json, Metric, Task, Trial
from automl.warm.warmstart import WarmStart
from registry import Dataset
from service.context import Context
from service.jobs.lease import Lease
from service.jobs.spool import Product
from service.jobs.trials import trial_runner
from service.runrequest import train_request
from service.settings import Settings

log = logging.getLogger(__name__)


def train_run(context: Context, lease: Lease, directory: Path) -> Product:
    """Train the claimed run, from its recorded trials on; the table lies in `directory` for as long as it takes.

    Raises:
        AutomlError: the table or the request will not do, or no trial succeeded; `Interrupted` when stopping.
        NotFound, Corrupt: the dataset is gone or damaged.
        StaleClaim: the run is another worker's by now.
    """
    run = lease.claim.run
    test_dataset = run.request.get("test_dataset")
    with TemporaryDirectory(dir=directory) as scratch:
        learnt = _fetch(context, lease, run.dataset, Path(scratch))
        judged = _fetch(context, lease, test_dataset, Path(scratch)) if test_dataset else None
        history = lease.patiently(lambda: context.runs.trials(run.id))
        log.info("%s: attempt %d, %d trials so far", run.id, run.attempts, len(history))
        request = train_request(run.request)
        with lease.clocked():
            table, test = read_stored(learnt.path), read_stored(judged.path) if judged else None
            result = train(
                table,
                request,
                test=test,
                profile=learnt.profile,
                test_profile=judged.profile if judged else None,
                monitor=_Recorder(context, lease),
                history=history,
                elapsed_s=lease.elapsed_s,
                runner=trial_runner(context.settings, request),
                warm=WarmStart.from_json(run.warm_start) if run.warm_start else None,
                lineage={
                    "run": run.id,
                    "extends": run.extends,
                    **learnt.lineage(),
                    **(judged.lineage("test_") if judged else {}),
                },
                memory_bytes=memory_for_a_run(context.settings),
            )
    report = orjson.dumps(result.report, option=orjson.OPT_SERIALIZE_NUMPY)
    kept = None if result.out_of_fold is None else result.out_of_fold.to_bytes()
    return Product(result.bundle.data, result.bundle.manifest, report, result.judgement.to_bytes(), kept)


def memory_for_a_run(settings: Settings) -> int:
    """Bytes that a worker's process may hold."""
    return settings.memory_mb * MB if settings.memory_mb else default_limit() // max(1, settings.workers)


@dataclass(frozen=True, slots=True)
class _Fetched:
    """A dataset's table, and what its record tells of it."""

    dataset: Dataset
    path: Path

    @property
    def profile(self) -> Profile | None:
        """As it was when it was uploaded; None where another program put the dataset into the bucket."""
        stored = self.dataset.record.get("profile")
        return None if stored is None else Profile.from_json(stored)

    def lineage(self, prefix: str = "") -> dict[str, Json]:
        """Where a model comes from."""
        return {f"{prefix}dataset": self.dataset.id, f"{prefix}dataset_digest": self.dataset.record.get("digest")}


def _fetch(context: Context, lease: Lease, dataset_id: str, directory: Path) -> _Fetched:
    datasets = context.registry_for(lease.claim.run.project).datasets
    dataset = lease.patiently(lambda: datasets.get(dataset_id))
    path = directory / f"{dataset_id}.parquet"
    lease.patiently(lambda: datasets.fetch(dataset_id, path))
    return _Fetched(dataset, path)


class _Recorder:
    """The engine's monitor: everything that it tells becomes a row before the engine goes on."""

    def __init__(self, context: Context, lease: Lease) -> None:
        self._queue, self._lease = context.queue, lease
        self.wish = lease.wish

    def phase(self, name: str) -> None:
        self._lease.patiently(lambda: self._queue.phase(self._lease.claim, name))

    def plan(self, task: Task, metric: Metric) -> None:
        self._lease.patiently(lambda: self._queue.plan(self._lease.claim, task, metric))

    def trial(self, trial: Trial) -> None:
        self._lease.patiently(lambda: self._queue.record_trial(self._lease.claim, trial, self._lease.elapsed_s))
