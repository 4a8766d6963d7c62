"""What a run may begin with: looked up in the registry when it is asked for, and kept with it from then on."""

import logging
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

from automl.errors import Fault
from automl.likeness import Subject
from automl.profiling.columns import Profile
from automl.types import Json, Task, TrainRequest
from automl.warm.warmstart import WarmStart, begin_from
from registry import Registry
from registry.errors import Corrupt, NotFound, UnknownFormat
from service.errors import Invalid, Missing

log = logging.getLogger(__name__)

AUTO, NONE = "auto", "none"
_OWN, _ALL = 10, 100
"""Of the run's own model, and of all models, the versions published last are looked at."""
_READERS: Final = 8
_PLACE: Final = ("search", "warm_start")

_NOT_ASKED: Final = "None was asked for."
_NO_TREES: Final = "What earlier runs leave are params of boosted trees, which `constraints.families` leaves out."
_REPEATABLE: Final = (
    "`max_trials` ends this run, so that its seed alone repeats it, whatever the registry holds by then. "
    "Name a version to begin with its params."
)


def find_warm_start(
    registry: Registry, asked: str, *, profile: Profile, request: TrainRequest, task: Task, model: str
) -> WarmStart:
    """What a run begins with.

    Args:
        registry: of the project.
        asked: `auto`, `none`, or the id of a version.
        profile: of the table.
        request: of the run, known to be possible.
        task: of the run.
        model: that the winner becomes a version of.

    Raises:
        Missing: there is no such version.
        Invalid: it is of no use here.
    """
    if asked == NONE:
        return WarmStart(asked, _NOT_ASKED)
    if "boosted" not in request.families:
        if asked != AUTO:
            raise Invalid("unusable-warm-start", _NO_TREES, faults=[Fault(_NO_TREES, field=_PLACE)])
        return WarmStart(asked, _NO_TREES)
    subject = Subject.of(profile, request, task)
    if asked != AUTO:
        return _named(registry, asked, subject)
    if request.max_trials is not None:
        return WarmStart(asked, _REPEATABLE)
    latest = registry.versions.latest(model)
    own = ((model, number) for number in range(latest, max(latest - _OWN, 0), -1))
    return begin_from(asked, subject, _manifests(registry, [*own, *registry.versions.newest(_ALL)]))


def _named(registry: Registry, asked: str, subject: Subject) -> WarmStart:
    model, _, number = asked.partition(":")
    try:
        version = registry.versions.get(model, number)
    except NotFound:
        detail = f"There is no model version {asked} to begin with."
        raise Missing("not-found", detail, faults=[Fault(detail, field=_PLACE)]) from None
    found = begin_from(version.id, subject, {version.id: version.manifest})
    if not found.precedents:
        detail = f"The run cannot begin with {asked}: {found.considered[0]['detail']}."
        raise Invalid("unusable-warm-start", detail, faults=[Fault(detail, field=_PLACE)])
    return found


def _manifests(registry: Registry, versions: Iterable[tuple[str, int]]) -> dict[str, dict[str, Json]]:
    """By id, in the order given, each once."""
    wanted = list(dict.fromkeys(versions))
    with ThreadPoolExecutor(_READERS) as pool:
        found = pool.map(partial(_manifest, registry), wanted)
        return {f"{model}:{number}": manifest for (model, number), manifest in zip(wanted, found, strict=True)}


def _manifest(registry: Registry, version: tuple[str, int]) -> dict[str, Json]:
    """A version's manifest; an empty one where it cannot be read, as no run should fail for another one's damage."""
    try:
        return registry.versions.get(*version).manifest
    except (NotFound, Corrupt, UnknownFormat):
        log.warning("%s:%d cannot be read", *version)
        return {}
