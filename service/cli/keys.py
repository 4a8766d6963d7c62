"""`winnow keys`: who may do what."""

from datetime import datetime

import click

from service.cli.options import DATABASE, STORE, with_settings
from service.cli.shelf import project_option
from service.cli.show import listing
from service.context import open_context
from service.errors import Missing
from service.settings import Settings
from service.store import SCOPES, Scope


@click.group()
def keys() -> None:
    """Make, list and revoke API keys."""


@keys.command()
@click.argument("name")
@click.option(
    "--scope", "scopes", type=click.Choice(SCOPES), multiple=True, default=("read",), show_default=True,
    help="What it allows; give it more than once for more.",
)  # fmt: skip
@project_option
@with_settings(*STORE, *DATABASE)
def create(settings: Settings, name: str, scopes: tuple[Scope, ...], project: str) -> None:
    """Make a key called NAME and print it: it cannot be shown again."""
    with open_context(settings) as context:
        record, plaintext = context.keys.create(project, name, scopes)
    click.echo(plaintext)
    click.echo(f"{record.id} may {', '.join(record.scopes)} in project {project}", err=True)


@keys.command("list")
@project_option
@with_settings(*STORE, *DATABASE)
def list_keys(settings: Settings, project: str) -> None:
    """List a project's keys, revoked ones too."""
    with open_context(settings) as context:
        found = context.keys.list(project)
    rows = [(key.id, " ".join(key.scopes), _day(key.created_at), _day(key.revoked_at), key.name) for key in found]
    click.echo(listing(("id", "scopes", "created", "revoked", "name"), rows))


@keys.command()
@click.argument("key_id")
@project_option
@with_settings(*STORE, *DATABASE)
def revoke(settings: Settings, key_id: str, project: str) -> None:
    """Refuse the key KEY_ID from now on."""
    with open_context(settings) as context:
        if context.keys.revoke(project, key_id) is None:
            raise Missing("unknown-key", f"Project {project} has no key {key_id}; `winnow keys list` shows them.")
    click.echo(f"{key_id} is revoked")


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else "-"
