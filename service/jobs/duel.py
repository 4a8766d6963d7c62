"""Whether a new model takes the champion's place: both on the same rows, which neither has learnt from."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, NamedTuple

import orjson

from automl.decisions.decision import decide
from automl.errors import AutomlError
from automl.evaluation.judgement import Judgement, duel
from automl.metrics import to_score
from automl.types import Json, Metric
from registry import ModelVersion, Registry
from registry.errors import StoreUnavailable
from service.jobs.asking import ask
from service.jobs.comparable import Incomparable, same_question, same_rows
from service.jobs.spool import Product
from service.ruling import rule_of

log = logging.getLogger(__name__)

_ERROR: Final = 0.05
"""Of taking a model that is no better for one that is, or worse for better."""


@dataclass(frozen=True, slots=True)
class Duel:
    """How it ended.

    Attributes:
        won: whether the new model is better beyond noise.
        reason: in a few words.
        told: for the report: the comparison, or why there is none.
    """

    won: bool
    reason: str
    told: dict[str, Json]


def fight(registry: Registry, product: Product, champion: ModelVersion, directory: Path | None = None) -> Duel:
    """A product against the champion, by a paired test on rows that neither has learnt from.

    Those are the rows that judged both; where another table judged the champion, rows that judged the product, about
    which the champion is asked. Where rows of the same table judged both, and too few of them are the same or a
    judgement is missing, the intervals of both decide. Whatever is wrong with the champion becomes the reason.

    Args:
        registry: that has the champion, and the tables.
        product: the new model.
        champion: the model's present one.
        directory: where tables may lie meanwhile.

    Raises `StoreUnavailable`: call again.
    """
    try:
        return _fought(registry, product, champion, directory)
    except StoreUnavailable:
        raise
    except Incomparable as why:
        reason = f": {why}"
    except AutomlError as error:
        reason = f": {error.detail}"
    except Exception:  # a version may be another program's, and no run shall fail for it
        log.exception("%s cannot be compared with the new model", champion.id)
        reason = ""
    return missed(product, champion.id, f"cannot be compared with version {champion.number}{reason}")


def missed(product: Product, champion: str, reason: str) -> Duel:
    """No comparison with the champion of this id."""
    nothing = {"rows": 0, "difference": None, "low": None, "high": None, "p_value": None}
    return Duel(
        won=False, reason=reason, told=_told(champion, {"metric": product.manifest["metric"], **nothing}, reason)
    )


def _fought(registry: Registry, product: Product, champion: ModelVersion, directory: Path | None) -> Duel:
    metric: Metric = product.manifest["metric"]
    order = same_question(product.manifest, champion.manifest)
    ours = None if product.judgement is None else Judgement.from_bytes(product.judgement)
    if same_rows(product.manifest, champion.manifest):
        theirs = _remembered(registry, champion, order)
        found = None if ours is None or theirs is None else duel(metric, ours, theirs)
        if found is None or found["p_value"] is None:
            return _by_intervals(registry, product, champion)
        return _paired(found, champion)
    if ours is None:
        raise Incomparable("what the new model said of the rows that judged it was not kept")
    asked = ask(registry, product, champion, ours=ours, order=order, directory=directory)
    found = duel(metric, ours, asked.judgement)
    if found is None or found["p_value"] is None:
        raise Incomparable(f"30 rows are needed, and some of each class. {asked.detail}")
    return _paired(found, champion, asked.detail)


def _remembered(registry: Registry, champion: ModelVersion, order: Sequence[int]) -> Judgement | None:
    """What the champion said when it was judged, in the order of our classes, its labels as it calls them now."""
    kept = registry.versions.judgement(champion)
    if kept is None:
        return None
    theirs = Judgement.from_bytes(kept)
    judged, stored = theirs.judged, registry.decisions.get(champion.model, champion.number)
    rule = rule_of(stored, len(judged.classes))
    if rule is not None:
        judged = judged.answered(judged.outputs, decide(judged.outputs, rule))
    return replace(theirs, judged=judged.renumbered(order))


def _paired(found: dict[str, Json], champion: ModelVersion, detail: str | None = None) -> Duel:
    figures = f"{found['metric']} {found['difference']:+.4g} ({found['low']:+.4g} to {found['high']:+.4g})"
    words = f"{figures} against version {champion.number} on the same {found['rows']} rows, p = {found['p_value']:.2g}"
    won = found["difference"] > 0 and found["p_value"] < _ERROR
    return Duel(won=won, reason=words, told=_told(champion.id, found, detail))


def _told(champion: str, found: Mapping[str, Json], detail: str | None) -> dict[str, Json]:
    said = {"ours": "model", "against": "champion", "model_version": champion, "on": "holdout"}
    return {**said, **found, "detail": detail}


def _by_intervals(registry: Registry, product: Product, champion: ModelVersion) -> Duel:
    metric: Metric = product.manifest["metric"]
    if any(product.manifest[name] != champion.manifest[name] for name in ("metric", "classes")):
        raise Incomparable("too few rows judged both, and their figures are not of the same metric and classes")
    reports = product.report, registry.versions.report(champion)
    ours, theirs = (orjson.loads(report)["metrics"][metric] for report in reports)
    won, reason = beats(metric, ours, theirs), f"does not beat version {champion.number} beyond noise"
    if won:
        reason = f"{metric} {ours['value']:.4g} against {theirs['value']:.4g} of version {champion.number}"
    detail = f"Too few rows judged both for a paired test, so that intervals decide: {reason}"
    return replace(missed(product, champion.id, detail), won=won, reason=reason)


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
