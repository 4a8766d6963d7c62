"""Augmentations: shown on a dataset's rows."""

from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from automl.augment import Mix
from automl.checks.request import check_request
from automl.reporting.preview import preview
from automl.reporting.samples import Showing
from automl.splits.split import Rows, some_of
from automl.tables.canonical import encoded
from automl.types import Json, TrainRequest
from service.context import Context
from service.runrequest import placing
from service.usecases.datasets import get_dataset, profile_of
from service.usecases.scratch import scratch

_MOST_ROWS: Final = 20_000
"""Of a larger dataset about so many rows are looked at, 20 of each class at least."""
_MOST_WITH_IMAGES: Final = 500


def preview_augmentation(context: Context, project: str, request: dict[str, Json]) -> Showing:
    """What a request of the contract, with its defaults filled in, would do. Raises `Missing`, `InvalidRequest`."""
    dataset = get_dataset(context, project, request["dataset"])
    wanted = TrainRequest(**{name: request[name] for name in ("target", "task", "augmentation", "seed")})
    with placing():
        profile = profile_of(dataset)
        task = check_request(profile, wanted)
        pictured = any(column.type == "image" for column in profile.columns)
        with scratch(context) as directory:
            path = context.registry_for(project).datasets.fetch(dataset.id, directory / "table.parquet")
            most = _MOST_WITH_IMAGES if pictured else _MOST_ROWS
            table = _some_rows(path, None if task == "regression" else wanted.target, most, request["seed"])
        mix = Mix(tuple(request["augmentation"]), request["strength"])
        return preview(table, replace(wanted, task=task), mix, most=request["limit"], profile=profile)


def _some_rows(path: Path, classes: str | None, most: int, seed: int) -> pa.Table:
    """Rows at random, of each class in the column `classes` if there is one, read piece by piece."""
    with pq.ParquetFile(path) as file:
        total = file.metadata.num_rows
        groups = np.zeros(total, np.int64) if classes is None else _numbers(file.read(columns=[classes])[classes])
        rows = some_of(np.arange(total), groups, most, seed)
        pieces, begin = [], 0
        for batch in file.iter_batches():
            inside = rows[(rows >= begin) & (rows < begin + batch.num_rows)] - begin
            pieces.append(batch.take(pa.array(inside)))
            begin += batch.num_rows
        return pa.Table.from_batches(pieces, schema=file.schema_arrow)


def _numbers(values: pa.ChunkedArray) -> Rows:
    return np.asarray(encoded(values).indices, dtype=np.int64)
