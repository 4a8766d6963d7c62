"""`winnow report`: what a stored model is worth, in the terminal or as a page."""

from pathlib import Path

import click
import orjson

from service.cli import show
from service.cli.options import STORE, with_settings
from service.cli.shelf import find_version, open_registry, project_option
from service.settings import Settings
from service.usecases.inforce import report_in_force
from service.usecases.reports import report_page


@click.command()
@click.argument("version", metavar="MODEL[:VERSION|@ALIAS]")
@click.option(
    "--html", type=click.Path(dir_okay=False, path_type=Path),
    help="Write the whole report to this file, a page that needs nothing but itself.",
)  # fmt: skip
@project_option
@with_settings(*STORE)
def report(settings: Settings, version: str, html: Path | None, project: str) -> None:
    """Tell what a model is worth on rows that no step of its search has seen."""
    registry = open_registry(settings, project)
    found = find_version(registry, version)
    told = report_in_force(registry, found, orjson.loads(registry.versions.report(found)))
    if html is None:
        show.console().print(show.holdout(told))
        return
    html.write_text(report_page(found, told), encoding="utf-8")
    click.echo(f"{html} tells of {found.id}", err=True)
