"""Runs: checked and queued, looked at, stopped."""

import re
from typing import Any

import orjson

from automl.checks.request import check_request
from automl.types import Json, Trial
from registry import ModelVersion
from registry.errors import NotFound
from service.context import Context
from service.errors import Conflict, Missing
from service.runrequest import placing, train_request
from service.store import Run, RunSpec, RunState
from service.usecases.datasets import get_dataset, profile_of, refuse_same
from service.usecases.inforce import report_in_force
from service.usecases.warmstart import find_warm_start

_FILE_SUFFIX = re.compile(r"\.(csv|tsv|ndjson|jsonl|parquet)(\.gz)?$", re.IGNORECASE)
_RUN_ID = re.compile(r"run_[0-9a-f]{1,60}")  # PostgreSQL takes no NUL, not even to compare
_NOT_FOR_NAMES = re.compile(r"[^a-z0-9]+")


def create_run(context: Context, project: str, request: dict[str, Any]) -> Run:
    """Check a request against its dataset, fill in the model's name, and queue it.

    `request` has the fields of the HTTP contract with every default filled in. Raises `Missing`, `InvalidRequest`,
    `Invalid`, `TooMany`.
    """
    dataset = get_dataset(context, project, request["dataset"])
    test = get_dataset(context, project, request["test_dataset"]) if request.get("test_dataset") else None
    wanted, profile = train_request(request), profile_of(dataset)
    with placing():
        refuse_same(dataset, test)
        task = check_request(profile, wanted, profile_of(test) if test else None)
    model = request["model"] or default_model(dataset.record["name"], request["target"])
    warm = find_warm_start(
        context.registry_for(project),
        request["search"]["warm_start"],
        profile=profile,
        request=wanted,
        task=task,
        model=model,
    )
    spec = RunSpec(
        project=project,
        dataset=dataset.id,
        model=model,
        request={**request, "model": model},
        warm_start=warm.to_json(),
    )
    return context.runs.create(spec, max_queued=context.settings.max_queued_runs)


def default_model(dataset_name: str, target: str) -> str:
    """A model's name made from what it learns from and what it predicts; always a valid one."""
    parts = (_NOT_FOR_NAMES.sub("-", text.lower()).strip("-") for text in (_FILE_SUFFIX.sub("", dataset_name), target))
    return "-".join(filter(None, (part[:31].strip("-") for part in parts))) or "model"


def get_run(context: Context, project: str, run_id: str) -> Run:
    """A project's run. Raises `Missing`."""
    run = context.runs.get(project, run_id) if _RUN_ID.fullmatch(run_id) else None
    if run is None:
        raise Missing("not-found", "There is no such run.")
    return run


def list_runs(
    context: Context,
    project: str,
    *,
    state: RunState | None = None,
    dataset: str | None = None,
    model: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> list[Run]:
    """A project's runs, newest first, from behind the id `after`."""
    return context.runs.list(project, state=state, dataset=dataset, model=model, after=after, limit=limit)


def list_trials(context: Context, project: str, run_id: str, *, after: int = -1, limit: int = 50) -> list[Trial]:
    """A run's trials by number, from behind number `after`. Raises `Missing`."""
    return context.runs.trials(get_run(context, project, run_id).id, after=after, limit=limit)


def leaderboard(context: Context, project: str, run_id: str, *, limit: int = 50) -> list[Trial]:
    """A run's trials that came to their end, best first. Raises `Missing`."""
    return context.runs.leaderboard(get_run(context, project, run_id).id, limit)


def cancel_run(context: Context, project: str, run_id: str) -> Run:
    """Ask a run to stop and to keep its best; asking again is fine. Raises `Missing`, `Conflict` when it has ended."""
    run = context.runs.request_cancel(project, get_run(context, project, run_id).id)
    if run is None or run.state in ("succeeded", "failed"):
        raise Conflict("run-ended", "The run has ended already; there is nothing to stop.")
    return run


def best_version(context: Context, project: str, run_id: str) -> ModelVersion:
    """The model version that a run published. Raises `Missing` while, or because, there is none."""
    run = get_run(context, project, run_id)
    if run.model_version is None:
        raise Missing("no-model-version", f"The run is {run.state} and has published no model version.")
    model, _, number = run.model_version.rpartition(":")
    try:
        return context.registry_for(project).versions.get(model, number)
    except NotFound:
        raise Missing("no-model-version", f"{run.model_version} is not in the registry any more.") from None


def run_report(context: Context, project: str, run_id: str) -> dict[str, Json]:
    """The evaluation of what a run published. Raises `Missing`."""
    return version_report(context, project, best_version(context, project, run_id))


def version_report(context: Context, project: str, version: ModelVersion) -> dict[str, Json]:
    """The evaluation of a version on its holdout, with the rule that is in force now where that is another one."""
    registry = context.registry_for(project)
    return report_in_force(registry, version, orjson.loads(registry.versions.report(version)))
