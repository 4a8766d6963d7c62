"""Requests as the contract has them, and as the engine takes them."""

from dataclasses import fields
from typing import Any

import pytest
from pydantic import ValidationError

from automl.errors import Fault
from automl.types import Criterion, TrainRequest
from service.api.schemas.runrequests import RunRequest
from service.runrequest import placed, train_request

OLD = {
    "dataset": "ds_1", "target": "y", "model": "m", "task": None, "metric": None, "positive": None,
    "budget": {"timeout_s": 60.0, "max_trials": 3}, "search": {"algorithm": "random"},
    "split": {"holdout": 0.3, "folds": 4}, "seed": 3,
}  # fmt: skip


def test_the_contract_has_the_engine_s_defaults() -> None:
    body = RunRequest(dataset="ds_1", target="y").model_dump(mode="json")
    assert train_request(body) == TrainRequest(target="y")


def test_each_field_of_the_engine_s_request_has_a_place() -> None:
    body = RunRequest(dataset="ds_1", target="y").model_dump(mode="json")
    for field in fields(TrainRequest):
        node = body
        for name in placed(Fault("", field=(field.name,))).field or ():
            node = node[str(name)]


def test_a_run_from_before_there_was_a_choice_is_resumed_as_it_was() -> None:
    assert train_request(OLD) == TrainRequest(
        target="y",
        max_trials=3,
        algorithm="random",
        holdout=0.3,
        folds=4,
        refit=False,
        augmentation="none",
        calibration="none",
        seed=3,
    )


@pytest.mark.parametrize(
    ("decision", "criterion"),
    [
        ({"by": "mcc"}, Criterion("mcc")),
        ({"by": "precision", "at_least": 0.9}, Criterion("precision", 0.9)),
        ({"by": "alerts", "at_most": 5}, Criterion("alerts", 5.0)),
        ({"by": "cost", "costs": {"a": {"b": 1}}}, Criterion("cost", costs={"a": {"b": 1.0}})),
    ],
)
def test_what_decisions_are_tuned_for(decision: dict[str, Any], criterion: Criterion) -> None:
    body = RunRequest.model_validate({"dataset": "ds_1", "target": "y", "decision": decision}).model_dump(mode="json")
    assert train_request(body).decision == criterion


@pytest.mark.parametrize(
    "decision",
    [
        {},
        {"by": "luck"},
        {"by": "f1", "at_least": 0.5},
        {"by": "precision"},
        {"by": "precision", "at_least": 1.5},
        {"by": "alerts", "at_most": -1},
        {"by": "cost"},
        {"by": "cost", "costs": {"a": {"b": -1}}},
    ],
)
def test_decisions_that_the_contract_has_not(decision: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        RunRequest.model_validate({"dataset": "ds_1", "target": "y", "decision": decision})


@pytest.mark.parametrize(
    ("field", "place"),
    [
        (("split_column",), ("split", "column")),
        (("target",), ("target",)),
        (("dataset",), ("dataset",)),
        (None, None),
    ],
)
def test_faults_point_into_the_contract(field: tuple[str, ...] | None, place: tuple[str, ...] | None) -> None:
    assert placed(Fault("wrong", field=field)).field == place
