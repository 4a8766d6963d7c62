"""Datasets over HTTP: uploaded in every way, listed, shown, deleted."""

import gzip
import hashlib
import io
import json

import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from service.errors import StorageFull
from service.usecases import datasets as cases
from tests.servers.api import CSV, Api, rows_csv
from tests.servers.contract import ContractClient

TABLE = rows_csv(30)


def upload(client: ContractClient, body: bytes = TABLE, query: str = "", **headers: str) -> dict[str, object]:
    answer = client.post(f"/v1/datasets{query}", data=body, content_type=CSV, headers=headers)
    assert answer.status_code in (200, 201)
    found: dict[str, object] = answer.json
    return found


def test_an_upload_tells_what_it_found(client: ContractClient) -> None:
    answer = client.post("/v1/datasets?name=shapes", data=TABLE, content_type=CSV)
    dataset = answer.json
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/v1/datasets/{dataset['id']}"
    assert (dataset["name"], dataset["rows"]) == ("shapes", 30)
    assert dataset["digest"] == f"sha256:{hashlib.sha256(TABLE).hexdigest()}"
    assert [(column["name"], column["type"]) for column in dataset["columns"]] == [
        ("color", "categorical"),
        ("size", "numeric"),
        ("label", "categorical"),
    ]
    assert client.get(answer.headers["Location"]).json == dataset


def test_the_same_bytes_are_the_same_dataset_however_they_come(client: ContractClient) -> None:
    first = upload(client, query="?name=first")
    assert upload(client, query="?name=second") == first
    assert upload(client, gzip.compress(TABLE), **{"Content-Encoding": "gzip"}) == first
    form = {"file": (io.BytesIO(TABLE), "shapes.csv", "text/csv"), "name": "third"}
    assert client.post("/v1/datasets", data=form, content_type="multipart/form-data").json == first
    packed = {"file": (io.BytesIO(gzip.compress(TABLE)), "shapes.csv.gz", "application/gzip")}
    assert client.post("/v1/datasets", data=packed, content_type="multipart/form-data").json == first
    assert len(client.get("/v1/datasets").json["items"]) == 1


def test_a_form_names_what_its_file_is_called(client: ContractClient) -> None:
    form = {"file": (io.BytesIO(TABLE), "any/shapes.csv")}
    answer = client.post("/v1/datasets", data=form, content_type="multipart/form-data")
    assert (answer.status_code, answer.json["name"]) == (201, "shapes.csv")


@pytest.mark.parametrize(
    "form",
    [
        {"name": "no file"},
        {"data": (io.BytesIO(TABLE), "wrong-field.csv")},
        {"file": (io.BytesIO(TABLE), "a.csv"), "colour": "red"},
        {"file": [(io.BytesIO(TABLE), "a.csv"), (io.BytesIO(TABLE), "b.csv")]},
    ],
    ids=["no file", "another field", "a field too many", "two files"],
)
def test_a_form_that_is_not_one_file_and_its_name(client: ContractClient, form: dict[str, object]) -> None:
    answer = client.post("/v1/datasets", data=form, content_type="multipart/form-data")
    assert (answer.status_code, answer.json["type"]) == (400, "/problems/malformed-body")


def test_a_form_without_its_boundary(client: ContractClient) -> None:
    answer = client.post("/v1/datasets", data=b"--x\r\n", content_type="multipart/form-data")
    assert answer.status_code == 400


def test_parquet_and_ndjson_say_the_same_as_csv(client: ContractClient) -> None:
    table = pa_csv.read_csv(io.BytesIO(TABLE))
    sink = io.BytesIO()
    pq.write_table(table, sink)
    lines = "\n".join(map(json.dumps, table.to_pylist()))
    expected = upload(client)["columns"]
    for body, media_type in ((sink.getvalue(), "application/vnd.apache.parquet"), (lines, "application/x-ndjson")):
        assert client.post("/v1/datasets", data=body, content_type=media_type).json["columns"] == expected


def test_pages_meet(client: ContractClient) -> None:
    made = {upload(client, rows_csv(rows))["id"] for rows in (20, 21, 22)}
    first = client.get("/v1/datasets?limit=2").json
    second = client.get(f"/v1/datasets?limit=2&cursor={first['next_cursor']}").json
    assert len(first["items"]) == 2
    assert second["next_cursor"] is None
    assert {item["id"] for item in first["items"] + second["items"]} == made


def test_profile_and_preview(client: ContractClient) -> None:
    dataset = upload(client, b"name,size,label\n" + b"a,,x\n" + b"b,2.5,y\n" * 5)
    preview = client.get(f"/v1/datasets/{dataset['id']}/preview?limit=2").json
    assert preview == {"columns": ["name", "size", "label"], "rows": [["a", None, "x"], ["b", 2.5, "y"]]}
    profile = client.get(f"/v1/datasets/{dataset['id']}/profile").json
    assert profile["columns"][1]["missing"] == 1
    assert profile["columns"][1]["statistics"]["mean"] == 2.5


def test_what_is_known_already_is_not_sent_again(client: ContractClient) -> None:
    path = f"/v1/datasets/{upload(client)['id']}"
    etag = client.get(path).headers["ETag"]
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 304
    assert client.get(path, headers={"If-None-Match": '"another"'}).status_code == 200
    assert client.head(path).headers["ETag"] == etag


def test_delete(client: ContractClient) -> None:
    path = f"/v1/datasets/{upload(client)['id']}"
    assert client.delete(path).status_code == 204
    assert client.get(path).status_code == 404
    assert client.delete(path).status_code == 404


def test_no_delete_under_a_run(client: ContractClient) -> None:
    dataset = upload(client)
    run = client.post("/v1/runs", json={"dataset": dataset["id"], "target": "label"}).json
    path = f"/v1/datasets/{dataset['id']}"
    assert client.delete(path).json["type"] == "/problems/dataset-in-use"
    client.post(f"/v1/runs/{run['id']}/cancel")
    assert client.delete(path).status_code == 204


def test_nothing_is_left_in_scratch(api: Api, client: ContractClient) -> None:
    upload(client)
    client.post("/v1/datasets", data=b"a,b\n1\n", content_type=CSV)
    scratch = api.context.settings.data / "tmp"
    assert [path for path in scratch.iterdir() if path.is_dir()] == []


def test_a_full_disk(client: ContractClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(cases, "ingest", full)
    answer = client.post("/v1/datasets", data=TABLE, content_type=CSV)
    assert (answer.status_code, answer.json["type"]) == (StorageFull.status, "/problems/disk-full")
