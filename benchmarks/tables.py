"""Folders of benchmark tables: what each is about, and its rows as a peer may see them."""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from automl.metrics import default_metric
from automl.types import Json, Metric, Task


@dataclass(frozen=True)
class Table:
    """One Parquet file of a folder, with its entry of `MANIFEST.json`."""

    path: Path
    task: Task
    positive: str | None
    texts: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The file's stem."""
        return self.path.stem

    @cached_property
    def digest(self) -> str:
        """What the file holds, in 12 hex digits."""
        return hashlib.sha256(self.path.read_bytes()).hexdigest()[:12]

    @cached_property
    def classes(self) -> list[Json]:
        """Labels by class index, the positive one last of two; empty for regression."""
        if self.task == "regression":
            return []
        labels = sorted(set(self._labels("train")))
        return labels[::-1] if len(labels) == 2 and str(labels[0]) == self.positive else labels

    @cached_property
    def metric(self) -> Metric:
        """What every peer is told to optimise: Winnow's own choice for the training rows."""
        counts = Counter(map(str, self._labels("train"))) if self.classes else None
        return default_metric(self.task, counts)

    def rows(self, part: str) -> pa.Table:
        """The rows of `train` or `test`, with `target` and without `_split`."""
        return self._read(part)

    def truth(self, part: str) -> NDArray[Any]:
        """(n,) class indices, or values."""
        if not self.classes:
            return np.array(self._labels(part), np.float64)
        index = {label: number for number, label in enumerate(self.classes)}
        return np.array([index[label] for label in self._labels(part)])

    def _labels(self, part: str) -> list[Json]:
        labels: list[Json] = self._read(part, ["target", "_split"])["target"].to_pylist()
        return labels

    def _read(self, part: str, columns: list[str] | None = None) -> pa.Table:
        table = pq.read_table(self.path, columns=columns).replace_schema_metadata(None)
        return table.filter(pc.equal(table["_split"], part)).drop(["_split"])


def read_folder(folder: Path, *, texts: bool = False) -> dict[str, Table]:
    """The tables of a folder by name: those of text, or those without any, as most peers are not meant for it.

    Raises:
        FileNotFoundError: the folder has no `MANIFEST.json`.
    """
    entries = json.loads((folder / "MANIFEST.json").read_text())
    return {
        entry["name"]: Table(
            folder / f"{entry['name']}.parquet",
            entry["task"],
            entry.get("positive"),
            tuple(entry.get("text_columns", ())),
        )
        for entry in entries
        if bool(entry.get("text_columns")) == texts
    }
