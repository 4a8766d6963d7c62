"""Augmentations over HTTP."""

from pathlib import Path

import pytest

from automl.augment.text import libretranslate
from automl.augment.text.translators import in_use, use
from tests.servers.api import CSV, Api, open_api, rows_csv
from tests.servers.contract import ContractClient
from tests.servers.translation import libre_translate


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
    assert answer.json["note"] is None
    for item in answer.json["items"]:
        assert item["original"].keys() == item["changed"].keys() == {"color", "size", "label"}
        assert item["original"]["color"] == item["changed"]["color"] == ("red", "green", "blue")[item["row"] % 3]
        assert item["original"]["size"] == (item["row"] * 37) % 101 / 10
        assert item["weight"] == 1
    assert any(item["original"]["size"] != item["changed"]["size"] for item in answer.json["items"])
    assert client.post("/v1/augmentations/preview", json=body).json == answer.json


def test_a_rare_class_of_many_rows_is_shown(client: ContractClient) -> None:
    rows = "".join(f"{row},{'fraud' if row in (7, 29_000) else 'fine'}\n" for row in range(30_000))
    data = client.post("/v1/datasets", data=f"amount,label\n{rows}", content_type=CSV).json["id"]
    body = {"dataset": data, "target": "label", "augmentation": ["random_over"], "limit": 4}
    answer = client.post("/v1/augmentations/preview", json=body)
    assert answer.status_code == 200
    assert {(item["row"], item["original"]["amount"]) for item in answer.json["items"]} <= {(7, 7), (29_000, 29_000)}


@pytest.mark.parametrize(
    ("change", "slug", "pointer"),
    [
        ({"augmentation": ["rare_targets"]}, "augmentation-not-for-task", "/augmentation"),
        ({"augmentation": ["typos"]}, "no-text-column", "/augmentation"),
        ({"augmentation": ["magic"]}, "invalid-request", None),
        ({"augmentation": []}, "invalid-request", "/augmentation"),
        ({"target": "nothing"}, "unknown-target", "/target"),
        ({"ignore": ["nothing"]}, "unknown-column", "/ignore/0"),
        ({"ignore": ["label"]}, "unusable-constraint", "/ignore/0"),
        ({"ignore": ["color", "size"]}, "no-features", "/ignore"),
        ({"weights": "color"}, "unusable-weights", "/weights"),
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


def test_ignored_columns_and_weights_are_as_in_a_run(client: ContractClient) -> None:
    rows = "".join(f"{'inf' if row == 9 else row},{row / 2},{row % 3},{'yn'[row % 5 == 0]}\n" for row in range(60))
    data = client.post("/v1/datasets", data=f"count,size,often,label\n{rows}", content_type=CSV).json["id"]
    body = {"dataset": data, "target": "label", "augmentation": ["noise"], "limit": 20}
    refused = client.post("/v1/augmentations/preview", json=body)
    assert (refused.status_code, refused.json["type"]) == (422, "/problems/infinite-value")
    answer = client.post("/v1/augmentations/preview", json=body | {"ignore": ["count"], "weights": "often"})
    assert answer.status_code == 200
    for item in answer.json["items"]:
        assert item["original"] == {"size": item["row"] / 2, "label": "yn"[item["row"] % 5 == 0]}
        assert item["weight"] == item["weight_before"] == item["row"] % 3


def test_texts_that_cannot_be_changed_are_told(client: ContractClient) -> None:
    rows = "".join(f"Der Weg durch den Wald ist weit {row},{'yn'[row % 2]}\n" for row in range(40))
    data = client.post("/v1/datasets", data=f"note,label\n{rows}", content_type=CSV).json["id"]
    body = {"dataset": data, "target": "label", "augmentation": ["synonyms"]}
    answer = client.post("/v1/augmentations/preview", json=body).json
    assert answer["note"].startswith("No row could be changed by 'synonyms': ")
    assert all(item["original"] == item["changed"] for item in answer["items"])


def test_fewer_rows_of_long_texts_are_looked_at_than_a_run_needs(client: ContractClient) -> None:
    rows = "".join(f"{'a good long note ' * 20_000}{row},{'yn'[row % 2]}\n" for row in range(24))
    data = client.post("/v1/datasets", data=f"note,label\n{rows}", content_type=CSV).json["id"]
    body = {"dataset": data, "target": "label", "augmentation": ["word_swap"]}
    answer = client.post("/v1/augmentations/preview", json=body).json
    assert (answer["rows"], answer["augmented_rows"], answer["note"]) == (2, 4, None)
    assert {item["original"]["label"] for item in answer["items"]} == {"y", "n"}


def test_texts_of_books_are_passed_over(client: ContractClient) -> None:
    rows = "".join(f"{'a good long note ' * 60_000}{row},{'yn'[row % 2]}\n" for row in range(24))
    data = client.post("/v1/datasets", data=f"note,label\n{rows}", content_type=CSV).json["id"]
    body = {"dataset": data, "target": "label", "augmentation": ["noise"]}
    answer = client.post("/v1/augmentations/preview", json=body).json
    assert (answer["rows"], answer["items"]) == (0, [])
    assert "more than 1,000,000 letters" in answer["note"]


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


def test_texts_are_translated_by_the_service_that_the_settings_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(libretranslate, "_PAUSE_S", 0.0)
    notes = "".join(f"a note of several words that is number {row},{'yn'[row % 2]}\n" for row in range(40))
    before = in_use()
    with libre_translate() as libre:
        api = open_api(tmp_path / "data", translation=libre.url, translation_key="secret")
        client = api.client("read", "train")
        data = client.post("/v1/datasets", data=f"note,label\n{notes}", content_type=CSV).json["id"]
        body = {"dataset": data, "target": "label", "augmentation": ["back_translation"], "limit": 1}
        (pair,) = client.post("/v1/augmentations/preview", json=body).json["items"]
        more = client.post("/v1/datasets", data=f"note,label\n{notes.replace('note', 'word')}", content_type=CSV)
        libre.statuses += [403]
        refused = client.post("/v1/augmentations/preview", json=body | {"dataset": more.json["id"]})
    assert pair["changed"]["note"] == f"{pair['original']['note']} es en"
    assert (refused.status_code, refused.json["type"]) == (422, "/problems/no-translator")
    assert {asked["api_key"] for asked in libre.asked} == {"secret"}
    answer = client.post("/v1/runs", json={"dataset": data, "target": "label", "augmentation": ["back_translation"]})
    assert (answer.status_code, answer.json["type"]) == (422, "/problems/no-translator")
    assert "does not answer" in answer.json["detail"]
    assert libre.url not in str(answer.json)
    api.context.close()
    use(before)
