"""From a product to a model version, and to the name that it earns: champion or challenger."""

import logging
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import orjson

from automl.types import Json
from registry import Alias, ModelVersion, Registry
from registry.errors import NotFound, PreconditionFailed
from service.jobs.duel import Duel, fight, missed
from service.jobs.spool import Product
from service.store import Run

log = logging.getLogger(__name__)

CHAMPION, CHALLENGER = "champion", "challenger"


def publish(registry: Registry, run: Run, product: Product, directory: Path | None = None) -> ModelVersion:
    """Publish and name; the same run again gives the same version and moves nothing twice.

    The report tells how the model did against the champion of that moment.

    Args:
        registry: to publish to.
        run: that made the product.
        product: what training made.
        directory: where tables may lie while the champion is asked about their rows.

    Raises `StoreUnavailable`: call again.
    """
    duel = cache(partial(_duel, registry, run.model, product, directory))
    champion = _find(registry, run.model, CHAMPION)
    report = product.report if champion is None else _with(product.report, duel(champion.version).told)
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
            _name(registry, version, duel)
        except PreconditionFailed:  # somebody moved the alias since it was read: look again
            log.info("%s: the alias moved meanwhile", version.id)
    return version


def _with(report: bytes, comparison: dict[str, Json]) -> bytes:
    told = orjson.loads(report)
    return orjson.dumps({**told, "comparisons": [*told.get("comparisons", []), comparison]})


def _duel(registry: Registry, model: str, product: Product, directory: Path | None, champion: int) -> Duel:
    try:
        version = registry.versions.get(model, champion)
    except NotFound:
        return missed(product, f"{model}:{champion}", f"version {champion} is not in the registry any more")
    return fight(registry, product, version, directory)


def _is_named(registry: Registry, version: ModelVersion) -> bool:
    """Whether the version has been given its name already, even if a person has moved that since."""
    return any(_was(registry, version, alias) for alias in (CHAMPION, CHALLENGER))


def _was(registry: Registry, version: ModelVersion, alias: str) -> bool:
    try:
        moves = registry.aliases.history(version.model, alias)
    except NotFound:
        return False
    return any(move.version == version.number and move.by == version.run_id for move in moves)


def _name(registry: Registry, version: ModelVersion, duel: Callable[[int], Duel]) -> None:
    champion = _find(registry, version.model, CHAMPION)
    if champion is None:
        _point(registry, version, CHAMPION, None, "the model's first")
        return
    ended = duel(champion.version)
    current = champion if ended.won else _find(registry, version.model, CHALLENGER)
    _point(registry, version, CHAMPION if ended.won else CHALLENGER, current, ended.reason)


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
