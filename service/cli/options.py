"""Options of commands made from the service's settings, so that each is described once."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from service.settings import Settings

STORE = ("data", "store", "s3_endpoint")
DATABASE = ("data", "database_url")


def with_settings(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command an option for each named setting, and the settings read as its first argument.

    What no option tells comes from the environment, and then from the defaults.
    """
    wanted = tuple(dict.fromkeys(names))

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def read_and_run(**options: Any) -> Any:  # noqa: ANN401 - whatever the command takes and returns
            given = {name: value for name in wanted if (value := options.pop(name)) is not None}
            return command(_read(given), **options)

        run: Callable[..., Any] = read_and_run
        for name in reversed(wanted):
            run = _option(name, Settings.model_fields[name])(run)
        return run

    return decorate


def _option(name: str, field: FieldInfo) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    variable = f"WINNOW_{name.upper()}"
    default = "" if field.default in (None, ()) else f"; default {field.default}"
    return click.option(
        f"--{name.replace('_', '-')}",
        name,
        metavar="VALUE",
        help=f"{(field.description or '').replace('`', '')}.  [{variable}{default}]",
    )


def _read(given: dict[str, Any]) -> Settings:
    try:
        return Settings(**given)
    except ValidationError as error:
        fault = error.errors()[0]
        name = str(fault["loc"][0]) if fault["loc"] else "settings"
        raise click.UsageError(f"{name} (--{name.replace('_', '-')}, WINNOW_{name.upper()}): {fault['msg']}") from error
