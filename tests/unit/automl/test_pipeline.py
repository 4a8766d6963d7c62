"""The whole way: a table and a request to a bundle and a report."""

from dataclasses import replace
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pytest

from automl import TrainRequest, Trial, load_bundle, train
from automl.errors import Interrupted, InvalidRequest, TranslationFailed
from automl.learners.params import check_params
from automl.metrics import METRICS, to_score
from automl.search import Plan
from automl.search.extending import without_end
from automl.types import Metric, Task
from tests.unit.automl.search.trials import Notes

TASKS: list[tuple[Task, Metric | None]] = [
    ("binary", None),
    ("multiclass", "f1_macro"),
    ("regression", None),
    ("regression", "mae"),
]
PHASES = ["profile", "split", "features", "search", "evaluate", "refit", "bundle"]


def table(task: Task, rows: int = 240) -> pa.Table:
    rng = np.random.default_rng(0)
    size, city = rng.normal(size=rows), rng.choice(["a", "b", "c"], rows)
    value = size + (city == "a") + 0.3 * rng.normal(size=rows)
    target: Any = value
    if task != "regression":
        target = np.where(value > 1, "high", "low" if task == "binary" else np.where(value < 0, "low", "middle"))
    columns = {"size": size, "city": city, "noise": rng.normal(size=rows), "y": target}
    return pa.table({name: values.tolist() for name, values in columns.items()})


def request(task: Task, metric: Metric | None = None, max_trials: int = 6) -> TrainRequest:
    return TrainRequest(target="y", task=task, metric=metric, max_trials=max_trials, timeout_s=600)


def _values(report: dict[str, Any]) -> list[float]:
    """Of the run's metric: the model's, and the dummy's."""
    metric = report["metric"]
    return [report["metrics"][metric]["value"], report["baselines"]["dummy"][metric]]


def timeless(trials: tuple[Trial, ...]) -> list[Trial]:
    return [replace(trial, seconds=0.0) for trial in trials]


@pytest.mark.parametrize(("task", "metric"), TASKS)
def test_a_run_gives_a_bundle_that_answers_and_a_report(task: Task, metric: Metric | None) -> None:
    notes = Notes()
    result = train(table(task), request(task, metric), monitor=notes, lineage={"dataset": "ds_1"})
    assert notes.phases == PHASES
    assert notes.plans == [(task, result.metric)]
    assert notes.trials == list(result.trials)
    assert len(result.trials) == 6
    assert result.best in result.trials

    predictor = load_bundle(result.bundle.data)
    answer = predictor.predict([predictor.sample()])
    assert answer.warnings == []
    assert set(predictor.sample()) == {"size", "city", "noise"}

    assert set(result.report["metrics"]) - {"expected_calibration_error"} == set(METRICS[task]) - {"kappa_quadratic"}
    own, dummy = (to_score(result.metric, value) for value in _values(result.report))
    assert own > dummy
    assert [step["stage"] for step in result.report["steps"]] == PHASES
    assert result.report["importances"][0]["column"] in ("size", "city")
    assert result.report["explanations"]["shap"]["rows"] >= 20
    assert result.report["explanations"]["partial_dependence"]

    lineage = result.bundle.manifest["lineage"]
    assert lineage["dataset"] == "ds_1"
    assert lineage["params"] == dict(result.best.params)
    assert lineage["trial"] == result.best.number
    check_params(lineage["params"])
    assert orjson.loads(orjson.dumps(lineage)) == lineage


def test_the_same_seed_gives_the_same_bytes() -> None:
    asked = request("binary")
    one, two = train(table("binary"), asked), train(table("binary"), asked)
    assert timeless(one.trials) == timeless(two.trials)
    assert one.bundle.data == two.bundle.data
    other = train(table("binary"), replace(asked, seed=1))
    assert timeless(other.trials) != timeless(one.trials)


def test_a_limited_run_keeps_to_its_limits_and_is_the_same_again() -> None:
    free = train(table("multiclass"), request("multiclass"))
    limits = {"max_bundle_mb": 0.3 * len(free.bundle.data) / 1e6, "max_predict_ms": 0.4}
    asked = replace(request("multiclass"), **limits)
    one, two = train(table("multiclass"), asked), train(table("multiclass"), asked)
    assert one.bundle.data == two.bundle.data
    assert len(one.bundle.data) <= asked.max_bundle_mb * 1e6
    told = one.report["ensemble"]
    assert told["limits"] == {"ensemble": True, **limits}
    assert told["served"]["bundle_mb"] == len(one.bundle.data) / 1e6
    assert told["warnings"] == one.bundle.manifest["lineage"]["warnings"] == []
    assert [option["chosen"] for option in told["options"]] == [True] + [False] * (len(told["options"]) - 1)
    assert sum(member["weight"] for member in told["members"]) == pytest.approx(1)
    own, dummy = (to_score(one.metric, value) for value in _values(one.report))
    assert own > dummy


def test_a_model_of_several_trials_is_compared_with_the_best_of_them() -> None:
    for ensemble in (True, False):
        report = train(table("regression"), replace(request("regression"), ensemble=ensemble)).report
        compared = [(entry["ours"], entry["against"], entry["on"]) for entry in report["comparisons"]]
        several = len(report["ensemble"]["members"]) > 1
        assert several is ensemble
        assert (("model", "best_member", "holdout") in compared) is several
        assert ("best_trial", "runner_up", "out_of_fold") in compared


def test_a_limit_that_nothing_meets_is_not_broken_in_silence() -> None:
    result = train(table("binary"), replace(request("binary"), max_bundle_mb=0.001))
    (warning,) = result.bundle.manifest["lineage"]["warnings"]
    assert "more than the 0.001 MB of max_bundle_mb" in warning
    assert result.report["ensemble"]["warnings"] == [warning]
    assert "this is the best of the smallest" in result.report["ensemble"]["why"]


def test_the_refit_takes_the_holdout_in_and_changes_nothing_else() -> None:
    asked = request("multiclass")
    refitted, judged = train(table("multiclass"), asked), train(table("multiclass"), replace(asked, refit=False))
    assert [result.bundle.manifest["lineage"]["rows"] for result in (refitted, judged)] == [240, 193]
    assert timeless(refitted.trials) == timeless(judged.trials)
    assert refitted.report["metrics"] == judged.report["metrics"]
    members = [
        [(member["weight"], member["family"]) for member in result.bundle.manifest["members"]]
        for result in (refitted, judged)
    ]
    assert members[0] == members[1]
    assert refitted.bundle.data != judged.bundle.data


def test_without_seeds_a_refit_is_one_model_a_trial() -> None:
    asked = replace(request("binary"), params={"feature_fraction": 0.5})
    many, one = (
        load_bundle(train(table("binary"), asked, plan=Plan(refit_seeds=seeds)).bundle.data) for seeds in (True, False)
    )
    assert max(len(member.models) for member in many.members) == 2
    assert all(len(member.models) == 1 for member in one.members)


def test_a_resumed_run_ends_as_if_it_had_not_been_interrupted() -> None:
    asked = request("regression", max_trials=8)
    whole = train(table("regression"), asked)
    for done in (1, 5, 8):
        notes = Notes()
        resumed = train(table("regression"), asked, history=whole.trials[:done], elapsed_s=1.0, monitor=notes)
        assert [trial.number for trial in notes.trials] == list(range(done, 8))
        assert timeless(resumed.trials) == timeless(whole.trials)
        assert resumed.bundle.data == whole.bundle.data


@pytest.mark.parametrize(("few", "many"), [(4, 9), (20, 23)])
def test_a_run_that_is_given_more_ends_as_if_it_had_had_it(few: int, many: int) -> None:
    """The last few of some twenty trials are the end, which comes later when there are more."""
    plan = Plan(racing=False)  # the end is of use where several have been run to theirs
    short = train(table("binary"), request("binary", max_trials=few), plan=plan)
    kept = without_end(short.trials)
    assert (len(kept) < few) == (few > 15)
    notes = Notes()
    asked = request("binary", max_trials=many)
    extended = train(table("binary"), asked, plan=plan, history=kept, elapsed_s=1.0, monitor=notes)
    whole = train(table("binary"), asked, plan=plan)
    assert [trial.number for trial in notes.trials] == list(range(len(kept), many))
    assert timeless(extended.trials) == timeless(whole.trials)
    assert extended.bundle.data == whole.bundle.data


def test_cancelling_keeps_the_best_so_far() -> None:
    notes = Notes(lambda trials: "finish" if len(trials) >= 2 else "continue")
    result = train(table("binary"), replace(request("binary"), max_trials=None), monitor=notes)
    assert len(result.trials) == 2
    assert result.bundle.manifest["lineage"]["rows"] == 192, "who cancels does not wait for a refit"
    assert load_bundle(result.bundle.data).task == "binary"


def test_cancelling_before_the_search_still_gives_a_model() -> None:
    result = train(table("multiclass"), request("multiclass"), monitor=Notes(lambda _: "finish"))
    assert len(result.trials) == 1


def test_abandoning_gives_nothing() -> None:
    with pytest.raises(Interrupted):
        train(table("binary"), request("binary"), monitor=Notes(lambda trials: "abandon" if trials else "continue"))


def test_a_spent_budget_still_gives_a_model() -> None:
    result = train(table("regression"), request("regression"), elapsed_s=600)
    assert len(result.trials) == 1
    assert result.bundle.data


def test_an_impossible_request_is_refused() -> None:
    with pytest.raises(InvalidRequest) as caught:
        train(table("binary"), TrainRequest(target="z"))
    assert caught.value.code == "unknown-target"


def test_copies_of_a_row_do_not_flatter_the_holdout() -> None:
    rng = np.random.default_rng(0)
    columns = {name: rng.normal(size=100).round(3) for name in ("a", "b", "c")} | {"y": rng.integers(0, 2, 100)}
    copied = pa.table({name: np.tile(values, 3) for name, values in columns.items()})
    report = train(copied, request("binary")).report
    assert report["metrics"]["roc_auc"]["value"] < 0.8


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_rows_may_have_any_weights_and_none(task: Task) -> None:
    """Not whole numbers, of which sums are rounded; and none at all in a slice that is asked for."""
    weights = np.random.default_rng(1).random(240)
    weights[::3] = 0.0
    weighed = table(task).append_column("w", pa.array(weights)).append_column("third", pa.array(np.arange(240) % 3))
    asked = replace(request(task, max_trials=2), weights="w", slices=("third", "w"), ignore=("third",))
    result = train(weighed, asked)
    assert result.report["slices"]["asked"]["third"][0]["holdout"]["rows"] > 0
    assert load_bundle(result.bundle.data).predict_table(weighed.drop(["y"])).predictions


def test_a_translator_that_fails_after_the_search_costs_the_refit_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise TranslationFailed("no-translator", "It does not answer.")

    monkeypatch.setattr("automl.pipeline.refit", fail)
    monkeypatch.setattr("automl.reporting.augmented.show", fail)
    asked = replace(request("binary", max_trials=2), augmentation=("noise",))
    report = train(table("binary"), asked).report
    assert report["augmentation"]["samples"] == []
    assert next(step["detail"] for step in report["steps"] if step["stage"] == "refit").endswith("It does not answer.")


def test_what_weights_are_measured_in_does_not_matter() -> None:
    weights = np.random.default_rng(1).random(240)
    asked = replace(request("binary", max_trials=2), weights="w")
    one, other = (
        train(table("binary").append_column("w", pa.array(weights * unit)), asked).trials for unit in (1.0, 2.0**-20)
    )
    assert timeless(one) == timeless(other)
    assert min(one[0].rounds) > 3


def test_a_regression_whose_past_is_all_the_same_has_a_model() -> None:
    rows = 200
    target = np.where(np.arange(rows) < 170, 0.0, 1.0 + np.arange(rows) % 5)
    past = pa.table({"x": np.random.default_rng(0).normal(size=rows), "day": np.arange(rows) * 1.0, "y": target})
    asked = TrainRequest(target="y", task="regression", split="time", split_column="day", max_trials=5, timeout_s=600)
    assert train(past, asked).best.state == "succeeded"
