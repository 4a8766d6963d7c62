"""Whether a new model takes the champion's place: both on the same rows, which neither has learnt from."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import orjson

from automl.bundles.decisionfile import decision_from_json
from automl.decisions.decision import decide
from automl.errors import InvalidBundle
from automl.evaluation.judged import Judged
from automl.evaluation.judgement import Judgement, duel
from automl.metrics import to_score
from automl.types import Json, Metric
from registry import ModelVersion, Registry
from registry.errors import Corrupt, NotFound
from service.jobs.spool import Product

log = logging.getLogger(__name__)

_ERROR: Final = 0.05
"""Of taking a model that is no better for one that is, or worse for better."""


_UNREADABLE: Final = (NotFound, Corrupt, InvalidBundle, KeyError, ValueError)
"""Another program's version may say other things, or less."""


@dataclass(frozen=True, slots=True)
class Duel:
    """How it ended.

    Attributes:
        won: whether the new model is better beyond noise.
        reason: in a few words.
        told: the comparison, for the report; None where there was none on the same rows.
    """

    won: bool
    reason: str
    told: dict[str, Json] | None = None


def fight(registry: Registry, product: Product, champion: ModelVersion) -> Duel:
    """A product against the champion.

    By a paired test on the rows that judged both. Where a judgement is missing, or they have too few rows in common, by
    their intervals.
    """
    named = f"version {champion.number}"
    if not comparable(product.manifest, champion.manifest):
        return Duel(won=False, reason=f"was not judged by the same question and rows as {named}")
    metric: Metric = product.manifest["metric"]
    try:
        found = _on_the_same_rows(registry, product, champion, metric)
        return _by_intervals(registry, product, champion, metric) if found is None else _paired(found, champion)
    except _UNREADABLE:
        log.exception("%s cannot be compared with the new model", champion.id)
        return Duel(won=False, reason=f"cannot be compared with {named}")


def _on_the_same_rows(
    registry: Registry, product: Product, champion: ModelVersion, metric: Metric
) -> dict[str, Json] | None:
    theirs = registry.versions.judgement(champion)
    if product.judgement is None or theirs is None:
        return None
    ours, other = Judgement.from_bytes(product.judgement), Judgement.from_bytes(theirs)
    found = duel(metric, ours, replace(other, judged=_as_it_decides_now(registry, champion, other.judged)))
    return None if found is None or found["p_value"] is None else found


def _as_it_decides_now(registry: Registry, version: ModelVersion, judged: Judged) -> Judged:
    """The same rows, by the rule that was set for the version since it was published, if any was."""
    stored = registry.decisions.get(version.model, version.number)
    if stored.rule is None:
        return judged
    return judged.answered(judged.outputs, decide(judged.outputs, decision_from_json(stored.rule, len(judged.classes))))


def _paired(found: dict[str, Json], champion: ModelVersion) -> Duel:
    told = {"against": "champion", "model_version": champion.id, "on": "holdout", **found}
    figures = f"{found['metric']} {found['difference']:+.4g} ({found['low']:+.4g} to {found['high']:+.4g})"
    words = f"{figures} against version {champion.number} on the same {found['rows']} rows, p = {found['p_value']:.2g}"
    return Duel(found["difference"] > 0 and found["p_value"] < _ERROR, words, told)


def _by_intervals(registry: Registry, product: Product, champion: ModelVersion, metric: Metric) -> Duel:
    reports = product.report, registry.versions.report(champion)
    ours, theirs = (orjson.loads(report)["metrics"][metric] for report in reports)
    if not beats(metric, ours, theirs):
        return Duel(won=False, reason=f"does not beat version {champion.number} beyond noise")
    return Duel(
        won=True, reason=f"{metric} {ours['value']:.4g} against {theirs['value']:.4g} of version {champion.number}"
    )


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
