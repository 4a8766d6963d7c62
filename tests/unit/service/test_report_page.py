"""The report's page: of every task, of reports with less in them, with names that mean harm, under its own policy."""

import base64
import hashlib
import re
import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from automl import TrainRequest, train
from service.report.page import NOT_KNOWN, POLICY, About, figure, render
from service.report.svg import SERIES, inline

HARM = "<script>alert('1')</script>"
ABOUT = About("m:1", "y", "run_1", "2026-01-01T00:00:00Z", {"dataset": HARM, "params": {"num_leaves": 7}})
NEEDED = ("verdict", "task", "metric", "rows", "metrics", "baselines", "curves")


class Tags(HTMLParser):
    """What elements and attributes a page has."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += attrs


@pytest.fixture(scope="module", params=["binary", "multiclass", "regression"])
def report(request: pytest.FixtureRequest) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    size, color = rng.normal(size=160), rng.choice([HARM, "b", "$c$"], 160)
    value = size + (color == "b") + 0.3 * rng.normal(size=160)
    labels = {"binary": np.where(value > 0.5, HARM, "no"), "multiclass": np.digitize(value, [0, 1]).astype(str)}
    target = labels.get(request.param, value).tolist()
    notes = [f"a {word} word of matter number {i}" for i, word in enumerate(rng.choice(["good", "bad"], 160))]
    table = pa.table({HARM: size.tolist(), "color": color.tolist(), "note": notes, "y": target})
    return train(table, TrainRequest(target="y", max_trials=1, timeout_s=60)).report


def test_the_page_says_what_the_report_does(report: dict[str, Any]) -> None:
    page = render(report, ABOUT)
    found = Tags(page)
    assert found.tags["svg"] >= 3
    assert found.tags["h1"] == found.tags["main"] == 1
    assert found.tags["caption"] == found.tags["table"] >= 4
    text = re.sub(r"\s+", " ", re.sub("<[^>]+>", "", page))
    assert report["verdict"][:20] in text
    assert "Words of note" in text
    assert f"{report['metrics'][report['metric']]['value']:.4g}" in text


def test_nothing_on_the_page_is_anothers(report: dict[str, Any]) -> None:
    found = Tags(render(report, ABOUT))
    assert not found.tags.keys() & {"script", "link", "img", "iframe", "form", "object", "base"}
    named = [value for name, value in found.attributes if name == "id"]
    assert len(named) == len(set(named))
    for name, value in found.attributes:
        assert name != "style"
        assert not name.startswith("on")
        if name in ("href", "src", "xlink:href"):
            assert value is not None
            assert value.startswith("#")


def test_the_policy_knows_the_one_style_sheet(report: dict[str, Any]) -> None:
    page = render(report, ABOUT)
    (style,) = re.findall("<style>(.*?)</style>", page, re.DOTALL)
    assert f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'" in POLICY
    assert "unsafe" not in POLICY
    assert "url(" not in style


def test_reports_of_earlier_releases_have_a_page(report: dict[str, Any]) -> None:
    shap = {"shap": report["explanations"]["shap"]}
    bare = {**report, "curves": {}, "threshold": None, "schedule": None, "explanations": shap}  # plots take their time
    for left_out in report.keys() - set(NEEDED):
        render({name: part for name, part in bare.items() if name != left_out}, ABOUT)
    old = {name: report[name] for name in NEEDED} | {"curves": {}, "warnings": None, "ensemble": None}
    old["importances"] = [{"column": "a", "gain": 1.0, "split": 3.0}]
    page = render(old, ABOUT)
    assert "svg" not in Tags(page).tags
    assert "100.0 %" in page


def test_changed_rows_are_shown(report: dict[str, Any]) -> None:
    old = {"a": 1, "note": HARM, "image": "/9j/4AAQ", "b": True}
    pairs = [
        {"original": old, "changed": {**old, "a": 2, "note": "x" * 900, "image": "iVBORw0KGgo="}, "weight": 0.5},
        {"original": old, "changed": None, "weight": 0.0},
        {"original": {"a": 1, "y": "rare"}, "changed": {"a": 1, "y": "rare"}, "weight": 2.0},
        {"original": old, "changed": {**old, "a": 2}, "weight": 37.0, "weight_before": 37.0},
    ]
    sample = {"augmentation": "word_swap", "augmentation_strength": 0.5, "rows": 20, "augmented": 30, "pairs": pairs}
    page = render({**report, "augmentation": {"used": [], "tried": [], "samples": [sample]}}, ABOUT)
    found = Tags(page)
    assert HARM not in page
    assert [value for name, value in found.attributes if name == "src"] == [
        "data:image/jpeg;base64,/9j/4AAQ",
        "data:image/png;base64,iVBORw0KGgo=",
        "data:image/jpeg;base64,/9j/4AAQ",
    ]
    assert "37 times" not in page, "it counts as before"
    for text in ("word swap: of 20 rows it makes 30", "0.5 times", "x" * 300 + "…", "left out", "2 times", ">rare<"):
        assert text in page


def test_rows_are_numbered_and_it_is_told_where_none_was_changed(report: dict[str, Any]) -> None:
    pair = {"row": 20_412, "original": {"a": 1}, "changed": {"a": 2}, "weight": 1.0, "weight_before": 1.0}
    sample = {"augmentation": "noise", "rows": 20, "augmented": 40, "pairs": [pair], "note": None}
    none = {"augmentation": "synonyms", "rows": 20, "augmented": 20, "pairs": [], "note": f"No row: {HARM}"}
    page = render({**report, "augmentation": {"used": [], "tried": [], "samples": [sample, none]}}, ABOUT)
    assert "Row 20412" in page
    assert "No row: " in page
    assert HARM not in page
    assert "synonyms: of 20 rows" not in page, "there is no table of nothing"


def test_unknown_figures_are_dashes(report: dict[str, Any]) -> None:
    unknown = {"value": None, "low": None, "high": None}
    page = render({**report, "metrics": dict.fromkeys(report["metrics"], unknown)}, ABOUT)
    assert "None" not in page
    assert "nan" not in page.lower().replace("finance", "")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.123456, "0.1235"),
        (20412.7, "20,413"),
        (-1500, "-1,500"),
        (3e-17, "0"),
        (2e12, "2e+12"),
        (None, NOT_KNOWN),
        ("x", "x"),
    ],
)
def test_figures_are_as_long_as_they_need_to_be(value: Any, shown: str) -> None:
    assert figure(value) == shown


def test_pictures_take_the_pages_colours_and_names_of_their_own() -> None:
    drawn = f"""<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="1" height="1">
      <metadata/><defs><style>*{{}}</style><clipPath id="p1"/></defs>
      <g id="unused" clip-path="url(#p1)"><path style="fill: none; stroke: {SERIES[1]}; font-family: x"/></g></svg>"""
    found = inline(drawn, "a", 'says "so"')
    assert 'clip-path="url(#a-p1)"' in found
    assert 'id="a-p1"' in found
    assert 'stroke="var(--series-2)"' in found
    assert 'aria-label="says &quot;so&quot;"' in found
    assert not re.search("style|metadata|unused|font-family|width", found)


def test_who_asks_for_no_page_loads_no_matplotlib() -> None:
    code = "import sys, service.app, service.usecases.reports; sys.exit('matplotlib' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
