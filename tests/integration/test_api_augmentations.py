"""Augmentations over HTTP."""

import pytest

from tests.servers.api import CSV, Api, rows_csv
from tests.servers.contract import ContractClient


@pytest.fixture
def dataset(client: ContractClient) -> str:
    answer = client.post("/v1/datasets", data=rows_csv(60), content_type=CSV)
    found: str = answer.json["id"]
    return found


def test_rows_are_shown_side_by_side(client: ContractClient, dataset: str) -> None:
    body = {"dataset": dataset, "target": "label", "augmentation": ["noise"], "strength": 1.0, "limit": 3}
    answer = client.post("/v1/augmentations/preview", json=body)
    assert answer.status_code == 200
    assert (answer.json["rows"], answer.json["augmented_rows"]) == (60, 120)
    assert len(answer.json["items"]) == 3
    for item in answer.json["items"]:
        assert item["original"].keys() == item["changed"].keys() == {"color", "size", "label"}
        assert item["original"]["color"] == item["changed"]["color"]
        assert item["weight"] == 1
    assert any(item["original"]["size"] != item["changed"]["size"] for item in answer.json["items"])
    assert client.post("/v1/augmentations/preview", json=body).json == answer.json


@pytest.mark.parametrize(
    ("change", "slug", "pointer"),
    [
        ({"augmentation": ["rare_targets"]}, "augmentation-not-for-task", "/augmentation"),
        ({"augmentation": ["typos"]}, "no-text-column", "/augmentation"),
        ({"augmentation": ["magic"]}, "invalid-request", None),
        ({"augmentation": []}, "invalid-request", "/augmentation"),
        ({"target": "nothing"}, "unknown-target", "/target"),
        ({"strength": 2}, "invalid-request", "/strength"),
    ],
)
def test_what_cannot_be_shown_is_refused(
    client: ContractClient, dataset: str, change: dict[str, object], slug: str, pointer: str | None
) -> None:
    body = {"dataset": dataset, "target": "label", "augmentation": ["noise"]} | change
    answer = client.post("/v1/augmentations/preview", json=body)
    assert (answer.status_code, answer.json["type"]) == (422, f"/problems/{slug}")
    assert pointer is None or pointer in [fault["pointer"] for fault in answer.json["errors"]]


def test_another_project_s_dataset_is_not_there(api: Api, dataset: str) -> None:
    body = {"dataset": dataset, "target": "label", "augmentation": ["noise"]}
    assert api.client("read", project="other").post("/v1/augmentations/preview", json=body).status_code == 404


@pytest.mark.parametrize("asked", ["none", "auto", ["smote", "noise"]])
def test_a_run_takes_an_augmentation(client: ContractClient, dataset: str, asked: object) -> None:
    body = {"dataset": dataset, "target": "label", "augmentation": asked}
    assert client.post("/v1/runs", json=body).status_code == 202


def test_a_run_refuses_one_that_is_not_for_its_task(client: ContractClient, dataset: str) -> None:
    answer = client.post("/v1/runs", json={"dataset": dataset, "target": "size", "augmentation": ["smote"]})
    assert (answer.status_code, answer.json["type"]) == (422, "/problems/augmentation-not-for-task")
    assert answer.json["errors"][0]["pointer"] == "/augmentation"
