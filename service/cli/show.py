"""What a run has found, as tables for a terminal or a log."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Final, TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from automl.types import Json

_LOG_WIDTH: Final = 160
_ALIKE: Final = 3
"""Warnings of one kind that are shown; a report has them all."""


def console(file: TextIO | None = None) -> Console:
    """Where to print, the standard output if not given: names are shown as they are, and long lines are not broken.

    A file or a pipe has no width of its own, and what stands in one must be found whole by those who look for it.
    """
    made = Console(file=file, soft_wrap=True, highlight=False, markup=False, emoji=False)
    if not made.is_terminal:
        made.width = max(made.width, _LOG_WIDTH)
    return made


def listing(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Plain columns, nothing cut off, so that other programs can read them too."""
    widths = [max(map(len, column)) for column in zip(headers, *rows, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in (headers, *rows))
    return "\n".join(line.rstrip() for line in lines)


def leaderboard(trials: Sequence[Mapping[str, Json]], metric: str) -> Table:
    """Trials as the API tells them, best first."""
    headers = ("trial", metric, "proposer", "rows", "folds", "rounds", "seconds", "what happened")
    table = Table(*headers, title="Leaderboard, scores out of fold", title_justify="left")
    for trial in trials:
        table.add_row(
            str(trial["number"]),
            figure(trial["score"]),
            origin(trial),
            f"{trial['share']:.0%}",
            str(len(trial["fold_scores"])),
            span(trial["rounds"]),
            f"{trial['seconds']:.1f}",
            trial["detail"] or "-",
        )
    return table


def holdout(report: Mapping[str, Json]) -> Table:
    """A report's metrics beside those of its baselines, the one that the run ranked by first, and its words beneath."""
    baselines: Mapping[str, Json] = report["baselines"]
    headers = ["metric", "winner", "95 % interval", *(name.replace("_", " ") for name in baselines)]
    title = f"On {report['rows']} rows that no step of the search has seen"
    table = Table(*headers, title=title, title_justify="left")
    for name in sorted(report["metrics"], key=lambda name: name != report["metric"]):
        found = report["metrics"][name]
        interval = f"{figure(found['low'])} to {figure(found['high'])}"
        table.add_row(
            name, figure(found["value"]), interval, *(figure(values.get(name)) for values in baselines.values())
        )
    table.caption, table.caption_justify = Text("\n".join(_words(report)), style="default"), "left"
    return table


def _words(report: Mapping[str, Json]) -> Iterator[str]:
    """The verdict, another rule if one is in force, and what puts the figures in doubt."""
    yield report["verdict"]
    if changed := (report.get("threshold") or {}).get("in_force"):
        yield changed["detail"]
    for code, warnings in groupby(report.get("warnings") or (), key=itemgetter("code")):
        alike = list(warnings)
        yield from (f"Before you trust it: {it['detail']} {it['meaning']}" for it in alike[:_ALIKE])
        if len(alike) > _ALIKE:
            yield f"  and {len(alike) - _ALIKE} more of {code}"


def ensemble(told: Mapping[str, Json]) -> Table:
    """What a report tells of the model's size: the choice that was made, and the others."""
    table = Table("model", "models", "score", "ms a row", "MB", title="What it costs to serve", title_justify="left")
    for option in told["options"]:
        name = f"{option['what']}{' (chosen)' if option['chosen'] else ''}"
        costs = f"{option['predict_ms']:.2f}", f"{option['bundle_mb']:.2f}"
        table.add_row(name, str(option["models"]), figure(option["score"]), *costs)
    served = told["served"]
    measured = f"Served: {served['predict_ms']:.2f} ms a row, {served['bundle_mb']:.2f} MB. {told['why']}"
    table.caption, table.caption_justify = Text("\n".join([measured, *told["warnings"]]), style="default"), "left"
    return table


def origin(trial: Mapping[str, Json]) -> str:
    """Who proposed a trial, in which generation, from which others."""
    generation = "" if trial["generation"] is None else f" generation {trial['generation']}"
    parents = f" from {', '.join(map(str, trial['parents']))}" if trial["parents"] else ""
    return f"{trial['proposer']}{generation}{parents}"


def span(rounds: Sequence[int]) -> str:
    """The fewest and the most."""
    if not rounds:
        return "-"
    return f"{min(rounds)} to {max(rounds)}" if min(rounds) < max(rounds) else str(rounds[0])


def figure(value: float | None) -> str:
    """Four decimals, a dash for what is not known."""
    return "-" if value is None else f"{value:.4f}"
