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
from service.api.schemas.reports import Report
from service.report.draw import Plot
from service.report.page import NOT_KNOWN, POLICY, About, figure, interval, render
from service.report.plots import pictures
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


def test_the_contract_tells_all_that_plots_and_tables_are_made_of(report: dict[str, Any]) -> None:
    told = Report.model_validate(report).model_dump(exclude_unset=True)
    for part in ("curves", "threshold", "importances", "target", "positive", "weighted", "dummy_label"):
        assert told[part] == report[part]


def test_comparisons_say_of_what_they_are_and_why_there_is_none(report: dict[str, Any]) -> None:
    nothing = {"rows": 0, "difference": None, "low": None, "high": None, "p_value": None, "on": "holdout"}
    champion = {"ours": "model", "against": "champion", "model_version": "m:1", "detail": "It knows other classes."}
    trial = {**report["comparisons"][0], "ours": "best_trial", "against": "runner_up", "on": "out_of_fold"}
    page = render({**report, "comparisons": [*report["comparisons"], trial, {**nothing, **champion}]}, ABOUT)
    text = re.sub("<[^>]+>", "", page)
    for words in (
        "model against dummy",
        "best trial against runner up",
        "model against champion (m:1)",
        "It knows other",
    ):
        assert words in text


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


@pytest.fixture
def binary() -> dict[str, Any]:
    """What the page needs of a report on two classes, with weights and a demand that the holdout does not hold."""
    figures = [{"value": value, "low": None, "high": None} for value in (0.6123, 0.3456)]
    classes = [{"label": label, "rows": 50, "predicted": 7} for label in (False, True)]
    classes[1] |= {"precision": figures[0], "recall": figures[1]}
    demands = [
        {"by": "precision", "at": 0.9, "met": True, "threshold": 0.31, "holdout": {"precision": 0.8996}},
        {"by": "alerts", "at": 5.0, "met": True, "threshold": 0.9, "holdout": {"alerts": 5.0}},
        {"by": "recall", "at": 0.8, "met": False, "threshold": 0.2, "holdout": {"recall": 0.7}},
        {"by": "mcc", "at": None, "met": True, "threshold": 0.4, "holdout": {"mcc": 0.2}},
    ]
    row = {"threshold": 0.3, "precision": 0.1, "recall": 0.9, "f1": 0.2, "flagged_share": 0.5}
    curve = {"recall": [0.3, 1.0], "precision": [0.7, 0.2], "average_precision": 0.9996, "baseline": 0.2}
    return {
        "task": "binary", "metric": "mcc", "verdict": "-", "rows": 100, "weighted": True,
        "metrics": {"mcc": {"value": 0.5, "low": 0.4, "high": 0.6}}, "baselines": {"dummy": {"mcc": 0.0}},
        "classes": classes, "curves": {"precision_recall": curve},
        "confusion_matrix": {"labels": [False, True], "counts": [[40, 10], [5, 45]], "weights": [[1, 9], [2, 2]]},
        "threshold": {"value": 0.31, "tuned_for": "precision", "met": True, "criteria": demands, "table": [row]},
    }  # fmt: skip


def _text(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", page))


def test_shares_of_the_matrix_are_by_weight_and_the_page_says_so(binary: dict[str, Any]) -> None:
    text = _text(render(binary, ABOUT))
    for told in ("40 10 %", "10 90 %", "5 50 %", "by the rows' weights", "weighted MCC", "Weighted metrics"):
        assert told in text
    unweighted = {**binary["confusion_matrix"], "weights": None}
    text = _text(render({**binary, "weighted": False, "confusion_matrix": unweighted}, ABOUT))
    assert "40 80 %" in text
    assert "eighted" not in text


def test_labels_are_as_the_api_writes_them(binary: dict[str, Any]) -> None:
    page = render(binary, About("m:1", "y", "r", "now", {"params": {"extra_trees": True}}))
    assert "Positive class true" in _text(page)
    assert "extra_trees=true" in page
    assert ">True<" not in page
    assert ">False<" not in page


def test_a_demand_that_the_holdout_does_not_hold_is_told(binary: dict[str, Any]) -> None:
    text = _text(render(binary, ABOUT))
    assert "for precision ≥ 0.9; not held on the holdout: 0.8996" in text
    assert "precision ≥ 0.9 no: 0.8996 0.31" in text
    assert "alerts ≤ 5 in 1,000 yes: 5.00 0.9" in text
    assert "recall ≥ 0.8 (cannot be had out of fold) no: 0.70 0.2" in text
    assert f"MCC {NOT_KNOWN} 0.4" in text
    binary["threshold"]["criteria"][0]["holdout"]["precision"] = 0.9
    assert "not held" not in _text(render(binary, ABOUT))


def test_the_threshold_is_marked_where_the_table_of_classes_has_it(
    binary: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    marked = []
    monkeypatch.setattr(Plot, "mark", lambda _, across, up, label: marked.append((across, up, label)))
    picture = next(pictures(binary))
    assert marked == [(0.3456, 0.6123, "at the threshold")], "not the nearest row of the thresholds' table"
    assert "Average precision is 0.9996" in picture.says
    binary["classes"][1]["predicted"] = 0
    next(pictures(binary))
    assert len(marked) == 1, "nothing is flagged"


def told(value: float | None, share: float, **more: dict[str, float]) -> dict[str, Any]:
    return {"rows": 40, "value": value, "low": None, "high": None, **more, "positive_share": share}


def test_slices_stand_below_all_rows_and_what_is_left_off_is_told(report: dict[str, Any]) -> None:
    entry = {"column": "city", "value": HARM, "holdout": told(0.125, 0.031), "out_of_fold": told(0.25, 0.03)}
    slices = {
        "metric": "f1", "found_by": "f1", "least_rows": 50, "tried": 9, "worst": [], "asked": {"city": [entry]},
        "all_rows": {"holdout": told(0.625, 0.304), "out_of_fold": told(0.6, 0.3)},
        "left_off": {"columns": 3, "untested": 2, "asked": {"city": 31}},
    }  # fmt: skip
    page = render({**report, "slices": slices}, ABOUT)
    text = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", page[page.index("Where it is worse") :]))
    assert HARM not in page
    assert text.index("all rows 40 30.4 % 0.625") < text.index("40 3.1 % 0.125")
    assert "31 more values of city are not told" in text
    assert "no time to test 2 more slices" in text
    assert "3 columns were not searched" in text


def test_slices_of_earlier_releases_are_shown_and_what_slices_are_found_by(report: dict[str, Any]) -> None:
    entry = {"column": "city", "value": "a", "holdout": told(0.125, 0.031), "out_of_fold": told(0.25, 0.03)}
    old = {"metric": "average_precision", "tried": 9, "worst": [entry], "asked": {}}
    assert "all rows</th>" not in render({**report, "slices": old}, ABOUT)
    ranked = {**entry, "holdout": told(0.125, 0.031, roc_auc={"value": 0.875, "low": 0.8, "high": 0.9})}
    page = render({**report, "slices": {**old, "found_by": "roc_auc", "worst": [ranked]}}, ABOUT)
    assert "0.8 to 0.9" in page[page.index("Where it is worse") :]


def test_curves_of_two_classes_have_bands_and_the_first_rows_intervals(report: dict[str, Any]) -> None:
    page = render(report, ABOUT)
    assert ("By share of the rows, with 95 % intervals" in page) == (report["task"] == "binary")
    if report["task"] == "binary":
        kept = ("precision", "recall", "baseline", "average_precision", "area", "lift", "flagged_share")
        kept += ("false_positive_rate", "true_positive_rate")
        curves = {
            name: {key: curve[key] for key in kept if key in curve}
            for name, curve in report["curves"].items()
            if name != "calibration"
        }
        old = render({**report, "curves": curves}, ABOUT)
        assert page.count(">95 % interval</text>") == old.count(">95 % interval</text>") + 2
        assert "By share of the rows" not in old


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
        (999.96, "1,000"),
        (0.999962, "0.99996"),
        (True, "true"),
        (None, NOT_KNOWN),
        ("x", "x"),
    ],
)
def test_figures_are_as_long_as_they_need_to_be(value: Any, shown: str) -> None:
    assert figure(value) == shown


def test_the_ends_of_an_interval_look_different() -> None:
    assert interval({"low": 0.83121, "high": 0.83144}) == "0.8312 to 0.8314"
    assert interval({"low": 999.6, "high": 1234.5}) == "1,000 to 1,234"
    assert interval({"low": 0.5, "high": 0.5}) == "0.5 to 0.5"
    assert interval({"low": 0.5, "high": None}) == NOT_KNOWN


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


def test_warnings_of_a_kind_are_told_together(report: dict[str, Any]) -> None:
    def drift(column: str) -> dict[str, Any]:
        detail = f"{column} differs: {HARM}"
        return {"code": "order-drift", "column": column, "detail": detail, "meaning": "It ages.", "importance": 0.1}

    alone = {"code": "duplicate-rows", "column": None, "detail": "3 rows.", "meaning": "So.", "importance": None}
    page = render({**report, "warnings": [*map(drift, "abcde"), alone]}, ABOUT)
    assert page.count("It ages.") == 1
    assert all(f"{column} differs: " in page for column in "abcde")
    assert "2 more" in page
    assert "3 rows. So." in page
    assert HARM not in page
