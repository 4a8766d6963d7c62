"""Whole runs under a user's constraints: what was asked holds in every trial, and in the model that is served."""

from collections.abc import Iterator
from typing import Any, get_args

import numpy as np
import pyarrow as pa
import pytest

from automl import Predictor, Result, TrainRequest, Trial, load_bundle, train
from automl.learners.booster import Booster
from automl.learners.params import TREES, TUNABLE, choice
from automl.search import Plan
from automl.types import Family, Floats, Json, Task
from automl.warm.precedents import Precedent
from automl.warm.warmstart import WarmStart

ROWS = 260
FAMILIES = get_args(Family)
MIXES: list[list[Family]] = [
    *([family] for family in FAMILIES),
    ["forest", "linear"],
    ["linear", "neural"],
    ["boosted", "forest"],
]


def table(task: Task = "regression", rows: int = ROWS) -> pa.Table:
    """The value rises and falls with `wave`, `a` and `b` act together, some cells are empty."""
    rng = np.random.default_rng(0)
    wave, a, b = rng.normal(size=(3, rows))
    city = rng.choice(["x", "y", "z"], rows)
    value = np.sin(2 * wave) + np.sign(a * b) + (city == "x") + 0.3 * rng.normal(size=rows)
    target: Any = value
    if task != "regression":
        target = np.where(value > 0.5, "high", "low" if task == "binary" else np.where(value < -0.5, "low", "middle"))
    wave[::23] = np.nan
    flag = rng.random(rows) < 0.5
    columns = {"wave": wave, "a": a, "b": b, "city": city, "flag": flag, "y": target}
    return pa.table({name: pa.array(values, from_pandas=True) for name, values in columns.items()})


def run(task: Task = "regression", max_trials: int = 8, plan: Plan | None = None, **request: Any) -> Result:
    return train(table(task), TrainRequest(target="y", max_trials=max_trials, timeout_s=600, **request), plan=plan)


def families_of(trials: tuple[Trial, ...]) -> set[str]:
    return {choice(trial.params, "family") for trial in trials}


def along(predictor: Predictor, column: str, values: list[Json]) -> Floats:
    """What is predicted for rows of the table as `column` runs through the values, one line a row."""
    rows = table().to_pylist()[:40]
    moved = [{**row, column: value} for row in rows for value in values]
    answer = predictor.predict(moved)
    found = answer.predictions if answer.probabilities is None else answer.probabilities[:, -1]
    return np.asarray(found, dtype=np.float64).reshape(len(rows), len(values))


def paths(booster: Booster) -> Iterator[set[int]]:
    """The features on each way from a root to a leaf, from LightGBM's text."""
    for tree in booster.to_text().split("\nTree=")[1:]:
        lines = dict(line.split("=", 1) for line in tree.splitlines() if "=" in line)
        if int(lines["num_leaves"]) > 1:
            features, *children = (
                [int(item) for item in lines[name].split()] for name in ("split_feature", "left_child", "right_child")
            )
            yield from _below(0, set(), features, children)


def _below(node: int, seen: set[int], features: list[int], children: list[list[int]]) -> Iterator[set[int]]:
    if node < 0:
        yield seen
        return
    for side in children:
        yield from _below(side[node], seen | {features[node]}, features, children)


@pytest.mark.parametrize("families", MIXES, ids="+".join)
@pytest.mark.parametrize("task", get_args(Task))
def test_whatever_kinds_of_models_are_allowed_there_is_one_in_the_end(task: Task, families: list[Family]) -> None:
    result = run(task, 3, families=families, params={"num_leaves": 8} if set(families) & set(TREES) else {})
    assert families_of(result.trials) <= set(families)
    assert families_of(result.trials) == set(families) or "boosted" in families
    predictor = load_bundle(result.bundle.data)
    assert {member.family for member in predictor.members} <= set(families)
    assert predictor.predict([predictor.sample()]).predictions
    assert result.bundle.manifest["lineage"]["request"]["families"] == families


@pytest.mark.parametrize(
    ("sign", "task", "more"),
    [
        (1, "regression", {}),
        (-1, "regression", {"metric": "mae", "max_trials": 5}),
        (1, "regression", {"families": ["linear"], "max_trials": 4}),
        (-1, "regression", {"families": ["linear"], "max_trials": 4}),
        (-1, "regression", {"interactions": [["wave", "a"]], "augmentation": ["noise", "mixup"]}),
        (1, "binary", {"positive": "high"}),
        (-1, "binary", {"positive": "high", "ranges": {"num_leaves": [2, 300]}, "augmentation": ["smote"]}),
        (1, "binary", {"positive": "low", "families": ["forest", "linear"], "params": {"extra_trees": True}}),
    ],
)
def test_predictions_of_the_served_model_never_turn(sign: int, task: Task, more: dict[str, Any]) -> None:
    result = run(task, **{"max_trials": 9, "monotone": {"wave": sign, "flag": -sign}} | more)
    predictor = load_bundle(result.bundle.data)
    assert result.bundle.manifest["lineage"]["rows"] == ROWS, "refitted"
    steps = np.diff(sign * along(predictor, "wave", list(np.linspace(-3.5, 3.5, 60))), axis=1)
    assert steps.min() > -1e-12
    assert np.diff(sign * along(predictor, "flag", [False, True]), axis=1).max() < 1e-12
    assert {choice(trial.params, "recipe") for trial in result.trials} == {"plain"}
    assert {trial.params.get("path_smooth", 0) for trial in result.trials} == {0}


def test_without_the_constraint_they_would() -> None:
    predictor = load_bundle(run(max_trials=3).bundle.data)
    assert np.diff(along(predictor, "wave", list(np.linspace(-3.5, 3.5, 60))), axis=1).min() < -0.01


@pytest.mark.parametrize("families", [["boosted"], ["forest"], FAMILIES])
def test_columns_that_may_not_meet_are_never_on_one_path(families: list[Family]) -> None:
    result = run(max_trials=9, interactions=[["a", "city"], ["b"]], families=families)
    predictor = load_bundle(result.bundle.data)
    columns = predictor.spec.encoder.sources
    together = {frozenset(columns[i] for i in path) for _, it, _ in predictor.boosters() for path in paths(it)}
    allowed = ({"a", "city"}, {"b"}, {"wave", "flag"})
    assert all(any(group <= one for one in allowed) for group in together)
    assert {column for group in together for column in group} == set(columns), "and each takes part"


def test_without_groups_they_would_meet() -> None:
    predictor = load_bundle(run(max_trials=3, families=["boosted"]).bundle.data)
    assert any(len(path) > 2 for _, it, _ in predictor.boosters() for path in paths(it))


def test_columns_of_several_features_stay_together() -> None:
    rng = np.random.default_rng(1)
    seen = rng.integers(1_500_000_000, 1_700_000_000, ROWS)
    x, z = rng.normal(size=(2, ROWS))
    columns = {"seen": pa.array(seen, pa.timestamp("s")), "x": x, "z": z, "y": np.sign(x * z) + (seen % 604_800 > 2e5)}
    request = TrainRequest(target="y", task="regression", max_trials=4, interactions=[["seen"]], families=["boosted"])
    predictor = load_bundle(train(pa.table(columns), request).bundle.data)
    sources = predictor.spec.encoder.sources
    assert sources.count("seen") > 3
    together = [{sources[i] for i in path} for _, it, _ in predictor.boosters() for path in paths(it)]
    assert all(group in ({"seen"}, {"x"}, {"z"}, {"x", "z"}) for group in together)
    assert {"x", "z"} in together


def test_ignored_columns_are_not_needed_to_predict() -> None:
    result = run(max_trials=4, ignore=["a", "flag"])
    predictor = load_bundle(result.bundle.data)
    assert set(predictor.sample()) == {"wave", "b", "city"}
    assert predictor.predict([{"wave": 1.0, "b": 2.0, "city": "x"}]).predictions
    assert {row["column"] for row in result.report["importances"]} == {"wave", "b", "city"}


def test_params_and_ranges_hold_in_every_trial_until_the_very_last() -> None:
    fixed = {"learning_rate": 0.2, "extra_trees": True, "max_depth": 4}
    ranges = {"num_leaves": [5, 9], "linear_c": [2, 3], "dropout": [0.2, 0.3]}
    result = run(max_trials=18, plan=Plan(racing=False), params=fixed, ranges=ranges)
    assert {trial.proposer for trial in result.trials} >= {"default", "companion", "portfolio", "tpe"}
    assert {trial.proposer for trial in result.trials[-2:]} == {"seeds"}
    assert "polish" not in {trial.proposer for trial in result.trials}
    assert families_of(result.trials) == set(FAMILIES)
    for trial in result.trials:
        family = choice(trial.params, "family")
        for name, value in fixed.items():
            assert family not in TUNABLE[name] or trial.params[name] == value
        for name, (low, high) in ranges.items():
            assert family not in TUNABLE[name] or low <= trial.params[name] <= high
    for member in result.bundle.manifest["lineage"]["members"]:
        assert member["params"].get("num_leaves", 5) <= 9


def test_the_best_is_polished_where_the_range_leaves_room() -> None:
    asked: dict[str, Any] = {"ranges": {"learning_rate": [0.02, 0.5]}, "families": ["boosted"], "augmentation": "none"}
    result = run(max_trials=18, plan=Plan(racing=False), **asked)
    assert "polish" in {trial.proposer for trial in result.trials[-3:]}
    assert all(0.02 <= trial.params["learning_rate"] <= 0.5 for trial in result.trials)


def test_families_that_keep_no_constraint_on_columns_are_not_tried() -> None:
    for held in ({"monotone": {"wave": 1}}, {"interactions": [["wave"]]}):
        assert families_of(run(max_trials=9, **held).trials) == {"boosted", "forest", "linear"}


@pytest.mark.parametrize(("families", "tried"), [(["boosted"], [2]), (["forest", "linear"], [])])
def test_what_earlier_runs_found_is_held_to_the_constraints_too(families: list[Family], tried: list[int]) -> None:
    warm = WarmStart("m:1", "Tried early.", precedents=(Precedent("m:1", {"num_leaves": 90, "learning_rate": 0.2}),))
    request = TrainRequest(target="y", max_trials=3, ranges={"num_leaves": [4, 8]}, families=families)
    result = train(table(), request, warm=warm)
    found = {trial.number: trial.params["num_leaves"] for trial in result.trials if trial.origin}
    assert list(found) == tried
    assert set(found.values()) <= {8}
    assert [each["trial"] for each in result.report["warm_start"]["trials"]] == tried


def test_a_run_ends_when_there_is_nothing_left_to_try() -> None:
    result = run(max_trials=50, families=["linear"], params={"linear_c": 3.0}, augmentation="none")
    assert [trial.params for trial in result.trials] == [{"family": "linear", "linear_c": 3.0}]


@pytest.mark.parametrize("done", [3, 7])
def test_a_constrained_run_goes_on_as_if_it_had_not_been_interrupted(done: int) -> None:
    asked: dict[str, Any] = {"monotone": {"wave": 1}, "params": {"num_leaves": 6}, "families": ["forest", "linear"]}
    whole = run(max_trials=8, **asked)
    request = TrainRequest(target="y", max_trials=8, timeout_s=600, **asked)
    resumed = train(table(), request, history=whole.trials[:done], elapsed_s=1.0)
    assert resumed.bundle.data == whole.bundle.data
