"""A report's JSON to one page: no script, no network, and one style sheet, which its policy knows by its hash."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

import orjson
from jinja2 import ChainableUndefined, Environment, FileSystemLoader
from markupsafe import Markup

from automl.evaluation.wording import decimals_below_one, named, quoted
from automl.tables.cells import label
from automl.types import Json
from service.report.demands import rules
from service.report.matrix import heat
from service.report.samples import changes

_TEMPLATES: Final = Path(__file__).parent / "templates"
_STYLE: Final = (_TEMPLATES / "report.css").read_text(encoding="utf-8")
_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
POLICY: Final = f"default-src 'none'; style-src 'sha256-{_HASH}'; img-src data:; base-uri 'none'; form-action 'none'"
"""Content-Security-Policy of the page, which it also holds itself, for when it is read from a file."""
NOT_KNOWN: Final = "\N{EN DASH}"
_KEPT: Final = 16
_ROUNDING: Final = 1e-12
_THOUSAND, _LARGE, _RARE = 1e3, 1e9, 1e-3
_END_DIGITS: Final = range(3, 7)
"""Of an interval's ends."""


@dataclass(frozen=True)
class About:
    """What a report is of.

    Attributes:
        version: id of the model version.
        target: the predicted column.
        run_id: that made it.
        created_at: when, RFC 3339.
        lineage: of its manifest.
    """

    version: str
    target: str
    run_id: str
    created_at: str
    lineage: Mapping[str, Json]


def render(report: Mapping[str, Json], about: About) -> str:
    """The page. What the report lacks, as those of earlier releases do, is left out."""
    return _rendered(orjson.dumps(report), orjson.dumps(about))


@lru_cache(maxsize=_KEPT)
def _rendered(report_json: bytes, about_json: bytes) -> str:
    from service.report.plots import dependence_picture, pictures, schedule_picture  # noqa: PLC0415 - see __init__

    report, about = orjson.loads(report_json), orjson.loads(about_json)
    told = (report.get("explanations") or {}).get("partial_dependence") or []
    return (
        _environment()
        .get_template("report.html")
        .render(
            report=report,
            about=about,
            style=Markup(_STYLE),  # noqa: S704 - a file of this package
            policy=POLICY,
            pictures=[_shown(picture) for picture in pictures(report)],
            schedule=_shown(schedule_picture(report["schedule"])) if report.get("schedule") else None,
            dependence=[
                _shown(dependence_picture(i, each)) for i, each in enumerate(told) if each["type"] == "numeric"
            ],
            changes=changes(report.get("augmentation")),
            levels=[each for each in told if each["type"] != "numeric"],
            cautions=[list(alike) for _, alike in groupby(report.get("warnings") or (), key=itemgetter("code"))],
            heat=heat(report.get("confusion_matrix")),
            rules=rules(report.get("threshold")),
        )
    )


def overview(report: Mapping[str, Json]) -> list[dict[str, Any]]:
    """The first of the report's plots, and the learning rate, as far as it has them, each as the page shows it."""
    return _overview(orjson.dumps(report))


@lru_cache(maxsize=_KEPT)
def _overview(report_json: bytes) -> list[dict[str, Any]]:
    from service.report.plots import pictures, schedule_picture  # noqa: PLC0415 - see __init__

    report = orjson.loads(report_json)
    schedule = [schedule_picture(report["schedule"])] if report.get("schedule") else []
    return [_shown(picture) for picture in (*islice(pictures(report), 1), *schedule)]


def _shown(picture: Any) -> dict[str, Any]:  # noqa: ANN401 - a Picture
    return {**vars(picture), "svg": Markup(picture.svg)}  # noqa: S704 - drawn here, of numbers and of our own words


@lru_cache(maxsize=1)
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=ChainableUndefined,
        finalize=_as_json,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"figure": figure, "share": share, "words": words, "interval": interval, "chance": chance}
    made.filters["quoted"] = quoted
    return made


def _as_json(value: Any) -> Any:  # noqa: ANN401
    """Booleans as the API writes them, anything else as it is."""
    return label(value) if isinstance(value, bool) else value


def figure(value: Any) -> str:  # noqa: ANN401 - whatever a report holds
    """Four significant digits; a dash for what is not known."""
    if value is None or isinstance(value, ChainableUndefined):
        return NOT_KNOWN
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(_as_json(value))
    return f"{value:,}" if isinstance(value, int) else number(value, 4)


def number(value: float, digits: int) -> str:
    """So many significant digits, more just below 1, or as many as the whole part has; what is mere rounding is 0."""
    if abs(value) < _ROUNDING:
        return "0"
    shown = f"{value:.{max(digits, decimals_below_one(value))}g}"
    return f"{value:,.0f}" if _THOUSAND <= abs(float(shown)) < _LARGE else shown


def chance(value: Any) -> str:  # noqa: ANN401
    """A p-value, which nobody reads beyond the third decimal."""
    return "< 0.001" if isinstance(value, float) and value < _RARE else figure(value)


def share(value: Any) -> str:  # noqa: ANN401
    """In hundredths."""
    return f"{100 * value:.1f} %" if isinstance(value, int | float) else NOT_KNOWN


def words(name: Any) -> str:  # noqa: ANN401
    """A field's name as people write it."""
    return named(str(name))


def interval(measured: Any) -> str:  # noqa: ANN401
    """From low to high."""
    if not isinstance(measured, Mapping) or None in (measured.get("low"), measured.get("high")):
        return NOT_KNOWN
    ends = [[number(measured[end], digits) for end in ("low", "high")] for digits in _END_DIGITS]
    low, high = next((pair for pair in ends if pair[0] != pair[1]), ends[0])
    return f"{low} to {high}"
