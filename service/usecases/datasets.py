"""Datasets: take a table in, show it, forget it."""

import hashlib
from base64 import b64encode
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from automl.errors import Fault, InvalidRequest
from automl.ingest import Limits, ingest
from automl.profiling.columns import Profile
from registry import Dataset
from registry.errors import InvalidName, NotFound
from service.context import Context
from service.errors import Conflict, Missing, StorageFull
from service.settings import Settings
from service.usecases.scratch import scratch


@dataclass(frozen=True, slots=True)
class Upload:
    """A table that arrived whole: its bytes after gzip, their type, their SHA-256 in hex, and what it was called."""

    path: Path
    media_type: str
    sha256: str
    name: str | None


def limits_of(settings: Settings) -> Limits:
    """How much an upload may be."""
    return Limits(max_bytes=settings.max_upload_bytes, max_memory_bytes=settings.decoder_memory_bytes)


def upload_dataset(context: Context, project: str, upload: Upload, name: str | None) -> tuple[Dataset, bool]:
    """The dataset of these bytes, and whether it is new: the same bytes are the same dataset, under its first name.

    Raises `InvalidData` and its kin, `StorageFull`.
    """
    datasets = context.registry_for(project).datasets
    dataset_id = _dataset_id(project, upload)
    try:
        return datasets.get(dataset_id), False
    except NotFound:
        pass
    with scratch(context) as directory:
        try:
            ingested = ingest(upload.path, upload.media_type, directory, limits_of(context.settings))
        except OSError as error:
            raise StorageFull("disk-full", "The service's disk is full or fails; nothing was stored.") from error
        record = {
            "name": name or f"dataset-{upload.sha256[:8]}",
            "media_type": upload.media_type,
            "digest": f"sha256:{upload.sha256}",
            "profile": ingested.profile.to_json(),
        }
        return datasets.put(dataset_id, ingested.path, record), True


def get_dataset(context: Context, project: str, dataset_id: str) -> Dataset:
    """A project's dataset. Raises `Missing`."""
    try:
        return context.registry_for(project).datasets.get(dataset_id)
    except (NotFound, InvalidName):
        raise Missing("not-found", "There is no such dataset.") from None


def list_datasets(context: Context, project: str, *, after: str | None = None, limit: int = 50) -> list[Dataset]:
    """A project's datasets by id, from behind the id `after`."""
    return context.registry_for(project).datasets.list(after, limit)


def profile_of(dataset: Dataset) -> Profile:
    """What was found in a dataset when it was uploaded."""
    return Profile.from_json(dataset.record["profile"])


def refuse_same(dataset: Dataset, test: Dataset | None) -> None:
    """Raises `InvalidRequest` where what is learnt from is to judge as well."""
    if test and test.id == dataset.id:
        detail = "The test dataset is the dataset itself: a model would be judged by the rows that it learnt from."
        raise InvalidRequest("unusable-test", detail, [Fault(detail, field=("test_dataset",))])


def preview_dataset(context: Context, project: str, dataset_id: str, limit: int) -> tuple[list[str], list[list[Any]]]:
    """The columns and the first `limit` rows, images in base 64. Raises `Missing`."""
    dataset = get_dataset(context, project, dataset_id)
    with scratch(context) as directory:
        path = context.registry_for(project).datasets.fetch(dataset.id, directory / "table.parquet")
        with pq.ParquetFile(path) as file:
            batches = list(islice(file.iter_batches(batch_size=limit), 1))
            table = pa.Table.from_batches(batches, schema=file.schema_arrow)
    cells = ([_shown(cell) for cell in column.to_pylist()] for column in table.columns)
    return table.column_names, [list(row) for row in zip(*cells, strict=True)]


def delete_dataset(context: Context, project: str, dataset_id: str) -> None:
    """Forget a dataset. Raises `Missing`, and `Conflict` while a run needs it."""
    dataset = get_dataset(context, project, dataset_id)
    if context.runs.uses_dataset(project, dataset.id):
        raise Conflict("dataset-in-use", "A run that has not ended uses this dataset. Wait for it, or cancel it.")
    try:
        context.registry_for(project).datasets.delete(dataset.id)
    except NotFound:
        return  # another request deleted it meanwhile: what was asked for holds


def _shown(cell: Any) -> Any:  # noqa: ANN401 - whatever Arrow holds
    return b64encode(cell).decode() if isinstance(cell, bytes) else cell


def _dataset_id(project: str, upload: Upload) -> str:
    identity = f"{project}\n{upload.media_type}\nsha256:{upload.sha256}"
    return f"ds_{hashlib.sha256(identity.encode()).hexdigest()[:24]}"
