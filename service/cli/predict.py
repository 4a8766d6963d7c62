"""`winnow predict`: a stored model on a file, without a server."""

from pathlib import Path

import click

from automl.bundles.bundle import load_bundle
from automl.ingest import read_with_findings
from service.cli.options import STORE, with_settings
from service.cli.shelf import find_version, open_registry, project_option
from service.cli.tables import STANDARD, plain_file, write_answers
from service.ruling import rule_of
from service.settings import Settings


@click.command()
@click.argument("version", metavar="MODEL[:VERSION|@ALIAS]")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option(
    "--out", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path), default=STANDARD,
    help="Where the answers go, CSV, TSV, NDJSON or Parquet by its name; standard output if not given.",
)  # fmt: skip
@click.option(
    "--explain", is_flag=True,
    help="Say what each column added, too: base, margin, and contribution_COLUMN of each.",
)  # fmt: skip
@project_option
@with_settings(*STORE)
def predict(settings: Settings, version: str, file: Path, *, out: Path, project: str, explain: bool) -> None:
    """Answer the rows of FILE (CSV, TSV, NDJSON, Parquet, each also .gz; a .zip of images; - reads CSV)."""
    registry = open_registry(settings, project)
    found = find_version(registry, version)
    predictor = load_bundle(registry.versions.bundle(found))
    rule = rule_of(registry.decisions.get(found.model, found.number), len(predictor.classes))
    predictor = predictor if rule is None else predictor.deciding(rule)
    with plain_file(file) as (path, media_type):
        table, noticed = read_with_findings(path, media_type)
        answers = predictor.predict_table(table, explain=explain, noticed=noticed)
    write_answers(answers, out)
    click.echo(f"{len(answers.predictions)} rows answered by {found.id}", err=True)
    for warning in answers.warnings:
        row = "" if warning.row is None else f"row {warning.row}, "
        click.echo(f"  {row}{warning.column}: {warning.detail}", err=True)
    if answers.more_warnings:
        click.echo(f"  and {answers.more_warnings} more warnings", err=True)
