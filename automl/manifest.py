"""What a bundle says of itself: its format's number, what it predicts, and a digest of every file."""

import hashlib
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from automl.archive import dump_json, invalid, load_json
from automl.types import Family, Json, Metric, Task

FORMAT = 1
MANIFEST = "manifest.json"
MOST_MODELS = 200
_SLACK = 1e-9


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class FileEntry(_Strict):
    """Size in bytes and SHA-256 of one file."""

    bytes: int
    sha256: str


class ThresholdEntry(_Strict):
    """See `thresholds.Threshold`."""

    value: Annotated[float, Field(ge=0, le=1)]
    metric: Metric
    score: float


class MemberEntry(_Strict):
    """See `models.Member`: for each fold's model the number of its extension, or None."""

    weight: Annotated[float, Field(gt=0, le=1)]
    family: Family
    extensions: Annotated[
        list[Annotated[int, Field(ge=0, lt=MOST_MODELS)] | None], Field(min_length=1, max_length=MOST_MODELS)
    ]


class Manifest(_Strict):
    """The fields of manifest.json; docs/bundle.md explains each."""

    format: Literal[1]
    task: Task
    target: str
    columns: list[dict[str, str]]
    classes: Annotated[list[bool | int | float | str], Field(max_length=10_000)]
    threshold: ThresholdEntry | None
    members: Annotated[list[MemberEntry], Field(min_length=1, max_length=MOST_MODELS)]
    metric: Metric
    metrics: dict[str, Json]
    lineage: dict[str, Json]
    sample: dict[str, Json]
    libraries: dict[str, str]
    files: dict[str, FileEntry]
    digest: str

    @property
    def n_classes(self) -> int:
        """0 for regression."""
        return len(self.classes)


def sha256(data: bytes) -> str:
    """Lower-case hex."""
    return hashlib.sha256(data).hexdigest()


def seal(parts: Mapping[str, Json], files: Mapping[str, bytes]) -> dict[str, Json]:
    """`parts` with the format's number, every file's digest, and over all that the manifest's own."""
    listed = {name: {"bytes": len(data), "sha256": sha256(data)} for name, data in files.items()}
    manifest = {**parts, "format": FORMAT, "files": listed}
    return {**manifest, "digest": f"sha256:{sha256(dump_json(manifest))}"}


def open_manifest(files: Mapping[str, bytes]) -> tuple[Manifest, dict[str, Json]]:
    """The manifest, checked against itself and the other files: typed, and as plain JSON. Raises `InvalidBundle`."""
    if MANIFEST not in files:
        raise invalid(f"it has no {MANIFEST}")
    document = load_json(files[MANIFEST], MANIFEST)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise invalid(f"its format is not number {FORMAT}, the only one that this version of Winnow reads")
    others = {name: data for name, data in files.items() if name != MANIFEST}
    parts = {key: value for key, value in document.items() if key not in ("format", "files", "digest")}
    if seal(parts, others) != document:
        raise invalid("a file or the manifest was changed after it was written")
    try:
        manifest = Manifest.model_validate(document)
    except ValidationError as error:
        raise invalid(f"{MANIFEST} is wrong at {error.errors()[0]['loc']}") from error
    _check_sense(manifest)
    return manifest, document


def _check_sense(manifest: Manifest) -> None:
    """What no single field can tell."""
    if (manifest.task == "regression") != (not manifest.classes) or (manifest.task == "binary") != (
        manifest.n_classes == 2  # noqa: PLR2004
    ):
        raise invalid("its classes do not suit its task")
    if abs(sum(member.weight for member in manifest.members) - 1) > _SLACK:
        raise invalid("the weights of its members do not add up to 1")
    if sum(len(member.extensions) for member in manifest.members) > MOST_MODELS:
        raise invalid(f"it has more than {MOST_MODELS} models")
    used = [number for member in manifest.members for number in member.extensions if number is not None]
    if list(dict.fromkeys(used)) != list(range(len(set(used)))):
        raise invalid("its extensions are not numbered as they are used")
