"""Model versions: numbered, immutable entries. One exists exactly when its manifest does."""

from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from registry.aliases import Aliases
from registry.blobs import Blob
from registry.errors import NotFound
from registry.names import LATEST, name_of
from registry.project import Project
from registry.records import Record

_LISTED: Final = 10_000
BLOBS: Final = ("bundle", "report", "judgement", "out_of_fold")
"""What a version's record may refer to."""


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """An entry of a model.

    Attributes:
        model: name of the model.
        number: 1 for the model's first, without gaps.
        run_id: the run that published it.
        bundle: the stored predictor.
        report: the evaluation that belongs to it.
        judgement: what it said of the rows that judged it; None if that was not kept.
        out_of_fold: what was said of rows that it learnt from, out of fold; None if that was not kept.
        manifest: what the one who published said of it (task, target, classes, metrics, lineage, …).
        created_at: RFC 3339 UTC.
    """

    model: str
    number: int
    run_id: str
    bundle: Blob
    report: Blob
    judgement: Blob | None
    out_of_fold: Blob | None
    manifest: dict[str, Any]
    created_at: str

    @property
    def id(self) -> str:
        return f"{self.model}:{self.number}"

    @property
    def bundle_digest(self) -> str:
        return self.bundle.digest

    @property
    def bundle_bytes(self) -> int:
        return self.bundle.size

    @property
    def report_digest(self) -> str:
        return self.report.digest


class Versions:
    """The versions of one project's models."""

    def __init__(self, project: Project, aliases: Aliases) -> None:
        self._keys, self._records, self._blobs = project.keys, project.records, project.blobs
        self._aliases = aliases

    def get(self, model: str, ref: str | int) -> ModelVersion:
        """The version that a number, an alias or `latest` means. Raises `NotFound`."""
        number = self._number(model, str(ref))
        record = self._records.find(self._keys.version(model, number)) if number > 0 else None
        if not record:
            raise NotFound(f"{model} has no version {ref}")
        return version_of(record)

    def latest(self, model: str) -> int:
        """The highest number of a model, 0 without versions."""
        newest = 0
        for key in self._records.keys(self._keys.versions(model)):
            newest = int(name_of(key))
        return newest

    def newest(self, limit: int = 100) -> list[tuple[str, int]]:
        """Model and number of up to `limit` versions of all models, those published last first.

        Where there are more than 10,000 versions, only the first so many by their keys are compared.
        """
        keys = self._records.newest(self._keys.all_versions, limit=limit, among=_LISTED)
        return [(key.split("/")[-2], int(name_of(key))) for key in keys]

    def list(self, model: str, after: int | None = None, limit: int = 100) -> list[ModelVersion]:
        """Up to `limit` versions, newest first, beginning below the number `after`; empty for an unknown model."""
        newest = self.latest(model) if after is None else after - 1
        numbers = range(newest, max(newest - limit, 0), -1)
        return [version_of(record) for record in self._records.find_many(self._keys.version(model, n) for n in numbers)]

    def bundle(self, version: ModelVersion) -> bytes:
        """The bundle's bytes, verified. Raises `NotFound`, `Corrupt`."""
        return self._blobs.get(version.bundle.digest)

    def open_bundle(self, version: ModelVersion, start: int = 0, length: int | None = None) -> BinaryIO:
        """A stream over a part of the bundle, not verified: the reader of a whole one compares digests itself."""
        return self._blobs.open(version.bundle.digest, start, length)

    def report(self, version: ModelVersion) -> bytes:
        """The report's bytes, verified. Raises `NotFound`, `Corrupt`."""
        return self._blobs.get(version.report.digest)

    def judgement(self, version: ModelVersion) -> bytes | None:
        """What the version said of the rows that judged it, verified. Raises `NotFound`, `Corrupt`."""
        return None if version.judgement is None else self._blobs.get(version.judgement.digest)

    def out_of_fold(self, version: ModelVersion) -> bytes | None:
        """What was said of training rows out of fold, verified. Raises `NotFound`, `Corrupt`."""
        return None if version.out_of_fold is None else self._blobs.get(version.out_of_fold.digest)

    def _number(self, model: str, ref: str) -> int:
        if ref == LATEST:
            return self.latest(model)
        if ref.isascii() and ref.isdigit() and len(ref) <= 8:  # noqa: PLR2004 - the digits that a key has room for
            return int(ref)
        return self._aliases.get(model, ref).version


def version_of(record: Record) -> ModelVersion:
    """A version as its record tells it."""
    data = record.data
    blobs = {name: Blob(data[name]["digest"], data[name]["bytes"]) for name in BLOBS if name in data}
    return ModelVersion(
        model=data["model"],
        number=data["number"],
        run_id=data["run_id"],
        bundle=blobs["bundle"],
        report=blobs["report"],
        judgement=blobs.get("judgement"),
        out_of_fold=blobs.get("out_of_fold"),
        manifest=data["manifest"],
        created_at=data["created_at"],
    )
