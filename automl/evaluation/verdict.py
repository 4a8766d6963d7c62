"""A model's worth in a sentence or two, figures included."""

import math
from collections.abc import Mapping
from typing import Final

from automl.bootstrap import FEWEST
from automl.evaluation.wording import figure, named, quoted, told_apart
from automl.metrics import LABEL_METRICS, to_score
from automl.types import Json, Metric

_FEW: Final = 10
"""Rows of a class of two that let a figure be what it likes."""


def verdict(report: Mapping[str, Json]) -> str:
    """What a report says, for people: the metric against what it must beat, then what that means in rows."""
    metric: Metric = report["metric"]
    main = report["metrics"][metric]
    ends = () if main["low"] is None else (main["low"], main["high"])
    beaten = {baseline: values[metric] for baseline, values in report["baselines"].items()}
    value, *rest = told_apart(main["value"], *ends, *beaten.values())
    against = [f"{text} {_against(baseline, report)}" for baseline, text in zip(beaten, rest[len(ends) :], strict=True)]
    head = f"{value} {'weighted ' if report['weighted'] else ''}{named(metric)}"
    head += f" ({rest[0]} to {rest[1]})" if ends else ""
    head += f" against {' and '.join(against)}" if against else ""
    return f"{_caution(report)}{head}; {_IN_ROWS[report['task']](report)}."


def _caution(report: Mapping[str, Json]) -> str:
    """A warning in front where the figures don't carry a claim."""
    judgement, few = _judgement(report), _few(report)
    if judgement and few:
        return f"{judgement} ({few}): "
    said = judgement or few
    return f"{said[0].upper()}{said[1:]}: " if said else ""


def _judgement(report: Mapping[str, Json]) -> str:
    metric: Metric = report["metric"]
    main, dummy = report["metrics"][metric], report["baselines"].get("dummy")
    if not math.isfinite(main["value"]):
        return "Beyond what numbers can hold"
    if main["low"] is None:
        told = report["intervals"]
        what = "groups" if "groups" in told["method"] else "rows"
        return f"Too few {what} to say" if told["resamples"] >= FEWEST else "Without an interval, as there was no time"
    if dummy is None:
        return ""
    chance = to_score(metric, dummy[metric])
    if to_score(metric, main["value"]) <= chance:
        return "No better than knowing nothing"
    ends = [to_score(metric, end) for end in (main["low"], main["high"])]
    return "Perhaps luck" if min(ends) <= chance else ""


def _few(report: Mapping[str, Json]) -> str:
    """How many rows the rarer class of two has, where these are few."""
    if report["task"] != "binary":
        return ""
    rarer = min(report["classes"], key=lambda each: each["rows"])
    rows = f"only {rarer['rows']}" if rarer["rows"] else "no"
    return f"{rows} {_rows(rarer['rows'])} {_where(report, rarer['label'])}" if rarer["rows"] < _FEW else ""


def _against(baseline: str, report: Mapping[str, Json]) -> str:
    by_labels = report["metric"] in LABEL_METRICS
    if baseline == "dummy":
        return _by_labels(report) if by_labels else _by_chance(report)
    tuned = by_labels and report["threshold"] is not None and report["threshold"]["tuned_for"] != "likeliest"
    if tuned and report["task"] == "binary":
        return f"from {named(baseline)} at one half"
    return f"from {named(baseline)}{' untuned' if tuned else ''}"


def _by_chance(report: Mapping[str, Json]) -> str:
    if report["task"] == "regression":
        return f"from always saying the {'median' if report['metric'] == 'mae' else 'mean'}"
    return "by chance"


def _by_labels(report: Mapping[str, Json]) -> str:
    called = report["dummy_label"]
    if report["task"] == "binary":
        return f"by flagging {'all' if called == report['positive'] else 'none'}"
    return f"by always saying the commonest class ({quoted(called)})"


def _binary(report: Mapping[str, Json]) -> str:
    (_, false_alarms), (missed, found) = report["confusion_matrix"]["counts"]
    weights = report["confusion_matrix"]["weights"] if report["weighted"] else None
    return (
        f"flags {found:,} of {found + missed:,} {_rows(found + missed)} {_where(report, report['positive'])}"
        f"{_by_weight(weights and weights[1][1], weights and sum(weights[1]))}"
        f" at {false_alarms:,} false {'alarm' if false_alarms == 1 else 'alarms'}"
    )


def _multiclass(report: Mapping[str, Json]) -> str:
    counts = report["confusion_matrix"]["counts"]
    weights = report["confusion_matrix"]["weights"] if report["weighted"] else None
    return (
        f"right about {quoted(report['target'])} on {_diagonal(counts):,} of {report['rows']:,} {_rows(report['rows'])}"
        f"{_by_weight(weights and _diagonal(weights), weights and sum(map(sum, weights)))}"
    )


def _regression(report: Mapping[str, Json]) -> str:
    at = {row["quantile"]: row["value"] for row in report["curves"]["residuals"]}
    low, high = told_apart(at[0.25], at[0.75])
    errors = f"half of the errors in {quoted(report['target'])}"
    return f"{errors} (actual less predicted{', weighted' if report['weighted'] else ''}) lie between {low} and {high}"


_IN_ROWS = {"binary": _binary, "multiclass": _multiclass, "regression": _regression}


def _where(report: Mapping[str, Json], label: Json) -> str:
    return f"where {quoted(report['target'])} is {quoted(label)}"


def _rows(count: int) -> str:
    return "row" if count == 1 else "rows"


def _by_weight(part: float | None, whole: float | None) -> str:
    return f" ({figure(part / whole)} of their weight)" if part is not None and whole else ""


def _diagonal(matrix: list[list[float]]) -> float:
    return sum(row[index] for index, row in enumerate(matrix))
