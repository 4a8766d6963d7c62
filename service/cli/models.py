"""`winnow models`: what the registry holds."""

import click

from registry import Registry
from service.cli.options import STORE, with_settings
from service.cli.shelf import open_registry, project_option
from service.cli.show import figure, listing
from service.settings import Settings

_PAGE = 100


@click.command()
@click.argument("model", required=False)
@project_option
@with_settings(*STORE)
def models(settings: Settings, model: str | None, project: str) -> None:
    """List the models with their aliases, or one MODEL's versions."""
    registry = open_registry(settings, project)
    click.echo(_models(registry) if model is None else _versions(registry, model))


def _models(registry: Registry) -> str:
    rows: list[tuple[str, ...]] = []
    after: str | None = None
    while page := registry.models.list(after, _PAGE):
        after = page[-1].name
        for model in page:
            aliases = ", ".join(f"{alias.alias}:{alias.version}" for alias in registry.aliases.list(model.name))
            rows.append((model.name, str(registry.versions.latest(model.name)), aliases))
    return listing(("model", "newest", "aliases"), rows)


def _versions(registry: Registry, model: str) -> str:
    aliases = registry.aliases.list(registry.models.get(model).name)
    rows: list[tuple[str, ...]] = []
    after: int | None = None
    while page := registry.versions.list(model, after, _PAGE):
        after = page[-1].number
        for version in page:
            named = ",".join(alias.alias for alias in aliases if alias.version == version.number) or "-"
            metric = version.manifest["metric"]
            value = figure(version.manifest["metrics"][metric]["value"])
            rows.append((version.id, named, metric, value, version.created_at, version.run_id))
    return listing(("version", "aliases", "metric", "holdout", "created", "run"), rows)
