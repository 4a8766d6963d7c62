"""What is shown on the way and at the end."""

import io

import pytest
from rich.console import Console

from automl.types import Json
from service.cli import progress as module
from service.cli import show
from service.cli.progress import Progress, tell
from service.cli.show import ensemble, holdout, leaderboard, listing
from service.sse import Event


def test_events_become_lines_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LINE_EVERY_S", 0.0)
    out = io.StringIO()
    shown = show.console(out)
    run = {"state": "succeeded", "best": {"trial": 1, "score": 0.75}, "progress": {"trials": 2}}
    with Progress(1000, shown) as progress:
        for event in (
            Event("phase", {"phase": "search"}, "1"),
            Event("trial", {"number": 0}, "2"),
            Event("best", {"trial": 0, "score": 0.5}, "3"),
            Event("unheard-of", {}, "4"),
        ):
            assert tell(progress, event) is None
        assert tell(progress, Event("run", run, None)) == run
    lines = out.getvalue().splitlines()
    assert [line.strip().partition(", at most")[0] for line in lines] == [
        "search: 0 trials", "search: 1 trials", "search: 1 trials, best 0.5000", "succeeded: 2 trials, best 0.7500",
    ]  # fmt: skip


def test_a_terminal_gets_a_bar() -> None:
    out = io.StringIO()
    with Progress(1000, Console(file=out, force_terminal=True, width=120)) as progress:
        progress.update(phase="search", trials=3, best=0.25)
        progress._bar.refresh()
    assert "search: 3 trials, best 0.2500, at most" in out.getvalue()
    assert "\x1b[" in out.getvalue()


def trial(**said: Json) -> dict[str, Json]:
    made = {"number": 1, "score": None, "fold_scores": [], "rounds": [], "seconds": 0.25, "proposer": "tpe"}
    return {**made, "share": 1.0, "parents": [], "generation": None, "detail": None, **said}


def test_a_trial_explains_itself() -> None:
    out = io.StringIO()
    bred = trial(
        score=0.5, fold_scores=[0.4, 0.6], rounds=[40, 25], share=0.25, proposer="genetic", parents=[2, 3], generation=4
    )
    Console(file=out, width=160).print(leaderboard([bred, trial(detail="clearly behind", rounds=[9])], "f1"))
    cells = [[cell.strip() for cell in line.split("│")[1:-1]] for line in out.getvalue().splitlines() if "│" in line]
    assert cells == [
        ["1", "0.5000", "genetic generation 4 from 2, 3", "25%", "2", "25 to 40", "0.2", "-"],
        ["1", "-", "tpe", "100%", "0", "9", "0.2", "clearly behind"],
    ]


def test_what_a_model_costs_is_shown_beside_the_other_choices() -> None:
    out = io.StringIO()
    option = {"what": "best blend, a model a fold", "models": 15, "score": 0.75, "predict_ms": 0.5, "bundle_mb": 2.25}
    told = {
        "options": [option | {"chosen": True}, option | {"chosen": False, "what": "best trial, a model a fold"}],
        "served": {"predict_ms": 0.625, "bundle_mb": 2.5},
        "why": "It scores best.",
        "warnings": ["[red]Too large."],
    }
    Console(file=out, width=160).print(ensemble(told))
    text = " ".join(out.getvalue().replace("│", "").split())
    assert "best blend, a model a fold (chosen) 15 0.7500 0.50 2.25 best trial, a model a fold 15" in text
    assert "Served: 0.62 ms a row, 2.50 MB. It scores best. [red]Too large." in text


def test_both_budgets_are_told_as_what_is_left() -> None:
    progress = Progress(1000, show.console(io.StringIO()), max_trials=8)
    progress.update(phase="search", trials=3)
    assert progress._text().startswith("search: 3 trials, at most 5 trials or ")
    assert progress._used() == pytest.approx(3 / 8)


def test_tables_hold_names_that_look_like_markup() -> None:
    trials = [trial(proposer="[red]tpe")]
    report = {
        "rows": 9,
        "metric": "f1",
        "verdict": "[bold]0.50 f1",
        "metrics": {"kappa": {"value": 0.1, "low": None, "high": None}, "f1": {"value": 0.5, "low": 0.4, "high": 0.6}},
        "baselines": {"dummy": {"f1": 0.0}},
    }
    out = io.StringIO()
    shown = show.console(out)
    shown.print(leaderboard(trials, "f1"), holdout(report))
    text = out.getvalue()
    assert "[red]tpe" in text
    assert "[bold]0.50 f1" in text
    assert text.index("│ f1 ") < text.index("│ kappa ")


def test_what_puts_the_figures_in_doubt_is_told_beneath_them() -> None:
    leaks = [
        {"code": "possible-target-leak", "column": f"leak{i}", "detail": f"'leak{i}' tells all.", "meaning": "So what."}
        for i in range(5)
    ]
    copies = {"code": "duplicate-rows", "column": None, "detail": "3 rows are copies.", "meaning": "So be it."}
    report = {
        "rows": 9,
        "metric": "f1",
        "verdict": "-",
        "metrics": {},
        "baselines": {},
        "threshold": {"in_force": {"detail": "Another rule since today."}},
        "warnings": [*leaks, copies],
    }
    out = io.StringIO()
    show.console(out).print(holdout(report))
    assert [line.rstrip() for line in out.getvalue().splitlines()[-6:]] == [
        "Another rule since today.",
        *(f"Before you trust it: 'leak{i}' tells all. So what." for i in range(3)),
        "  and 2 more of possible-target-leak",
        "Before you trust it: 3 rows are copies. So be it.",
    ]


def test_a_listing_cuts_nothing_off() -> None:
    assert listing(("id", "name"), [("a" * 200, "b")]) == f"{'id':200}  name\n{'a' * 200}  b"
    assert listing(("id", "name"), []) == "id  name"


def test_what_is_printed_into_a_file_is_not_folded_at_a_terminals_width() -> None:
    metrics = ("expected_calibration_error", "balanced_accuracy")
    found = {"value": -0.0001, "low": -0.0002, "high": -0.0001}
    report = {
        "rows": 9,
        "metric": "kappa",
        "verdict": "-",
        "baselines": {"dummy": {}, "default_lightgbm": {}},
        "metrics": dict.fromkeys(metrics, found),
    }
    out = io.StringIO()
    show.console(out).print(holdout(report))
    assert all(name in out.getvalue() for name in ("default lightgbm", "-0.0002 to -0.0001", *metrics))
