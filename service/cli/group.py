"""A click group that imports a command when it is called, and tells errors in a line or two."""

import importlib
import logging
from collections.abc import Mapping
from typing import Any

import click

from automl.errors import AutomlError, Fault
from registry.errors import RegistryError
from service.client import ClientError
from service.errors import ServiceError

log = logging.getLogger(__name__)
_FAULTS_SHOWN = 5


class Commands(click.Group):
    """Commands by name, each a module that holds a click command of the same name.

    LightGBM, pyarrow and SQLAlchemy take their time to import: each command waits for its own only.
    """

    def __init__(self, *, commands_in: Mapping[str, str], **attributes: Any) -> None:  # noqa: ANN401 - click's own
        super().__init__(**attributes)
        self._modules = dict(commands_in)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The names in the order given."""
        return list(self._modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of this name, imported now."""
        if cmd_name not in self._modules:
            return None
        command: click.Command = getattr(importlib.import_module(self._modules[cmd_name]), cmd_name)
        return command

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own
        """Run a command; whatever goes wrong ends as a message and exit code 1."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            log.debug("the command failed", exc_info=True)
            raise click.ClickException(explain(error)) from error


def explain(error: Exception) -> str:
    """What a person should read about an error."""
    if isinstance(error, AutomlError | ServiceError):
        faults = [fault for fault in error.faults if fault.detail not in error.detail][:_FAULTS_SHOWN]
        return "\n".join([error.detail, *(f"  {_place(fault)}{fault.detail}" for fault in faults)])
    if isinstance(error, RegistryError | ClientError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    first_line = (str(error).splitlines() or [""])[0]
    return f"unexpected {type(error).__name__}: {first_line}"


def _place(fault: Fault) -> str:
    parts = [("line", fault.line), ("row", fault.row), ("column", fault.column)]
    named = [f"{name} {value}" for name, value in parts if value is not None]
    return f"{', '.join(named)}: " if named else ""
