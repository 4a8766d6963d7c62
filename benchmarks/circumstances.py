"""Under what something was measured, in words for a page."""

import os
import platform
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Protocol

from automl.machine import cores


class Measured(Protocol):
    """A cell that tells under what it was measured, and with which engine."""

    @property
    def measured(self) -> str:
        """What `here` said."""

    @property
    def engine(self) -> str:
        """Its tree."""


def told(cells: Iterable[Measured]) -> str:
    """All that they tell, a line each."""
    made = sorted({(cell.measured, cell.engine) for cell in cells})
    return "".join(f"Measured {when}, Winnow tree {engine}.\n" for when, engine in made)


def here(*packages: str) -> str:
    """The day, the cores that this process may use, Python, and the versions of the packages."""
    machine = f"{cores()} of {os.cpu_count()} cores, Python {platform.python_version()}"
    return ", ".join([f"{datetime.now(UTC):%Y-%m-%d}", machine, *(f"{name} {version(name)}" for name in packages)])
