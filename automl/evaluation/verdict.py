"""A model's worth in a sentence or two, figures included."""

from collections.abc import Mapping

from automl.metrics import to_score
from automl.types import Json, Metric, Task

_AGAINST = {"dummy": "by chance", "default_lightgbm": "from default LightGBM"}


def verdict(report: Mapping[str, Json]) -> str:
    """What a report says, for people: the metric against what it must beat, then what that means in rows."""
    metric: Metric = report["metric"]
    name = metric.replace("_", " ")
    main = report["metrics"][metric]
    beaten = [
        f"{_figure(values[metric])} {_against(baseline, report['task'], metric)}"
        for baseline, values in report["baselines"].items()
    ]
    head = f"{_figure(main['value'])} {name}"
    if main["low"] is not None:
        head += f" ({_figure(main['low'])} to {_figure(main['high'])})"
    if beaten:
        head += f" against {' and '.join(beaten)}"
    return f"{_judgement(report)}{head}; {_IN_ROWS[report['task']](report)}."


def _judgement(report: Mapping[str, Json]) -> str:
    """A warning in front where the figures don't carry a claim."""
    metric: Metric = report["metric"]
    main, dummy = report["metrics"][metric], report["baselines"].get("dummy")
    if dummy is None:
        return ""
    chance = to_score(metric, dummy[metric])
    if to_score(metric, main["value"]) <= chance:
        return "No better than knowing nothing: "
    ends = [to_score(metric, end) for end in (main["low"], main["high"]) if end is not None]
    return "Perhaps luck: " if ends and min(ends) <= chance else ""


def _against(baseline: str, task: Task, metric: Metric) -> str:
    if baseline == "dummy" and task == "regression":
        return f"from always saying the {'median' if metric == 'mae' else 'mean'}"
    return _AGAINST.get(baseline, f"from {baseline}")


def _binary(report: Mapping[str, Json]) -> str:
    (_, false_alarms), (missed, found) = report["confusion_matrix"]["counts"]
    alarms = "false alarm" if false_alarms == 1 else "false alarms"
    return f"flags {found:,} of {found + missed:,} positives at {false_alarms:,} {alarms}"


def _multiclass(report: Mapping[str, Json]) -> str:
    counts = report["confusion_matrix"]["counts"]
    right = sum(row[index] for index, row in enumerate(counts))
    return f"right on {right:,} of {report['rows']:,} rows"


def _regression(report: Mapping[str, Json]) -> str:
    at = {row["quantile"]: row["value"] for row in report["curves"]["residuals"]}
    return f"half of the errors lie between {_figure(at[0.25])} and {_figure(at[0.75])}"


_IN_ROWS = {"binary": _binary, "multiclass": _multiclass, "regression": _regression}


def _figure(value: float) -> str:
    """Two decimals for what lies near 1, whole numbers from 1,000 on, three significant digits for the rest."""
    if 1e3 <= abs(value) < 1e9:  # noqa: PLR2004 - as the docstring says
        return f"{value:,.0f}"
    return f"{value:.2f}" if 0.1 <= abs(value) < 10 else f"{value:.3g}"  # noqa: PLR2004
