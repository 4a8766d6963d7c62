"""An ensemble's members as files of a bundle and back, a text a model."""

from collections.abc import Mapping, Sequence

from automl.booster import load_booster
from automl.manifest import Manifest, MemberEntry
from automl.modelcheck import bare_model, check_model
from automl.models import FoldModel, Member, Model
from automl.params import Family
from automl.types import Json


def store(members: Sequence[Member]) -> tuple[dict[str, bytes], list[Json]]:
    """Files by name, and what the manifest says of each member."""
    files: dict[str, bytes] = {}
    entries: list[Json] = []
    for number, member in enumerate(members):
        for fold, model in enumerate(member.models):
            files[_model_name(number, fold)] = bare_model(model.model.to_text()).encode()
        entries.append({"weight": member.weight, "family": member.family, "extensions": [None for _ in member.models]})
    return files, entries


def names(members: Sequence[MemberEntry]) -> list[str]:
    """The files that hold these members."""
    return [
        _model_name(number, fold) for number, member in enumerate(members) for fold in range(len(member.extensions))
    ]


def restore(files: Mapping[str, bytes], manifest: Manifest, n_features: int) -> tuple[Member, ...]:
    """The members of a manifest, once their files have been checked.

    Args:
        files: at least all of `names`.
        manifest: what they are said to be.
        n_features: that the encoder gives.

    Raises:
        InvalidBundle: a file does not hold what the manifest says.
    """

    def model(name: str, family: Family) -> Model:
        text = files[name].decode("ascii", "replace")
        check_model(text, task=manifest.task, n_classes=manifest.n_classes, n_features=n_features, family=family)
        return load_booster(text, manifest.task, manifest.n_classes)

    return tuple(
        Member(
            weight=entry.weight,
            family=entry.family,
            models=tuple(
                FoldModel(model(_model_name(number, fold), entry.family)) for fold in range(len(entry.extensions))
            ),
        )
        for number, entry in enumerate(manifest.members)
    )


def _model_name(member: int, fold: int) -> str:
    return f"model-{member}-{fold}.txt"
