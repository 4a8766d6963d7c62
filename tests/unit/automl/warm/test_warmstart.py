"""Which earlier models a run begins from."""

from dataclasses import replace
from typing import Any

import orjson
import pytest

from automl import TrainRequest, train
from automl.checks.request import check_request
from automl.likeness import Subject
from automl.profiling.profile import profile_table
from automl.types import Json
from automl.warm.warmstart import WarmStart, begin_from
from tests.unit.automl.search.trials import make_trial
from tests.unit.automl.test_pipeline import request, table, timeless

Manifest = dict[str, Any]


def manifest(*leaves: int, **more: Json) -> Manifest:
    meta = {"rows": 240, "features": 3, "categorical": 1 / 3, "text": 0, "missing": 0, "classes": 2, "balance": 0.4}
    columns = [{"name": name, "type": kind} for name, kind in (("size", "numeric"), ("city", "categorical"))]
    lineage = {"precedents": [{"num_leaves": count} for count in leaves], "meta_features": meta | more.pop("meta", {})}
    return {
        "task": "binary",
        "target": "y",
        "columns": [*columns, {"name": "noise", "type": "numeric"}],
        "lineage": lineage | more.pop("lineage", {}),
        **more,
    }


def subject(rows: int = 240) -> Subject:
    profile = profile_table(table("binary", rows))
    return Subject.of(profile, TrainRequest(target="y"), check_request(profile, TrainRequest(target="y")))


def begin(asked: str = "auto", **versions: Manifest) -> WarmStart:
    return begin_from(asked, subject(), {name.replace("_", ":"): found for name, found in versions.items()})


def leaves(found: WarmStart) -> list[tuple[str, int]]:
    return [(precedent.version, precedent.params["num_leaves"]) for precedent in found.precedents]


OTHER = [{"name": "a", "type": "numeric"}]


def test_the_same_columns_come_before_a_similar_table() -> None:
    found = begin(b_1=manifest(9, columns=OTHER), a_1=manifest(7, 8, meta={"rows": 20_000}))
    assert leaves(found) == [("a:1", 7), ("b:1", 9), ("a:1", 8)]
    told = [(each["version"], each["used"], each["detail"]) for each in found.considered]
    assert told == [("a:1", True, "the same columns and target"), ("b:1", True, "a similar table")]


def test_what_was_not_tried_after_all_is_said() -> None:
    found = begin(a_1=manifest(7, 8))
    one = replace(make_trial(3, 0.5), origin="a:1")
    assert found.tell([one])["detail"].startswith(f"{found.detail} 1 of 2 were not")
    assert found.tell([one, replace(one, number=4)])["detail"] == found.detail


def test_the_nearest_come_first_and_of_equals_the_newest() -> None:
    found = begin(
        a_1=manifest(5, columns=OTHER, meta={"rows": 500}),
        b_2=manifest(2, columns=OTHER),
        b_1=manifest(3, columns=OTHER),
        c_1=manifest(4, columns=OTHER, meta={"rows": 300}),
    )
    assert [version for version, _ in leaves(found)] == ["b:2", "b:1", "c:1"]
    assert found.considered[-1]["detail"] == "a similar table, but others come first"
    assert [each["used"] for each in found.considered] == [True, True, True, False]


@pytest.mark.parametrize(
    ("version", "said"),
    [
        (manifest(7, columns=OTHER, meta={"rows": 10_000}), "too unlike: 1.8"),
        (manifest(7, task="multiclass"), "another task: multiclass, not binary"),
        (manifest(), "no boosted trees"),
        (manifest(0), "'num_leaves' must be a whole number from 2"),
        (manifest(7, lineage={"precedents": [{"forcedsplits_filename": "/etc/passwd"}]}), "is not one of"),
        (manifest(7, lineage={"precedents": [{"num_leaves": True}]}), "'num_leaves' must be"),
        (manifest(7, meta={"rows": 0}), "does not tell"),
        (manifest(7, meta={"balance": float("nan")}), "does not tell"),
        (manifest(7, columns=[{"title": "a"}]), "does not tell"),
        ({}, "does not tell"),
        ({"task": "binary", "target": "y", "columns": [], "lineage": {"params": {"num_leaves": 7}}}, "does not tell"),
    ],
)
def test_what_is_of_no_use_is_said(version: Manifest, said: str) -> None:
    found = begin(m_1=version)
    assert found.precedents == ()
    assert found.detail == "Of 1 earlier model versions none was of use."
    assert said in found.considered[0]["detail"]
    assert not found.considered[0]["used"]


def test_without_any_version_that_is_said() -> None:
    assert begin() == WarmStart("auto", "There is no earlier model version.")


def test_one_that_is_named_is_used_though_unlike() -> None:
    far = manifest(7, columns=OTHER, meta={"rows": 10**6})
    assert leaves(begin("m:1", m_1=far)) == [("m:1", 7)]
    assert begin("m:1", m_1=manifest(7, task="regression")).precedents == ()


def test_it_is_plain_data() -> None:
    found = begin(a_1=manifest(7, 8), b_1={})
    assert WarmStart.from_json(orjson.loads(orjson.dumps(found.to_json()))) == found


@pytest.fixture(scope="module")
def warm() -> WarmStart:
    earlier = train(table("binary"), request("binary", max_trials=12))
    kept = orjson.loads(orjson.dumps(earlier.bundle.manifest))
    return begin_from("auto", subject(400), {"m:1": kept})


def test_a_run_begins_with_what_an_earlier_one_found(warm: WarmStart) -> None:
    result = train(table("binary", 400), request("binary", max_trials=5), warm=warm)
    first = result.trials[1 : 1 + len(warm.precedents)]
    assert first
    assert [(trial.proposer, trial.origin) for trial in first] == [("warm_start", "m:1")] * len(first)
    assert [trial.origin for trial in result.trials if trial not in first] == [None] * (5 - len(first))
    told = result.report["warm_start"]
    assert told["considered"] == list(warm.considered)
    assert told["trials"] == [
        {"trial": trial.number, "version": "m:1", "state": trial.state, "score": trial.score} for trial in first
    ]


def test_the_same_start_gives_the_same_run_also_when_it_is_interrupted(warm: WarmStart) -> None:
    asked = request("binary", max_trials=5)
    whole = train(table("binary"), asked, warm=warm)
    for done in (1, 4):
        resumed = train(table("binary"), asked, warm=warm, history=whole.trials[:done])
        assert timeless(resumed.trials) == timeless(whole.trials)
        assert resumed.bundle.data == whole.bundle.data


def test_a_run_that_was_given_nothing_says_so() -> None:
    told = train(table("binary"), request("binary", max_trials=1)).report["warm_start"]
    assert told == {"asked": "none", "detail": "No earlier models were given.", "considered": [], "trials": []}
