"""Augmentations: shown on a dataset's rows."""

from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from automl.augment import Mix
from automl.checks.request import check_request
from automl.reporting.preview import preview
from automl.reporting.samples import Showing
from automl.types import Json, TrainRequest
from service.context import Context
from service.runrequest import placing
from service.usecases.datasets import get_dataset, profile_of
from service.usecases.scratch import scratch

_MOST_ROWS: Final = 20_000
"""Of a larger dataset so many rows are looked at."""
_MOST_WITH_IMAGES: Final = 500


def preview_augmentation(context: Context, project: str, request: dict[str, Json]) -> Showing:
    """What a request of the contract, with its defaults filled in, would do. Raises `Missing`, `InvalidRequest`."""
    dataset = get_dataset(context, project, request["dataset"])
    wanted = TrainRequest(**{name: request[name] for name in ("target", "task", "augmentation", "seed")})
    with placing():
        profile = profile_of(dataset)
        check_request(profile, wanted)
        pictured = any(column.type == "image" for column in profile.columns)
        with scratch(context) as directory:
            path = context.registry_for(project).datasets.fetch(dataset.id, directory / "table.parquet")
            table = _some_rows(path, request["seed"], _MOST_WITH_IMAGES if pictured else _MOST_ROWS)
        mix = Mix(tuple(request["augmentation"]), request["strength"])
        return preview(table, wanted, mix, most=request["limit"])


def _some_rows(path: Path, seed: int, most: int) -> pa.Table:
    """Rows at random, read piece by piece."""
    with pq.ParquetFile(path) as file:
        total = file.metadata.num_rows
        rows = np.sort(np.random.default_rng(seed).permutation(total)[:most])
        pieces, begin = [], 0
        for batch in file.iter_batches():
            inside = rows[(rows >= begin) & (rows < begin + batch.num_rows)] - begin
            pieces.append(batch.take(pa.array(inside)))
            begin += batch.num_rows
        return pa.Table.from_batches(pieces, schema=file.schema_arrow)
