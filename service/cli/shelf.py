"""The registry as commands use it: without a server, straight from the store."""

import re
from collections.abc import Callable
from typing import Any

import click

from registry import ModelVersion, Registry, connect
from service.settings import Settings

_REFERENCE = re.compile(r"(?P<model>[^:@]+)(?:[:@](?P<version>.+))?")

project_option: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--project", default="default", show_default=True, help="Whose models and datasets."
)


def open_registry(settings: Settings, project: str) -> Registry:
    """The project's registry in the store that the settings name, proved suitable."""
    return Registry(connect(settings.store_location(), endpoint_url=settings.s3_endpoint), project=project)


def find_version(registry: Registry, reference: str) -> ModelVersion:
    """The version that `fraud`, `fraud:3`, `fraud:latest` or `fraud@champion` means; the newest if only named."""
    match = _REFERENCE.fullmatch(reference)
    if not match:
        raise click.UsageError(f"{reference!r} is no version: write MODEL, MODEL:NUMBER or MODEL@ALIAS")
    return registry.versions.get(match["model"], match["version"] or "latest")
