"""`winnow train`: the same way from a table to a registered version, without a server."""

import hashlib
import json
import secrets
import signal
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, Literal

import click
import pyarrow as pa

from automl.checks.request import check_request
from automl.ingest import read_stored
from automl.memory import MB
from automl.pipeline import Result
from automl.pipeline import train as train_model
from automl.standing import ranked
from automl.types import Json, Metric, Task, TrainRequest, Trial
from automl.warm.warmstart import WarmStart
from registry import Dataset, check_name
from service.cli import show
from service.cli.options import DATABASE, STORE, with_settings
from service.cli.progress import Progress
from service.cli.request import request_options
from service.cli.shelf import project_option
from service.cli.tables import STANDARD, plain_file
from service.context import Context, open_context
from service.jobs.publish import publish
from service.jobs.spool import Product
from service.jobs.trials import trial_runner
from service.settings import Settings
from service.store import Run
from service.usecases.datasets import Upload, profile_of, refuse_same, upload_dataset
from service.usecases.runs import default_model
from service.usecases.warmstart import AUTO, find_warm_start

_SHOWN: Final = 5
"""Trials of the leaderboard."""


class _Watcher:
    """Shows the engine's news as they come, and asks it to finish at Ctrl-C."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._best: list[Trial] = []
        self._wish: Literal["continue", "finish"] = "continue"

    def phase(self, name: str) -> None:
        self._progress.update(phase=name)

    def plan(self, task: Task, metric: Metric) -> None:
        self._progress.update(phase=f"{task} by {metric}")

    def trial(self, trial: Trial) -> None:
        self._best = ranked([*self._best, trial])[:1]
        self._progress.update(trials=trial.number + 1, best=self._best[0].score if self._best else None)

    def wish(self) -> Literal["continue", "finish"]:
        return self._wish

    def finish(self, *_signal: object) -> None:
        self._wish = "finish"


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option(
    "--model", metavar="NAME", help="Model that the winner becomes a version of; the file's name if not given."
)
@click.option(
    "--test",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A table that judges the winner; none of FILE's rows are held out then.",
)
@click.option(
    "--warm-start",
    default=AUTO,
    show_default=True,
    metavar="VERSION",
    help="What an earlier run found best is tried early: MODEL:NUMBER, auto, none.",
)
@request_options
@project_option
@with_settings(*STORE, *DATABASE, "dask_url", "translation", "memory_mb")
def train(
    settings: Settings,
    file: Path,
    *,
    model: str | None,
    test: Path | None,
    warm_start: str,
    project: str,
    **request: Any,  # noqa: ANN401
) -> None:
    """Find a model for FILE (CSV, TSV, NDJSON, Parquet, each also .gz; or a .zip of images) and register it.

    Ctrl-C ends the search and keeps the best so far.
    """
    wanted = TrainRequest(**request)
    with open_context(settings) as context:
        dataset = _store(context, project, file)
        judge = _store(context, project, test) if test else None
        refuse_same(dataset, judge)
        name = check_name("model", model or default_model(dataset.record["name"], wanted.target))
        profile, judged_by = profile_of(dataset), profile_of(judge) if judge else None
        task = check_request(profile, wanted, judged_by)
        registry = context.registry_for(project)
        warm = find_warm_start(registry, warm_start, profile=profile, request=wanted, task=task, model=name)
        console = show.console(sys.stderr)
        with Progress(wanted.timeout_s, console, max_trials=wanted.max_trials) as progress:
            result = _train(context, project, wanted, _Watcher(progress), dataset=dataset, test=judge, warm=warm)
        run = _run(context, project, dataset, name, wanted)
        version = publish(registry, run, _product(result))
    console.print(show.leaderboard(_best(result.trials), result.metric))
    console.print(show.holdout(result.report))
    console.print(show.ensemble(result.report["ensemble"]))
    click.echo(version.id)


def _run(context: Context, project: str, dataset: Dataset, model: str, request: TrainRequest) -> Run:
    """What publishing asks for; it is in no database, since nobody but this process has a part in it."""
    return Run(
        id=f"cli_{secrets.token_hex(8)}",
        project=project,
        dataset=dataset.id,
        model=model,
        request=asdict(request),
        state="running",
        created_at=context.clock(),
    )


def _store(context: Context, project: str, file: Path) -> Dataset:
    """The file as a dataset of the registry, as an upload over HTTP makes it."""
    with plain_file(file) as (path, media_type):
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        name = None if file == STANDARD else file.name
        return upload_dataset(context, project, Upload(path, media_type, digest, name), name)[0]


def _train(
    context: Context,
    project: str,
    request: TrainRequest,
    watcher: _Watcher,
    *,
    dataset: Dataset,
    test: Dataset | None,
    warm: WarmStart,
) -> Result:
    table = _table(context, project, dataset)
    judge = _table(context, project, test) if test else None
    signal.signal(signal.SIGINT, watcher.finish)
    lineage = {"dataset": dataset.id, "dataset_digest": dataset.record["digest"]}
    if test:
        lineage |= {"test_dataset": test.id, "test_dataset_digest": test.record["digest"]}
    runner = trial_runner(context.settings, request)
    return train_model(
        table,
        request,
        test=judge,
        profile=profile_of(dataset),
        test_profile=profile_of(test) if test else None,
        monitor=watcher,
        runner=runner,
        warm=warm,
        lineage=lineage,
        memory_bytes=context.settings.memory_mb * MB if context.settings.memory_mb else None,
    )


def _product(result: Result) -> Product:
    report = json.dumps(result.report, allow_nan=False).encode()
    return Product(result.bundle.data, result.bundle.manifest, report, result.judgement.to_bytes())


def _best(trials: Sequence[Trial]) -> list[dict[str, Json]]:
    """Those that came to their end, as the API tells them, best first."""
    return [asdict(trial) for trial in ranked(trials)[:_SHOWN]]


def _table(context: Context, project: str, dataset: Dataset) -> pa.Table:
    with tempfile.TemporaryDirectory(prefix="winnow-") as directory:
        path = context.registry_for(project).datasets.fetch(dataset.id, Path(directory, "table.parquet"))
        return read_stored(path)
