"""One run from its dataset to a product: fetched, trained with every trial recorded, resumed where it was."""

import logging
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson

from automl.ingest import read_table
from automl.pipeline import train
from automl.types import Json, Metric, Task, Trial
from service.context import Context
from service.jobs.lease import Lease
from service.jobs.spool import Product
from service.jobs.trials import trial_runner
from service.runrequest import train_request

log = logging.getLogger(__name__)

PARQUET = "application/vnd.apache.parquet"


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
        path, learnt = _fetch(context, lease, run.dataset, Path(scratch))
        test, judged = _fetch(context, lease, test_dataset, Path(scratch)) if test_dataset else (None, {})
        history = lease.patiently(lambda: context.runs.trials(run.id))
        log.info("%s: attempt %d, %d trials so far", run.id, run.attempts, len(history))
        request = train_request(run.request)
        with lease.clocked():
            result = train(
                read_table(path, PARQUET),
                request,
                test=read_table(test, PARQUET) if test else None,
                monitor=_Recorder(context, lease),
                history=history,
                elapsed_s=run.elapsed_s,
                runner=trial_runner(context.settings, request),
                lineage={"run": run.id, **learnt, **{f"test_{name}": value for name, value in judged.items()}},
            )
    report = orjson.dumps(result.report, option=orjson.OPT_SERIALIZE_NUMPY)
    return Product(result.bundle.data, result.bundle.manifest, report)


def _fetch(context: Context, lease: Lease, dataset_id: str, directory: Path) -> tuple[Path, dict[str, Json]]:
    """A dataset's table, and what a lineage tells of it."""
    datasets = context.registry_for(lease.claim.run.project).datasets
    dataset = lease.patiently(lambda: datasets.get(dataset_id))
    path = directory / f"{dataset_id}.parquet"
    lease.patiently(lambda: datasets.fetch(dataset_id, path))
    return path, {"dataset": dataset_id, "dataset_digest": dataset.record.get("digest")}


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
