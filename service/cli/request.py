"""What can be asked of a run, as options: one for each field of the engine's request."""

from collections.abc import Callable
from dataclasses import MISSING, fields
from typing import Any, Final, cast, get_args

import click
from pydantic import TypeAdapter, ValidationError

from automl.types import Aim, Algorithm, CalibrationMethod, Criterion, Metric, SplitKind, Task, TrainRequest
from service.api.schemas.decisions import DecisionRule
from service.cli.constraints import CONSTRAINTS, Option
from service.runrequest import criterion

_DEFAULTS: Final = {field.name: field.default for field in fields(TrainRequest) if field.default is not MISSING}


def request_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options, under the names of `TrainRequest`'s fields."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def _option(name: str, text: str, **more: Any) -> Option:  # noqa: ANN401 - click's own
    """An option with the default of the field; one of None is not shown."""
    field = name.partition("/")[0].removeprefix("--").replace("-", "_")
    default = _DEFAULTS[field]
    return click.option(name, default=default, show_default=default not in (None, ()), help=text, **more)


def _names(text: str | tuple[str, ...]) -> tuple[str, ...]:
    """The default comes as what it is."""
    return tuple(text.split(",")) if isinstance(text, str) else text


def _criterion(text: str) -> Criterion:
    if text.startswith("{"):
        try:
            return criterion(_RULE.validate_json(text).model_dump())
        except ValidationError as error:
            raise ValueError(error.errors()[0]["msg"]) from None
    by, _, at = text.partition(":")
    return Criterion(cast("Aim", by), float(at) if at else None)


def _augmentation(text: str) -> str | tuple[str, ...]:
    return text if text in ("auto", "none") else _names(text)


_RULE: Final[TypeAdapter[DecisionRule]] = TypeAdapter(DecisionRule)
_OPTIONS: Final[tuple[Option, ...]] = (
    click.option("--target", required=True, metavar="COLUMN", help="Column to predict."),
    _option("--task", "Told from the target if not given.", type=click.Choice(get_args(Task))),
    _option("--metric", "What trials are ranked by; chosen if not given.", type=click.Choice(get_args(Metric))),
    _option("--positive", "Positive class of two; the rarer one if not given.", metavar="LABEL"),
    _option("--class-order", "Classes from low to high, with commas.", metavar="LABELS", type=_names),
    _option("--timeout-s", "Budget in seconds.", type=float),
    _option("--max-trials", "Budget in trials.", type=int),
    _option("--algorithm", "Who proposes what is tried.", type=click.Choice(get_args(Algorithm))),
    _option("--split", "How rows are held out and folded.", type=click.Choice(get_args(SplitKind))),
    _option("--split-column", "Has the groups, the time, or what each row is for.", metavar="COLUMN"),
    _option("--gap", "Kept free along time, in seconds for dates.", type=float),
    _option("--holdout", "Share of the rows that judge.", type=float),
    _option("--folds", "Cross-validation folds; chosen if not given.", type=int),
    _option("--repeats", "How often the rows are folded.", type=int),
    _option("--weights", "Says how much each row counts.", metavar="COLUMN"),
    *CONSTRAINTS,
    _option(
        "--augmentation", "Of the training rows: auto, none, or names with commas.", metavar="NAMES", type=_augmentation
    ),
    _option("--augmentation-strength", "Of those that are named, 0.01 to 1; 0.5 if not given.", type=float),
    _option(
        "--decision",
        "What labels are tuned for: a metric, precision:0.9, recall:0.9, alerts:5 (in 1,000 rows), or the API's JSON.",
        metavar="AIM",
        type=_criterion,
    ),
    _option("--calibration", "Of probabilities.", type=click.Choice(["auto", "none", *get_args(CalibrationMethod)])),
    _option("--slices", "Columns to tell every slice of, with commas.", metavar="COLUMNS", type=_names),
    _option("--ensemble/--no-ensemble", "Let several trials answer together."),
    _option("--max-predict-ms", "Milliseconds that answering one row may take.", type=float),
    _option("--max-bundle-mb", "Millions of bytes that the bundle may have.", type=float),
    _option("--refit/--no-refit", "Fit the winner on the holdout's rows too."),
    _option("--seed", "Repeats a run that --max-trials ends.", type=int),
)
