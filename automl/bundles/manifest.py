"""What a bundle says of itself: its format's number, what it predicts, and a digest of every file."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from automl.archive import dump_json, invalid, load_json
from automl.bundles.decisionfile import DecisionEntry, fits
from automl.strict import Strict
from automl.types import CalibrationMethod, Family, Json, Metric, Task

FORMAT = 2
MANIFEST = "manifest.json"
MOST_MODELS = 200
_SLACK = 1e-9


class FileEntry(Strict):
    """Size in bytes and SHA-256 of one file."""

    bytes: int
    sha256: str


class MemberEntry(Strict):
    """See `models.Member`: for each fold's model the number of its extension, or None; whether all have a start."""

    weight: Annotated[float, Field(gt=0, le=1)]
    family: Family
    extensions: Annotated[
        list[Annotated[int, Field(ge=0, lt=MOST_MODELS)] | None], Field(min_length=1, max_length=MOST_MODELS)
    ]
    starts: bool = False


class Manifest(Strict):
    """The fields of manifest.json; docs/bundle.md explains each."""

    format: Literal[1, 2]
    task: Task
    target: str
    columns: list[dict[str, str]]
    classes: Annotated[list[bool | int | float | str], Field(max_length=10_000)]
    decision: DecisionEntry | None
    calibration: CalibrationMethod | None
    members: Annotated[list[MemberEntry], Field(min_length=1, max_length=MOST_MODELS)]
    reach: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
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

    @property
    def tells_others(self) -> bool:
        """Whether there is a file of the rules that could take the decision's place."""
        return self.format > 1 and self.decision is not None


def sha256(data: bytes) -> str:
    """Lower-case hex."""
    return hashlib.sha256(data).hexdigest()


def seal(parts: Mapping[str, Json], files: Mapping[str, bytes], number: int = FORMAT) -> dict[str, Json]:
    """`parts` with the format's number, every file's digest, and over all that the manifest's own."""
    listed = {name: {"bytes": len(data), "sha256": sha256(data)} for name, data in files.items()}
    manifest = {**parts, "format": number, "files": listed}
    return {**manifest, "digest": f"sha256:{sha256(dump_json(manifest))}"}


def open_manifest(files: Mapping[str, bytes]) -> tuple[Manifest, dict[str, Json]]:
    """The manifest, checked against itself and the other files: typed, and as plain JSON. Raises `InvalidBundle`."""
    if MANIFEST not in files:
        raise invalid(f"it has no {MANIFEST}")
    document = load_json(files[MANIFEST], MANIFEST)
    number = document.get("format") if isinstance(document, dict) else None
    if type(number) is not int or number not in _READERS:
        raise invalid(f"its format is none of those up to {FORMAT}, which are what this version of Winnow reads")
    others = {name: data for name, data in files.items() if name != MANIFEST}
    parts = {key: value for key, value in document.items() if key not in ("format", "files", "digest")}
    if seal(parts, others, number) != document:
        raise invalid("a file or the manifest was changed after it was written")
    try:
        manifest = Manifest.model_validate(_READERS[number](document))
    except ValidationError as error:
        raise invalid(f"{MANIFEST} is wrong at {error.errors()[0]['loc']}") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise invalid(f"{MANIFEST} is not what its format says") from error
    _check_sense(manifest)
    return manifest, document


def _from_1(document: Mapping[str, Json]) -> Mapping[str, Json]:
    """Of two classes there was a threshold that was tuned for a metric; of more the likeliest was called."""
    rest = {key: value for key, value in document.items() if key != "threshold"}
    old, task = document["threshold"], document["task"]
    by = "likeliest" if old is None else old["metric"]
    decision: dict[str, Json] = {
        "criterion": {"by": by, "at": None, "costs": None},
        "threshold": None if old is None else old["value"],
        "offsets": [],
        "met": True,
        "gives": {} if old is None else {by: old["score"]},
    }
    return {**rest, "decision": None if task == "regression" else decision, "calibration": None}


_READERS: Mapping[int, Callable[[Mapping[str, Json]], Mapping[str, Json]]] = {1: _from_1, 2: lambda document: document}
"""From each format that was ever written to the fields of the present one."""


def _check_sense(manifest: Manifest) -> None:
    """What no single field can tell."""
    if (manifest.task == "regression") != (not manifest.classes) or (manifest.task == "binary") != (
        manifest.n_classes == 2  # noqa: PLR2004
    ):
        raise invalid("its classes do not suit its task")
    decided = manifest.decision is not None and fits(manifest.decision, manifest.n_classes)
    if decided != (manifest.task != "regression") or (manifest.calibration is not None and not decided):
        raise invalid("its decision or its calibration does not suit its task")
    if abs(sum(member.weight for member in manifest.members) - 1) > _SLACK:
        raise invalid("the weights of its members do not add up to 1")
    if sum(len(member.extensions) for member in manifest.members) > MOST_MODELS:
        raise invalid(f"it has more than {MOST_MODELS} models")
    if any(member.starts and (member.family != "boosted" or manifest.classes) for member in manifest.members):
        raise invalid("only boosted trees of values begin at a linear model")
    if manifest.reach is not None and (manifest.classes or len(manifest.members) == 1):
        raise invalid("only several members of a regression are held near each other")
    used = [number for member in manifest.members for number in member.extensions if number is not None]
    if list(dict.fromkeys(used)) != list(range(len(set(used)))):
        raise invalid("its extensions are not numbered as they are used")
