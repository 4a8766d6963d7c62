"""Boosting that begins at a linear model, from the space to the model that is served."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pytest

from automl import TrainRequest, load_bundle, train
from automl.archive import dump_json, read_archive, write_archive
from automl.bundles.manifest import MANIFEST, seal
from automl.errors import InvalidBundle
from automl.explanations.tell import tell
from automl.families import spaces_for
from automl.learners.boosting import Begun, TrainingData, fit
from automl.problem import pose
from automl.search import Plan
from automl.search.proposers import make_proposer, opening
from automl.selection.cost import MS_A_MODEL
from automl.spaces.space import build_space, defaults, option_space
from automl.stages import encode, split
from automl.types import Link, Trial
from tests.unit.automl.search.trials import make_trial

REQUEST = TrainRequest(target="y", task="regression", max_trials=4, timeout_s=600)


def persistent(rows: int = 300) -> pa.Table:
    """What comes is what was, as far as it may lie, and a step."""
    rng = np.random.default_rng(0)
    last, step = rng.standard_t(2, rows) * 10, rng.normal(size=rows)
    city = rng.choice(["a", "b", "c"], rows)
    y = last + 2 * (step > 0) + (city == "a") + 0.5 * rng.normal(size=rows)
    return pa.table({"last": last, "step": step, "city": city, "y": y})


@pytest.mark.parametrize(
    ("more", "begun"),
    [
        ({}, True),
        ({"metric": "mae"}, False),
        ({"params": {"boost_from": "average"}}, False),
        ({"target": "city", "task": "multiclass"}, False),
    ],
    ids=["values", "medians", "fixed", "classes"],
)
def test_a_linear_start_is_tried_on_values(more: dict[str, Any], *, begun: bool) -> None:
    request = replace(REQUEST, **more)
    problem = pose(persistent(), request)
    parts = split(problem, request)
    material = encode(problem, request, parts.train, parts.target, parts.folds).views.material
    for plan, tried in ((Plan(), begun), (Plan(starts=False), False)):
        spaces = spaces_for(problem, material, request, plan)
        found = {family for family, space in spaces.items() if len(getattr(space.get("boost_from"), "options", ())) > 1}
        assert found == ({"boosted"} if tried else set())


@pytest.mark.parametrize(("scores", "start"), [((0.5, 0.7, 0.9), "linear"), ((0.5, 0.7, 0.6), "average")])
def test_link_and_start_are_settled_on_the_defaults(scores: tuple[float, ...], start: str) -> None:
    space = (
        build_space(1000, categories=False)
        | option_space("link", ("identity", "log"))
        | option_space("boost_from", ("average", "linear"))
    )
    first = opening(space, portfolio=[{**defaults(space), "num_leaves": 9}], companions=[])
    propose = make_proposer("tpe", space, first)
    made: list[Trial] = []
    for number, score in enumerate((*scores, 0.1)):
        proposal = propose(made, number, 0)
        assert proposal is not None
        made.append(make_trial(number, score, params=proposal.params, proposer=proposal.proposer))
    assert [trial.proposer for trial in made] == ["default", "link", "boost_from", "portfolio"]
    assert [(trial.params["link"], trial.params["boost_from"]) for trial in made] == [
        ("identity", "average"),
        ("log", "average"),
        ("log", "linear"),
        ("log", start),
    ]


def test_parts_are_shared_and_keep_no_scores() -> None:
    rng = np.random.default_rng(1)
    matrix = rng.normal(size=(400, 3))
    target = 5 * matrix[:, 0] + np.sin(3 * matrix[:, 1])
    data = TrainingData(matrix, target, task="regression")
    train_rows, valid_rows = np.arange(300), np.arange(300, 400)
    train_part, valid_part = data.part(train_rows), data.part(valid_rows)
    begun = Begun(5 * matrix[:300, 0], 5 * matrix[300:, 0])

    def fitted(start: Begun | None) -> str:
        return fit(data, train_part, valid_part, {}, rounds=40, patience=40, begun=start).text

    alone = {start is None: fitted(start) for start in (None, begun, None)}
    with ThreadPoolExecutor(4) as pool:
        texts = list(pool.map(lambda n: (n % 2 == 0, fitted(None if n % 2 == 0 else begun)), range(24)))
    assert all(text == alone[plain] for plain, text in texts)
    assert alone[True] != alone[False]


@pytest.mark.parametrize("link", ["identity", "log"])
def test_the_served_model_begins_there_and_explains_itself(link: Link) -> None:
    table = persistent()
    if link == "log":
        table = table.set_column(3, "y", pa.array(np.exp(table["y"].to_numpy().clip(-20, 20) / 10)))
    request = replace(REQUEST, families=["boosted"], params={"link": link, "boost_from": "linear"}, max_trials=2)
    result = train(table, request)
    assert {trial.params["boost_from"] for trial in result.trials} == {"linear"}
    assert result.bundle.data == train(table, request).bundle.data, "and the same again"
    predictor = load_bundle(result.bundle.data)
    rows = [{"last": last, "step": 0.5, "city": "a"} for last in (-30.0, 0.0, 30.0)]
    answer = predictor.predict(rows, explain=True)
    one_by_one = [predictor.predict([row]).predictions[0] for row in rows]
    assert one_by_one == pytest.approx(answer.predictions, rel=1e-9)
    assert answer.predictions == sorted(answer.predictions)
    if link == "identity":
        assert answer.predictions == pytest.approx([-27, 3, 33], abs=3)
    assert answer.explanation is not None
    for value, told in zip(answer.predictions, tell(answer.explanation, answer.classes)["rows"], strict=True):
        assert told["base"] + sum(it["contribution"] for it in told["contributions"]) == pytest.approx(value, rel=1e-3)


def test_what_it_costs_counts() -> None:
    foreseen = {}
    for start in ("average", "linear"):
        request = replace(REQUEST, families=["boosted"], params={"boost_from": start}, max_trials=1, refit=False)
        options = train(persistent(), request).report["ensemble"]["options"]
        (chosen,) = (option for option in options if option["chosen"])
        foreseen[start] = chosen["predict_ms"] / chosen["models"]
    assert foreseen["linear"] > foreseen["average"] + 0.9 * MS_A_MODEL["linear"], "a model more, less some trees"


def test_it_is_better_where_what_comes_is_what_was() -> None:
    scores = {}
    for start in ("average", "linear"):
        result = train(persistent(), replace(REQUEST, families=["boosted"], params={"boost_from": start}, max_trials=1))
        scores[start] = result.best.score
    assert scores["linear"] > 0.5 * scores["average"], "scores are errors below 0"


@pytest.mark.parametrize("change", [{"slopes": [[1.0]]}, {"outcomes": [0]}, {"most": 1e3}, None])
def test_a_damaged_start_is_refused(change: dict[str, Any] | None) -> None:
    request = replace(REQUEST, families=["boosted"], params={"boost_from": "linear"}, max_trials=1, refit=False)
    files = read_archive(train(persistent(), request).bundle.data)
    name = "start-0-0.json"
    parts = {k: v for k, v in orjson.loads(files[MANIFEST]).items() if k not in ("files", "digest", "format")}
    if change is None:
        del files[name]
    else:
        files[name] = dump_json({**orjson.loads(files[name]), **change})
    others = {n: data for n, data in files.items() if n != MANIFEST}
    with pytest.raises(InvalidBundle):
        load_bundle(write_archive({MANIFEST: dump_json(seal(parts, others)), **others}))
