"""What a run may be held to, as options that can be given often."""

import csv
import json
from collections.abc import Callable, Sequence
from typing import Any, Final, get_args

import click

from automl.types import Family, Json

Option = Callable[[Callable[..., Any]], Callable[..., Any]]


def _option(name: str, field: str, text: str, metavar: str, gather: Callable[[Sequence[str]], Json]) -> Option:
    """An option for a field of `TrainRequest`, which gathers all that is given."""

    def read(_context: click.Context, _option: click.Parameter, texts: Sequence[str]) -> Json:
        return gather(texts)

    return click.option(name, field, multiple=True, metavar=metavar, help=text, callback=read)


def _pairs(read: Callable[[str], Json]) -> Callable[[Sequence[str]], dict[str, Json]]:
    """By name; a name may hold `=` too."""

    def gather(texts: Sequence[str]) -> dict[str, Json]:
        found: dict[str, Json] = {}
        for text in texts:
            name, equals, value = text.rpartition("=")
            if not equals or name in found:
                raise click.BadParameter(f"{text!r} is not NAME=VALUE." if not equals else f"{name!r} is given twice.")
            found[name] = read(value)
        return found

    return gather


def _value(text: str) -> Json:
    """A number, true or false as JSON has them, else a word."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _fields(text: str) -> list[str]:
    """What stands between commas, as in a line of CSV: in double quotes it may hold commas itself."""
    return next(csv.reader([text]), [])


def _families(_context: click.Context, _option: click.Parameter, text: str) -> list[str]:
    return text.split(",")


CONSTRAINTS: Final[tuple[Option, ...]] = (
    _option("--ignore", "ignore", "A column that nothing is learnt from.", "COLUMN", list),
    _option("--param", "params", "Fixed for every trial, such as extra_trees=true.", "NAME=VALUE", _pairs(_value)),
    _option(
        "--range",
        "ranges",
        "Where to search, such as num_leaves=8,64 or schedule=constant,cosine.",
        "NAME=LOW,HIGH",
        _pairs(lambda text: [_value(part) for part in text.split(",")]),
    ),
    _option(
        "--monotone",
        "monotone",
        "Lets predictions only rise (1) or only fall (-1) with a column.",
        "COLUMN=SIGN",
        _pairs(_value),
    ),
    _option(
        "--interactions",
        "interactions",
        "Columns that act together only with each other.",
        "COLUMN,COLUMN",
        lambda texts: [_fields(text) for text in texts],
    ),
    click.option(
        "--families",
        metavar="NAMES",
        default=",".join(get_args(Family)),
        show_default=True,
        callback=_families,
        help="Kinds of models that may be tried.",
    ),
)
"""One for each field of the engine's request that is about this."""
