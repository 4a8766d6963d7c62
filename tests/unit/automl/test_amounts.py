"""A regression of amounts: a log link, from the space to the model that is served."""

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from automl import TrainRequest, load_bundle, train
from automl.explanations.tell import tell
from automl.families import spaces_for
from automl.learners.params import choice
from automl.problem import pose
from automl.search import Plan
from automl.search.proposers import make_proposer, opening
from automl.spaces.companions import LINEAR
from automl.spaces.space import build_space, defaults, option_space
from automl.stages import encode, split
from automl.types import Family, Trial
from tests.unit.automl.search.trials import make_trial

REQUEST = TrainRequest(target="y", task="regression", max_trials=6, timeout_s=600)


def amounts(rows: int = 240) -> pa.Table:
    rng = np.random.default_rng(0)
    size, city = rng.normal(size=rows), rng.choice(["a", "b", "c"], rows)
    value = np.exp(size + (city == "a") + 0.1 * rng.normal(size=rows))
    return pa.table({"size": size, "city": city, "y": value})


def changed(values: Any) -> pa.Table:
    table = amounts()
    return table.set_column(table.column_names.index("y"), "y", pa.array(values(table["y"].to_numpy())))


@pytest.mark.parametrize(
    ("table", "more", "families"),
    [
        (amounts(), {}, {"boosted", "linear", "neural"}),
        (changed(lambda y: y * (y > 0.5)), {}, {"boosted", "linear", "neural"}),
        (changed(lambda y: y - 1), {}, set()),
        (changed(lambda y: y + 100), {}, set()),
        (amounts(), {"metric": "mae"}, set()),
        (amounts(), {"params": {"link": "identity"}}, set()),
        (amounts(), {"params": {"linear_c": 3}, "families": ["linear"]}, set()),
        (amounts(), {"interactions": [["size"]]}, set()),
        (changed(lambda y: y > 1), {"task": "binary"}, set()),
    ],
    ids=[
        "amounts",
        "with none",
        "below zero",
        "hardly varied",
        "medians",
        "fixed",
        "nothing else",
        "additive",
        "classes",
    ],
)
def test_a_log_link_is_tried_on_amounts(table: pa.Table, more: dict[str, Any], families: set[Family]) -> None:
    request = replace(REQUEST, **more)
    problem = pose(table, request)
    parts = split(problem, request)
    material = encode(problem, request, parts.train, parts.target, parts.folds).views.material
    spaces = spaces_for(problem, material, request, Plan())
    assert {
        family for family, space in spaces.items() if "link" in space and len(space["link"].options) > 1
    } == families
    assert not any("link" in space for space in spaces_for(problem, material, REQUEST, Plan(links=False)).values())


@pytest.mark.parametrize(("logs", "better"), [(0.9, "log"), (0.1, "identity")])
def test_what_comes_first_has_the_link_that_is_better_on_the_defaults(logs: float, better: str) -> None:
    links = option_space("link", ("identity", "log"))
    space = build_space(1000, categories=False) | links
    companion = make_trial(0, 0.0, params=defaults(links | dict(LINEAR)))
    first = opening(space, portfolio=[{**defaults(space), "num_leaves": 9}], companions=[], warm=[])
    propose = make_proposer("tpe", space, [*first, replace(first[-1], params=companion.params, proposer="companion")])
    made: list[Trial] = []
    for number, score in enumerate([0.5, logs, 0.2, 0.2]):
        proposal = propose(made, number, 0)
        assert proposal is not None
        made.append(make_trial(number, score, params=proposal.params, proposer=proposal.proposer))
    assert [trial.proposer for trial in made] == ["default", "link", "portfolio", "companion"]
    assert made[1].params == made[0].params | {"link": "log"}
    assert [trial.params["link"] for trial in made[2:]] == [better] * 2
    assert choice(made[3].params, "family") == "linear"


@pytest.mark.parametrize("family", ["boosted", "linear", "neural"])
def test_the_served_model_says_amounts_and_explains_them(family: Family) -> None:
    request = replace(REQUEST, families=[family], params={"link": "log"}, max_trials=2)
    result = train(amounts(), request)
    assert {trial.params["link"] for trial in result.trials} == {"log"}
    assert result.report["metrics"]["r2"]["value"] > 0.8
    predictor = load_bundle(result.bundle.data)
    rows = [{"size": size, "city": "a"} for size in (-9.0, 0.0, 9.0)]
    answer = predictor.predict(rows, explain=True)
    assert min(answer.predictions) > 0
    assert sorted(answer.predictions) == answer.predictions
    assert answer.explanation is not None
    rows_told = tell(answer.explanation, answer.classes)["rows"]
    for value, told in zip(answer.predictions, rows_told, strict=True):
        assert told["base"] + sum(it["contribution"] for it in told["contributions"]) == pytest.approx(value, rel=1e-3)


@pytest.mark.parametrize(
    "more",
    [
        {"monotone": {"size": -1}},
        {"weights": "weight"},
        {"augmentation": ["mixup"]},
        {"augmentation": ["rare_targets"]},
    ],
    ids=lambda more: str(*more.values()),
)
def test_a_log_link_goes_with_what_else_is_asked_for(more: dict[str, Any]) -> None:
    table = amounts().append_column("weight", pa.array(np.arange(240) % 3 + 1.0))
    result = train(table, replace(REQUEST, families=["boosted"], params={"link": "log"}, max_trials=2, **more))
    assert all(trial.state != "failed" for trial in result.trials)
    predictor = load_bundle(result.bundle.data)
    rows = [{"size": size, "city": "a", "weight": 1.0} for size in np.linspace(-3, 3, 9)]
    answers = predictor.predict(rows).predictions
    assert min(answers) > 0
    assert answers == sorted(answers, reverse="monotone" in more) or "monotone" not in more


def test_a_held_out_row_below_zero_ends_no_run() -> None:
    table = changed(lambda y: np.where(np.arange(len(y)) == 0, -1.0, y))
    seeds = (replace(REQUEST, seed=seed, max_trials=4) for seed in range(99))
    request = next(it for it in seeds if 0 in split(pose(table, it), it).held_out)
    result = train(table, request)
    assert any(trial.params.get("link") == "log" for trial in result.trials), "what was learnt from are amounts"
    refit = next(step for step in result.report["steps"] if step["stage"] == "refit")
    told = f"the model learnt from {table.num_rows - result.report['rows']} rows; a log link cannot learn"
    assert refit["detail"].startswith(told)
