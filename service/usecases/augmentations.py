"""Augmentations: shown on a dataset's rows."""

from dataclasses import replace

from automl.augment import Mix
from automl.checks.request import check_request, feature_columns
from automl.reporting.preview import preview
from automl.reporting.samples import Showing
from automl.types import Json
from service.context import Context
from service.runrequest import placing, train_request
from service.usecases.datasets import get_dataset, profile_of
from service.usecases.scratch import scratch
from service.usecases.somerows import read_some


def preview_augmentation(context: Context, project: str, request: dict[str, Json]) -> Showing:
    """What a request of the contract, with its defaults filled in, would do. Raises `Missing`, `InvalidRequest`."""
    dataset = get_dataset(context, project, request["dataset"])
    wanted, profile = train_request(request), profile_of(dataset)
    with placing():
        task = check_request(profile, wanted)
        names = {wanted.target, wanted.weights, *(column.name for column in feature_columns(profile, wanted))}
        used = [column for column in profile.columns if column.name in names]
        with scratch(context) as directory:
            path = context.registry_for(project).datasets.fetch(dataset.id, directory / "table.parquet")
            classes = None if task == "regression" else wanted.target
            table, rows = read_some(path, [column.name for column in used], classes, wanted.seed)
        return preview(
            table,
            replace(wanted, task=task, ignore=()),
            Mix(tuple(request["augmentation"]), request["strength"]),
            most=request["limit"],
            profile=replace(profile, columns=tuple(used)),
            numbers=rows,
        )
