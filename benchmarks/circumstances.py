"""Under what something was measured, in words for a page."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version

from automl.machine import cores


def here(*packages: str) -> str:
    """The day, the cores that this process may use, Python, and the versions of the packages."""
    machine = f"{cores()} of {os.cpu_count()} cores, Python {platform.python_version()}"
    return ", ".join([f"{datetime.now(UTC):%Y-%m-%d}", machine, *(f"{name} {version(name)}" for name in packages)])
