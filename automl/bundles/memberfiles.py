"""An ensemble's members as files of a bundle and back: one a model, and one for each distinct extension."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self, TypeVar

from automl.archive import dump_json, invalid, load_json
from automl.bundles.manifest import Manifest, MemberEntry
from automl.features.encoder import FeatureEncoder
from automl.features.extension import Extension
from automl.learners.booster import load_booster
from automl.learners.linearmodel import Linear
from automl.learners.modelcheck import bare_model, check_model
from automl.learners.models import FoldModel, Member, Model
from automl.learners.neuralmodel import Neural
from automl.learners.params import TREES
from automl.types import Family, Json, Task

_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a model takes.

    Attributes:
        features: how many.
        widths: how many terms each block of each text column has.
    """

    features: int
    widths: tuple[int, ...]

    @classmethod
    def of(cls, encoder: FeatureEncoder, extension: Extension | None) -> Self:
        """Of a fold model with such an extension."""
        features = len(encoder.names) if extension is None else len(extension.sources)
        return cls(features, tuple(width for place in encoder.text_places for width in place.widths))


def store(members: Sequence[Member]) -> tuple[dict[str, bytes], list[Json]]:
    """Files by name, and what the manifest says of each member."""
    files: dict[str, bytes] = {}
    entries: list[Json] = []
    numbers: dict[bytes, int] = {}
    for number, member in enumerate(members):
        for fold, model in enumerate(member.models):
            text = model.model.to_text()
            text = bare_model(text) if member.family in TREES else text
            files[_model_name(number, fold, member.family)] = text.encode()
            if model.start is not None:
                files[_start_name(number, fold)] = model.start.to_text().encode()
        extensions = [
            None if model.extension is None else numbers.setdefault(dump_json(model.extension.to_json()), len(numbers))
            for model in member.models
        ]
        starts = {"starts": True} if member.models[0].start is not None else {}
        entries.append({"weight": member.weight, "family": member.family, "extensions": extensions, **starts})
    return {**files, **{_extension_name(number): data for data, number in numbers.items()}}, entries


def names(members: Sequence[MemberEntry]) -> list[str]:
    """The files that hold these members, in the order in which `store` gives them."""
    models = [
        name
        for number, member in enumerate(members)
        for fold in range(len(member.extensions))
        for name in (_model_name(number, fold, member.family), *([_start_name(number, fold)] if member.starts else []))
    ]
    return [*models, *map(_extension_name, _extension_numbers(members))]


def restore(files: Mapping[str, bytes], manifest: Manifest, encoder: FeatureEncoder) -> tuple[Member, ...]:
    """The members of a manifest, once their files have been checked. Equal extensions are one object.

    Args:
        files: at least all of `names`.
        manifest: what they are said to be.
        encoder: of the predictor.

    Raises:
        InvalidBundle: a file does not hold what the manifest says.
    """
    base, places = len(encoder.names), encoder.text_places
    extensions = [
        _read(files, _extension_name(number), lambda it: Extension.from_json(it, base, places))
        for number in _extension_numbers(manifest.members)
    ]

    def fold_model(entry: MemberEntry, name: str, start: str, number: int | None) -> FoldModel:
        extension = None if number is None else extensions[number]
        model = _model(files, name, manifest, entry.family, Inputs.of(encoder, extension))
        begins = _read(files, start, lambda it: read_start(it, encoder)) if entry.starts else None
        return FoldModel(model, extension, begins)

    return tuple(
        Member(
            weight=entry.weight,
            family=entry.family,
            models=tuple(
                fold_model(entry, _model_name(number, fold, entry.family), _start_name(number, fold), extension)
                for fold, extension in enumerate(entry.extensions)
            ),
        )
        for number, entry in enumerate(manifest.members)
    )


def _model(files: Mapping[str, bytes], name: str, manifest: Manifest, family: Family, inputs: Inputs) -> Model:
    task, n_classes = manifest.task, manifest.n_classes
    if family in TREES:
        text = files[name].decode("ascii", "replace")
        check_model(text, task=task, n_classes=n_classes, n_features=inputs.features, family=family)
        return load_booster(text, task, n_classes)
    return _read(files, name, lambda it: read_model(family, it, task, n_classes, inputs))


def _read(files: Mapping[str, bytes], name: str, read: Callable[[Json], _Read]) -> _Read:
    """What a file of JSON holds."""
    try:
        return read(load_json(files[name], name))
    except ValueError as error:
        raise invalid(f"{name} is wrong: {error}") from error


def read_start(document: Json, encoder: FeatureEncoder) -> Linear:
    """A linear model of values on the base features. Raises `ValueError` for anything else."""
    return Linear.from_json(document, task="regression", n_classes=0, n_features=len(encoder.names))


def read_model(family: Family, document: Json, task: Task, n_classes: int, inputs: Inputs) -> Model:
    """One that is stored as JSON. Raises `ValueError` for what no model of that family can have written."""
    if family == "linear":
        return Linear.from_json(
            document, task=task, n_classes=n_classes, n_features=inputs.features, widths=inputs.widths
        )
    return Neural.from_json(document, task=task, n_classes=n_classes, n_features=inputs.features)


def _extension_numbers(members: Sequence[MemberEntry]) -> list[int]:
    return sorted({number for member in members for number in member.extensions if number is not None})


def _model_name(member: int, fold: int, family: Family) -> str:
    return f"model-{member}-{fold}.{'txt' if family in TREES else 'json'}"


def _start_name(member: int, fold: int) -> str:
    return f"start-{member}-{fold}.json"


def _extension_name(number: int) -> str:
    return f"extension-{number}.json"
