"""Datasets: an immutable table as a blob, and a record that tells what is in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from registry.blobs import Blob
from registry.errors import NotFound, PreconditionFailed
from registry.project import Project


@dataclass(frozen=True, slots=True)
class Dataset:
    """A stored table.

    Attributes:
        id: name of the dataset, unique in its project.
        record: what the one who stored it said of it, as it was given.
        blob: the table's bytes.
        created_at: when it was stored first, RFC 3339 UTC.
    """

    id: str
    record: dict[str, Any]
    blob: Blob
    created_at: str


class Datasets:
    """The datasets of one project."""

    def __init__(self, project: Project) -> None:
        self._keys, self._records, self._blobs, self._now = project.keys, project.records, project.blobs, project.now

    def put(self, dataset_id: str, table: Path, record: Mapping[str, Any]) -> Dataset:
        """Store the file `table` and its record. The same id again returns the first and stores nothing."""
        key = self._keys.dataset(dataset_id)
        if found := self._records.find(key):
            return _dataset(found.data)
        blob = self._blobs.put(table)
        data = {
            "id": dataset_id,
            "created_at": self._now(),
            "blob": {"digest": blob.digest, "bytes": blob.size},
            "record": dict(record),
        }
        try:
            stored = self._records.create(key, data)
        except PreconditionFailed:
            return self.get(dataset_id)
        self._blobs.put(table)  # a sweep that began before there was a record may have taken it
        return _dataset(stored.data)

    def get(self, dataset_id: str) -> Dataset:
        """Raises `NotFound`."""
        try:
            return _dataset(self._records.read(self._keys.dataset(dataset_id)).data)
        except NotFound:
            raise NotFound(f"no dataset {dataset_id}") from None

    def list(self, after: str | None = None, limit: int = 100) -> list[Dataset]:
        """Up to `limit` datasets by id, beginning after the id `after`."""
        start = self._keys.dataset(after) if after is not None else ""
        return [_dataset(record.data) for record in self._records.page(self._keys.datasets, after=start, limit=limit)]

    def delete(self, dataset_id: str) -> None:
        """Forget a dataset; a later sweep takes its bytes. Raises `NotFound`."""
        self.get(dataset_id)
        self._records.delete(self._keys.dataset(dataset_id))

    def fetch(self, dataset_id: str, to: Path) -> Path:
        """Write the table to the file `to`, verified. Raises `NotFound`, `Corrupt`."""
        return self._blobs.fetch(self.get(dataset_id).blob.digest, to)


def _dataset(data: Mapping[str, Any]) -> Dataset:
    blob = Blob(data["blob"]["digest"], data["blob"]["bytes"])
    return Dataset(data["id"], data["record"], blob, data["created_at"])
