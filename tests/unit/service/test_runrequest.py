"""Requests as the contract has them, and as the engine takes them."""

from dataclasses import fields

import pytest

from automl.errors import Fault
from automl.types import TrainRequest
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
        target="y", max_trials=3, algorithm="random", holdout=0.3, folds=4, refit=False, augmentation="none", seed=3
    )


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
