"""What was odd about a table becomes a warning of the report."""

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from automl import TrainRequest, train
from automl.profiling.columns import Finding
from automl.profiling.profile import profile_table
from automl.reporting.cautions import CAUTIONS, cautions

ROWS = 300
RNG = np.random.default_rng(0)
REQUEST = TrainRequest(target="y", max_trials=1, timeout_s=600)


def columns(rows: int = ROWS) -> dict[str, Any]:
    x = RNG.normal(size=rows)
    return {
        "x": x,
        "id": [f"user{i}" for i in range(rows)],
        "late": np.arange(rows) // 100 + RNG.normal(size=rows) / 10,
        "y": np.where(x + RNG.normal(size=rows) > 0, "yes", "no"),
    }


def table(columns: dict[str, Any]) -> pa.Table:
    return pa.table({name: list(values) for name, values in columns.items()})


def told(table: pa.Table, request: TrainRequest = REQUEST, **more: Any) -> list[tuple[str, str | None]]:
    report = train(table, request, profile=profile_table(table), **more).report
    assert [it["code"] for it in report["warnings"]] == sorted(
        (it["code"] for it in report["warnings"]), key=list(CAUTIONS).index
    )
    assert {(it["code"], it["column"]) for it in report["warnings"]} <= {
        (it["code"], it["column"]) for it in report["findings"]
    }
    return [(it["code"], it["column"]) for it in report["warnings"]]


def test_leaks_ids_and_drift_are_told_with_what_the_model_makes_of_them() -> None:
    given = columns()
    leaking = {**given, "outcome": [f"{value}!" for value in given["y"]]}
    assert told(table(leaking)) == [
        ("possible-target-leak", "outcome"),
        ("order-drift", "late"),
        ("id-like-column", "id"),
    ]
    report = train(table(leaking), REQUEST).report
    (leak,) = report["warnings"]  # without a profile, only what shows once the target is known
    assert leak["column"] == "outcome"
    assert leak["importance"] > 0.5
    assert leak["meaning"]


def test_columns_that_are_not_learnt_from_are_no_matter() -> None:
    asked = replace(REQUEST, split="group", split_column="id")
    assert ("id-like-column", "id") not in told(table(columns()), asked)


def test_copies_between_training_and_holdout_are_counted() -> None:
    given = columns(200)
    del given["id"]
    twice = {name: [*values, *values] for name, values in given.items()} | {"part": ["train"] * 300 + ["holdout"] * 100}
    found = train(table(twice), replace(REQUEST, split="column", split_column="part")).report["warnings"]
    (copied,) = [it for it in found if it["code"] == "copied-holdout"]
    assert copied["detail"].startswith("100 of the 100 rows")
    assert ("copied-holdout", None) not in told(table(twice))


def test_copies_in_a_test_table_are_counted() -> None:
    given = columns(200)
    test = table({name: [*values[:30]] for name, values in given.items()})
    found = train(table(given), REQUEST, test=test).report["warnings"]
    assert [it["detail"][:20] for it in found if it["code"] == "copied-holdout"] == ["30 of the 30 rows th"]
    renamed = table({name: [*values[:30]] for name, values in {**given, "id": [f"new{i}" for i in range(200)]}.items()})
    found = train(table(given), REQUEST, test=renamed, profile=profile_table(table(given))).report["warnings"]
    (copied,) = [it["detail"] for it in found if it["code"] == "copied-holdout"]
    assert copied.startswith("30 of the 30 rows that judge are in all but 'id' exact copies")
    fresh = table({name: [*values[:30]] for name, values in columns(60).items()})
    assert train(table(given), REQUEST, test=fresh).report["warnings"] == []


def test_rare_values_are_grave_in_the_target_alone() -> None:
    findings = [
        Finding("rare-class", "y", "few"),
        Finding("rare-class", "x", "few"),
        Finding("constant-column", "z", ""),
    ]
    found = cautions(findings, [{"column": "x", "shap": 1.0}], "y")
    assert [(it["column"], it["importance"]) for it in found] == [("y", None)]


def test_what_a_model_without_trees_makes_of_a_column_is_told_too() -> None:
    given = columns()
    leaking = table({"x": given["x"], "outcome": [f"{value}!" for value in given["y"]], "y": given["y"]})
    report = train(leaking, replace(REQUEST, families=("linear",))).report
    assert [(it["column"], it["importance"] > 0.5) for it in report["warnings"]] == [("outcome", True)]
    assert report["importances"][0]["column"] == "outcome"
    assert {(row["gain"], row["split"]) for row in report["importances"]} == {(None, None)}


def test_an_identifier_hides_no_copies_from_the_report_of_a_random_split() -> None:
    given = columns(200)
    twice = {name: [*values, *values] for name, values in given.items()} | {"id": [f"user{i}" for i in range(400)]}
    assert ("copied-holdout", None) in told(table(twice))


def test_rows_of_a_few_values_are_alike_by_chance() -> None:
    few = {"id": [f"user{i}" for i in range(ROWS)], "size": RNG.integers(0, 5, ROWS), "y": RNG.choice(["a", "b"], ROWS)}
    assert ("copied-holdout", None) not in told(table(few))


def test_rows_that_are_alike_by_chance_beside_an_identifier_are_no_copies() -> None:
    letters, ids = [f"level{i}" for i in range(12)], [f"user{i}" for i in range(1000)]
    y = RNG.choice(["a", "b"], 1000)
    pairs = {"id": ids, "one": RNG.choice(letters, 1000), "other": RNG.choice(letters, 1000), "y": y}
    numbers = {"id": ids, "days": RNG.integers(0, 1000, 1000), "y": y}
    assert [("copied-holdout", None) in told(table(each)) for each in (pairs, numbers)] == [False, False]


def test_along_time_the_newest_rows_judge_and_drift_is_in_the_figures() -> None:
    asked = replace(REQUEST, split="time", split_column="when")
    timed = table({**columns(), "when": np.arange(ROWS)})
    for request, words in ((REQUEST, "flatters the model"), (asked, "expect them to age")):
        found = train(timed, request, profile=profile_table(timed)).report["warnings"]
        (drift,) = [it for it in found if (it["code"], it["column"]) == ("order-drift", "late")]
        assert words in drift["meaning"]
