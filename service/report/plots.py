"""Which plots a report has: as far as it goes, since those of earlier releases hold less."""

from collections.abc import Iterator, Mapping, Sequence

from automl.types import Json
from service.report.classplots import of_many, of_two
from service.report.draw import Picture, Plot, draw


def pictures(report: Mapping[str, Json]) -> Iterator[Picture]:
    """Of what the holdout says of the model."""
    curves = report.get("curves") or {}
    if report.get("task") == "regression":
        yield from _of_values(curves)
    elif classes := curves.get("classes"):
        yield from of_many(classes)
    else:
        yield from of_two(curves, report.get("threshold") or {}, (report.get("classes") or [None])[-1])


def schedule_picture(schedule: Mapping[str, Json]) -> Picture:
    """The learning rate of the best trial."""
    says = f"The learning rate by round of trial {schedule['trial']}: {schedule['name'].replace('_', ' ')}."

    def on(plot: Plot) -> None:
        plot.line(schedule["curve"]["round"], schedule["curve"]["rate"])
        plot.axes.set_ylim(bottom=0)

    return draw("schedule", "Learning rate", says, on, axes=("round", "learning rate"))


def dependence_picture(place: int, told: Mapping[str, Json]) -> Picture:
    """How the model's answers go with a column of numbers, the `place`-th on the page."""
    labels = [answer["label"] for answer in told["answers"]]
    several = labels if len(labels) > 1 else []
    says = "The mean answer if all rows had this value, all else being as it is."

    def on(plot: Plot) -> None:
        for number, answer in enumerate(told["answers"]):
            plot.line(told["values"], answer["mean"], f"class {number + 1}" if several else "")

    return draw(f"dependence-{place}", told["column"], says, on, axes=("value", "mean answer"), labels=several)


def _of_values(curves: Mapping[str, Json]) -> Iterator[Picture]:
    if scatter := curves.get("scatter"):
        yield from _scatters(scatter["actual"], scatter["predicted"])
    told = {
        "residuals": ("Quantiles of the residuals", "Which share of the rows has a residual of up to so much."),
        "absolute_errors": ("Quantiles of the errors", "Which share of the rows is predicted to within so much."),
    }
    for name, (title, says) in told.items():
        if rows := [row for row in curves.get(name) or [] if row["value"] is not None]:
            yield _quantiles(name.replace("_", "-"), title, says, rows)


def _scatters(actual: Sequence[float], predicted: Sequence[float]) -> Iterator[Picture]:
    ends = [min(*actual, *predicted), max(*actual, *predicted)]

    def together(plot: Plot) -> None:
        plot.dots(actual, predicted)
        plot.reference(ends, ends, "the same")

    def apart(plot: Plot) -> None:
        plot.dots(predicted, [true - said for true, said in zip(actual, predicted, strict=True)])
        plot.reference([min(predicted), max(predicted)], [0, 0], "no error")

    says = "Predicted by actual values of a sample of the holdout; on the diagonal they are the same."
    yield draw("scatter", "Predicted and actual", says, together, axes=("actual", "predicted"))
    says = "Actual less predicted, by what was predicted: above 0 it was too low, below too high."
    yield draw("residual-scatter", "Residuals", says, apart, axes=("predicted", "residual"))


def _quantiles(name: str, title: str, says: str, rows: Sequence[Mapping[str, Json]]) -> Picture:
    def on(plot: Plot) -> None:
        plot.bars([(row["quantile"], row["value"], _end(row, "low"), _end(row, "high")) for row in rows])
        plot.axes.set_xlim(0, 1)

    up = "residual" if name == "residuals" else "error"
    return draw(name, title, f"{says} Bars are 95 % intervals.", on, axes=("share of the rows", up))


def _end(row: Mapping[str, Json], name: str) -> float:
    end: float = row["value"] if row.get(name) is None else row[name]
    return end
