"""Publishing a run's model: one version a run, complete or invisible, numbers without doubles.

A pointer says which number the run intends. The manifest is written last and create-only under that number, and
names the run. A number taken by another run moves the pointer on by compare-and-swap, so whoever repeats the work,
at any point and any number of times, tries the very same numbers and finds the manifest that is already there.
docs/decisions/0002-registry-commit.md tells why this is enough.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from registry.blobs import Blob
from registry.errors import PreconditionFailed, StoreUnavailable
from registry.models import Models
from registry.project import Project
from registry.records import Record
from registry.versions import BLOBS, ModelVersion, Versions, version_of

_ATTEMPTS = 1000
"""Lost races before giving up: each means that another run was published, so only a broken store gets here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What a run wants to publish: bytes of a bundle, its report and what was judged, and what is to be said of it."""

    model: str
    run_id: str
    bundle: bytes
    manifest: Mapping[str, Any]
    report: bytes
    judgement: bytes | None = None
    out_of_fold: bytes | None = None

    @property
    def bodies(self) -> dict[str, bytes]:
        """What becomes blobs, by name."""
        named = {name: getattr(self, name) for name in BLOBS}
        return {name: body for name, body in named.items() if body is not None}


class Publisher:
    """Publishes to one project."""

    def __init__(self, project: Project, models: Models, versions: Versions) -> None:
        self._keys, self._records, self._blobs, self._now = project.keys, project.records, project.blobs, project.now
        self._models, self._versions = models, versions

    def publish(self, publication: Publication) -> ModelVersion:
        """The run's version, made now or found.

        Raises:
            PreconditionFailed: the run was published under another model.
            StoreUnavailable: try again with the same run; what is half done goes on from there.
        """
        pointer = self._pointer(publication)
        if found := self._own(publication, pointer):
            return found
        blobs = {name: self._blobs.put(body) for name, body in publication.bodies.items()}
        self._models.ensure(publication.model)
        for _ in range(_ATTEMPTS):
            try:
                version = self._commit(publication, pointer.data["number"], blobs)
            except PreconditionFailed:
                if found := self._own(publication, pointer):
                    return found
                pointer = self._next(publication, pointer)
                continue
            # A sweep that began before the manifest was there may have taken a blob: now it is referred to for good.
            for body in publication.bodies.values():
                self._blobs.put(body)
            return version
        raise StoreUnavailable(f"{publication.model}: no number could be had in {_ATTEMPTS} attempts")

    def _pointer(self, publication: Publication) -> Record:
        key = self._keys.publication(publication.run_id)
        pointer = self._records.find(key)
        if not pointer:
            number = self._versions.latest(publication.model) + 1
            try:
                return self._records.create(key, _pointer_data(publication, number))
            except PreconditionFailed:
                pointer = self._records.read(key)  # the same run, by another process
        if pointer.data["model"] != publication.model:
            raise PreconditionFailed(f"run {publication.run_id} was published to model {pointer.data['model']}")
        return pointer

    def _own(self, publication: Publication, pointer: Record) -> ModelVersion | None:
        record = self._records.find(self._keys.version(publication.model, pointer.data["number"]))
        return version_of(record) if record and record.data["run_id"] == publication.run_id else None

    def _commit(self, publication: Publication, number: int, blobs: Mapping[str, Blob]) -> ModelVersion:
        data = {
            "model": publication.model,
            "number": number,
            "run_id": publication.run_id,
            **{name: {"digest": blob.digest, "bytes": blob.size} for name, blob in blobs.items()},
            "manifest": dict(publication.manifest),
            "created_at": self._now(),
        }
        return version_of(self._records.create(self._keys.version(publication.model, number), data))

    def _next(self, publication: Publication, pointer: Record) -> Record:
        """The pointer after its number was lost: moved on by us, or by another process of the same run."""
        key = self._keys.publication(publication.run_id)
        number = self._versions.latest(publication.model) + 1
        if number <= pointer.data["number"]:
            return pointer  # a refusal for another reason than a number taken: try the same one again
        try:
            return self._records.replace(key, _pointer_data(publication, number), if_match=pointer.etag)
        except PreconditionFailed:
            return self._records.read(key)


def _pointer_data(publication: Publication, number: int) -> dict[str, Any]:
    return {"run_id": publication.run_id, "model": publication.model, "number": number}
