"""From a product to a model version, and to the name that it earns: champion or challenger."""

import logging
from collections.abc import Mapping
from typing import NamedTuple

import orjson

from automl.metrics import to_score
from automl.types import Json, Metric
from registry import Alias, ModelVersion, Registry
from registry.errors import Corrupt, NotFound, PreconditionFailed
from service.jobs.spool import Product
from service.store import Run

log = logging.getLogger(__name__)

CHAMPION, CHALLENGER = "champion", "challenger"


def publish(registry: Registry, run: Run, product: Product) -> ModelVersion:
    """Publish and name; the same run again gives the same version and moves nothing twice.

    Raises `StoreUnavailable`: call again.
    """
    version = registry.publish(run.model, run.id, product.bundle, product.manifest, product.report)
    while not _is_named(registry, version):
        try:
            _name(registry, version)
        except PreconditionFailed:  # somebody moved the alias since it was read: look again
            log.info("%s: the alias moved meanwhile", version.id)
    return version


def _is_named(registry: Registry, version: ModelVersion) -> bool:
    """Whether the version has been given its name already, even if a person has moved that since."""
    return any(_was(registry, version, alias) for alias in (CHAMPION, CHALLENGER))


def _was(registry: Registry, version: ModelVersion, alias: str) -> bool:
    try:
        moves = registry.aliases.history(version.model, alias)
    except NotFound:
        return False
    return any(move.version == version.number and move.by == version.run_id for move in moves)


def _name(registry: Registry, version: ModelVersion) -> None:
    champion = _find(registry, version.model, CHAMPION)
    if champion is None:
        _point(registry, version, CHAMPION, None, "the model's first")
    elif (victory := _victory(registry, version, champion)) is not None:
        _point(registry, version, CHAMPION, champion, victory)
    else:
        challenger = _find(registry, version.model, CHALLENGER)
        _point(registry, version, CHALLENGER, challenger, f"does not beat version {champion.version} beyond noise")


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


def _victory(registry: Registry, version: ModelVersion, champion: Alias) -> str | None:
    """Why the version takes the champion's place, or None."""
    try:
        other = registry.versions.get(version.model, champion.version)
        if not comparable(version.manifest, other.manifest):
            return None
        metric = version.manifest["metric"]
        ours, theirs = (orjson.loads(registry.versions.report(each))["metrics"][metric] for each in (version, other))
        if not beats(metric, ours, theirs):
            return None
    except (NotFound, Corrupt, KeyError, ValueError):  # another program's version may say other things, or less
        log.exception("%s cannot be compared with version %d", version.id, champion.version)
        return None
    return f"{metric} {ours['value']:.4g} against {theirs['value']:.4g} of version {champion.version}"


def comparable(ours: Mapping[str, Json], theirs: Mapping[str, Json]) -> bool:
    """Whether two manifests tell of the same question, asked of the same rows, measured alike."""
    same = all(ours[name] == theirs[name] for name in ("task", "target", "classes", "metric"))
    rows = [_judged_by(manifest["lineage"]) for manifest in (ours, theirs)]
    return same and rows[0]["dataset_digest"] is not None and rows[0] == rows[1]


def _judged_by(lineage: Mapping[str, Json]) -> dict[str, Json]:
    """What decides by which rows a model was judged; older lineages know of random splits only."""
    request = lineage.get("request", {})
    split = {name: request.get(name, default) for name, default in {"split": "random", "split_column": None}.items()}
    return {**split, **{name: lineage.get(name) for name in ("dataset_digest", "test_dataset_digest")}}


def beats(metric: Metric, ours: Mapping[str, float | None], theirs: Mapping[str, float | None]) -> bool:
    """Whether a holdout value is better beyond noise: each of the two lies outside the other's 95 % interval.

    Stricter than a look at the values, milder than intervals that must not overlap, which would ask for 99.4 %.
    """
    mine, their = _scores(metric, ours), _scores(metric, theirs)
    if mine is None or their is None:
        return False
    return mine.value > their.high and mine.low > their.value


class _Scores(NamedTuple):
    value: float
    low: float
    high: float


def _scores(metric: Metric, measured: Mapping[str, float | None]) -> _Scores | None:
    """A report's value and interval turned so that higher is better; None if one is missing."""
    values = [measured[name] for name in ("value", "low", "high")]
    known = [to_score(metric, each) for each in values if each is not None]
    if len(known) < len(values):
        return None
    value, *bounds = known
    return _Scores(value, min(bounds), max(bounds))
