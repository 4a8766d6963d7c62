"""Plots of classes: how well they are told apart, and whether probabilities mean what they say."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from automl.evaluation.wording import figure
from automl.types import Json
from service.report.draw import Picture, Plot, draw

Curve = Mapping[str, Json]
_MOST_CLASSES: Final = 5


def of_two(
    curves: Mapping[str, Json], threshold: Mapping[str, Json], positive: Mapping[str, Json] | None
) -> Iterator[Picture]:
    """Of the positive class, as far as there are curves.

    Args:
        curves: of a report.
        threshold: of a report, and what others would give.
        positive: the class's figures as labels are called; None where they are not known.
    """
    chosen, table = threshold.get("value"), threshold.get("table") or []
    if curve := curves.get("precision_recall"):
        yield _precision_recall([curve], (), positive if positive and positive["predicted"] else None)
    if curve := curves.get("roc"):
        yield _roc([curve], ())
    if curve := curves.get("calibration"):
        yield _calibration([curve], ())
    if curve := curves.get("gain"):
        yield _gain([curve], ())
        yield _lift([curve], ())
    if table:
        yield _thresholds(table, chosen)


def of_many(classes: Sequence[Mapping[str, Json]]) -> Iterator[Picture]:
    """Of the five most frequent classes, each against the rest."""
    shown = classes[:_MOST_CLASSES]
    for name, made in _OF_EACH:
        if found := [each for each in shown if each.get(name)]:
            yield made([each[name] for each in found], [each["label"] for each in found])


def _named(number: int, labels: Sequence[Json]) -> str:
    return f"class {number + 1}" if labels else "model"


def _band(plot: Plot, curve: Curve, across: str) -> None:
    """Reports of earlier releases have none."""
    if (band := curve.get("band")) and band[across]:
        plot.band(band[across], band["low"], band["high"], "95 % interval")


def _precision_recall(found: Sequence[Curve], labels: Sequence[Json], now: Curve | None = None) -> Picture:
    says = "Precision (how many of the flagged rows are right) by recall (how many of the positives are flagged)."
    if not labels:
        reached, guessing = found[0]["average_precision"], found[0]["baseline"]
        says += f" Average precision is {figure(reached)}; guessing reaches the share of positives, {figure(guessing)}."

    def on(plot: Plot) -> None:
        for number, curve in enumerate(found):
            _band(plot, curve, "recall")
            plot.line(curve["recall"], curve["precision"], _named(number, labels))
        if not labels:
            plot.reference([0, 1], [found[0]["baseline"]] * 2, "guessing")
        if now:
            plot.mark(now["recall"]["value"], now["precision"]["value"], "at the threshold")
        plot.whole()

    axes = ("recall", "precision")
    return draw("precision-recall", "Precision and recall", says, on, axes=axes, labels=labels)


def _roc(found: Sequence[Curve], labels: Sequence[Json]) -> Picture:
    says = "True positives by false alarms, as shares of all positives and negatives."
    says += "" if labels else f" The area under the curve is {figure(found[0]['area'])}; guessing has 0.50."

    def on(plot: Plot) -> None:
        for number, curve in enumerate(found):
            _band(plot, curve, "false_positive_rate")
            plot.line(curve["false_positive_rate"], curve["true_positive_rate"], _named(number, labels))
        plot.reference([0, 1], [0, 1], "guessing")
        plot.whole()

    return draw("roc", "ROC curve", says, on, axes=("false alarms", "positives found"), labels=labels)


def _calibration(found: Sequence[Sequence[Curve]], labels: Sequence[Json]) -> Picture:
    says = (
        "What came true by what was predicted, in bins of as many rows each. On the diagonal, probabilities mean what "
        "they say. Bars are 95 % intervals."
    )

    def on(plot: Plot) -> None:
        plot.reference([0, 1], [0, 1], "perfect")
        for number, bins in enumerate(found):
            points = [(each["predicted"], each["observed"], each["low"], each["high"]) for each in bins]
            plot.bars(points, _named(number, labels))
        plot.whole()

    axes = ("predicted probability", "share that came true")
    return draw("calibration", "Calibration", says, on, axes=axes, labels=labels)


def _gain(found: Sequence[Curve], labels: Sequence[Json]) -> Picture:
    says = "How many of the positives are found by flagging a share of the rows, the likeliest first."
    says += "" if labels else _tops(found[0], "recall")

    def on(plot: Plot) -> None:
        for number, curve in enumerate(found):
            plot.line([0, *curve["flagged_share"]], [0, *curve["recall"]], _named(number, labels))
        plot.reference([0, 1], [0, 1], "guessing")
        plot.whole()

    return draw("gain", "Gain", says, on, axes=("rows flagged", "positives found"), labels=labels)


def _tops(curve: Curve, name: str) -> str:
    """What the first rows hold, with intervals; reports of earlier releases don't tell."""
    told = [(top["flagged_share"], top[name]) for top in curve.get("top") or []]
    shown = [
        f"{share:.0%} {found['value']:.2f} ({found['low']:.2f} to {found['high']:.2f})"
        for share, found in told
        if found["low"] is not None
    ]
    return f" By share of the rows, with 95 % intervals: {', '.join(shown)}." if shown else ""


def _lift(found: Sequence[Curve], labels: Sequence[Json]) -> Picture:
    says = "How many times as many positives are among the flagged rows as among as many rows drawn by chance."
    says += "" if labels else _tops(found[0], "lift")

    def on(plot: Plot) -> None:
        for number, curve in enumerate(found):
            plot.line(curve["flagged_share"], curve["lift"], _named(number, labels))
        plot.reference([0, 1], [1, 1], "guessing")
        plot.axes.set_xlim(0, 1)
        plot.axes.set_ylim(bottom=0)

    return draw("lift", "Lift", says, on, axes=("rows flagged", "lift"), labels=labels)


def _thresholds(table: Sequence[Curve], chosen: float | None) -> Picture:
    says = "What each threshold would give on the holdout: a lower one flags more rows."
    says += "" if chosen is None else f" The model's own is {chosen:.3g}."
    names = {"precision": "precision", "recall": "recall", "f1": "F1", "flagged_share": "flagged"}

    def on(plot: Plot) -> None:
        for name, label in names.items():
            plot.line([row["threshold"] for row in table], [row[name] for row in table], label)
        if chosen is not None:
            plot.reference([chosen, chosen], [0, 1], "the model's own")
        plot.whole()

    return draw("thresholds", "Thresholds", says, on, axes=("threshold", "share"))


_OF_EACH: Final = (
    ("precision_recall", _precision_recall),
    ("roc", _roc),
    ("calibration", _calibration),
    ("gain", _gain),
    ("gain", _lift),
)
