"""From a product to a model version, and to the name that it earns: champion or challenger."""

import logging

import orjson

from automl.types import Json
from registry import Alias, ModelVersion, Registry
from registry.errors import NotFound, PreconditionFailed
from service.jobs.duel import Duel, fight
from service.jobs.spool import Product
from service.store import Run

log = logging.getLogger(__name__)

CHAMPION, CHALLENGER = "champion", "challenger"


def publish(registry: Registry, run: Run, product: Product) -> ModelVersion:
    """Publish and name; the same run again gives the same version and moves nothing twice.

    The report tells how the model did against the champion of that moment.

    Raises `StoreUnavailable`: call again.
    """
    champion = _find(registry, run.model, CHAMPION)
    duel = None if champion is None else _fight(registry, product, champion)
    report = product.report if duel is None or duel.told is None else _with(product.report, duel.told)
    version = registry.publish(
        run.model,
        run.id,
        product.bundle,
        product.manifest,
        report,
        judgement=product.judgement,
        out_of_fold=product.out_of_fold,
    )
    while not _is_named(registry, version):
        try:
            _name(registry, version, product)
        except PreconditionFailed:  # somebody moved the alias since it was read: look again
            log.info("%s: the alias moved meanwhile", version.id)
    return version


def _with(report: bytes, comparison: dict[str, Json]) -> bytes:
    told = orjson.loads(report)
    return orjson.dumps({**told, "comparisons": [*told.get("comparisons", []), comparison]})


def _fight(registry: Registry, product: Product, champion: Alias) -> Duel:
    try:
        return fight(registry, product, registry.versions.get(champion.model, champion.version))
    except NotFound:
        return Duel(won=False, reason=f"version {champion.version} is not in the registry any more")


def _is_named(registry: Registry, version: ModelVersion) -> bool:
    """Whether the version has been given its name already, even if a person has moved that since."""
    return any(_was(registry, version, alias) for alias in (CHAMPION, CHALLENGER))


def _was(registry: Registry, version: ModelVersion, alias: str) -> bool:
    try:
        moves = registry.aliases.history(version.model, alias)
    except NotFound:
        return False
    return any(move.version == version.number and move.by == version.run_id for move in moves)


def _name(registry: Registry, version: ModelVersion, product: Product) -> None:
    champion = _find(registry, version.model, CHAMPION)
    if champion is None:
        _point(registry, version, CHAMPION, None, "the model's first")
        return
    duel = _fight(registry, product, champion)
    current = champion if duel.won else _find(registry, version.model, CHALLENGER)
    _point(registry, version, CHAMPION if duel.won else CHALLENGER, current, duel.reason)


def _point(registry: Registry, version: ModelVersion, alias: str, current: Alias | None, reason: str) -> None:
    registry.aliases.set(
        version.model,
        alias,
        version.number,
        if_match=current.etag if current else None,
        if_absent=current is None,
        by=version.run_id,
        reason=reason,
    )


def _find(registry: Registry, model: str, alias: str) -> Alias | None:
    try:
        return registry.aliases.get(model, alias)
    except NotFound:
        return None
