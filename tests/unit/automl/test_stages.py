"""Stages one by one: what is kept apart, what is announced."""

import numpy as np
import pyarrow as pa
import pytest

from automl.errors import Interrupted
from automl.problem import Problem, pose
from automl.search import Brake
from automl.stages import Stages, answer_simply, encode, split
from automl.types import TrainRequest
from tests.unit.automl.search.trials import Notes

REQUEST = TrainRequest(target="y", holdout=0.25)


@pytest.fixture(scope="module")
def problem() -> Problem:
    rng = np.random.default_rng(0)
    size = rng.normal(size=200)
    return pose(pa.table({"size": size, "row": [f"r{i}" for i in range(200)], "y": size > 0.8}), REQUEST)


def test_holdout_rows_reach_no_fold_and_no_encoder(problem: Problem) -> None:
    parts = split(problem, REQUEST)
    assert (len(parts.target), len(parts.holdout_target)) == (150, 50)
    assert not set(parts.train["row"]) & set(parts.holdout["row"])
    assert sorted(np.concatenate([valid for _, valid in parts.folds])) == list(range(150))
    encoder = encode(problem, REQUEST, parts.train, parts.target, parts.folds).encoder
    assert {row for _, _, row in encoder.unseen(parts.holdout)} == set(parts.holdout["row"])
    assert not list(encoder.unseen(parts.train))


def test_baselines_answer_every_holdout_row(problem: Problem) -> None:
    parts = split(problem, REQUEST)
    features = encode(problem, REQUEST, parts.train, parts.target, parts.folds)
    answers = answer_simply(problem, parts, features, REQUEST, Brake.after(60))
    assert set(answers) == {"dummy", "default_lightgbm"}
    for outputs in answers.values():
        assert outputs.shape == (50, 2)
        np.testing.assert_allclose(outputs.sum(axis=1), 1.0)


def test_a_stage_is_announced_and_kept_once_it_has_ended() -> None:
    notes = Notes()
    stages = Stages(Brake.after(60), notes)
    with stages("split") as step:
        assert notes.phases == ["split"]
        assert stages.steps == []
        step["detail"] = "5 folds"
    (kept,) = stages.steps
    assert (kept["stage"], kept["detail"]) == ("split", "5 folds")
    assert kept["seconds"] >= 0


def test_no_stage_begins_in_a_run_to_be_abandoned() -> None:
    notes = Notes(lambda _: "abandon")
    with pytest.raises(Interrupted), Stages(Brake.after(60, notes), notes)("split"):
        pytest.fail("the stage began")
    assert notes.phases == []


def test_default_lightgbm_is_left_out_where_there_is_no_time_for_it(problem: Problem) -> None:
    parts = split(problem, REQUEST)
    features = encode(problem, REQUEST, parts.train, parts.target, parts.folds)
    assert set(answer_simply(problem, parts, features, REQUEST, Brake.after(0))) == {"dummy"}
