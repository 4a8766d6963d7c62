"""Predictions over HTTP: every form in and out, warnings, the version that answered."""

import csv
import gzip
import io
import json
import math
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.servers.api import CSV, Api, Trained, rows_csv
from tests.servers.contract import ContractClient

PATH = "/v1/models/shapes/versions/champion/predict"
NDJSON = "application/x-ndjson"
PARQUET = "application/vnd.apache.parquet"
TSV = "text/tab-separated-values"
ROWS: list[dict[str, Any]] = [
    {"color": "red", "size": 1.5},
    {"color": "green", "size": None},
    {"color": None, "size": 9},
]


@pytest.fixture
def client(trained: Trained) -> ContractClient:
    return trained.api.client("read")


@pytest.fixture
def expected(client: ContractClient) -> dict[str, Any]:
    answer = client.post(PATH, json={"rows": ROWS})
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json
    return found


def encoded(media_type: str) -> bytes:
    table = pa.Table.from_pylist(ROWS)
    if media_type == PARQUET:
        sink = io.BytesIO()
        pq.write_table(table, sink)
        return sink.getvalue()
    if media_type == NDJSON:
        return "\n".join(map(json.dumps, ROWS)).encode()
    separator = "\t" if media_type == TSV else ","
    lines = [["color", "size"], *([str(cell or "") for cell in row.values()] for row in ROWS)]
    return "\n".join(separator.join(line) for line in lines).encode()


def decoded(media_type: str, body: bytes) -> list[dict[str, Any]]:
    if media_type == PARQUET:
        rows: list[dict[str, Any]] = pq.read_table(io.BytesIO(body)).to_pylist()
        return rows
    if media_type == NDJSON:
        return [json.loads(line) for line in body.splitlines()]
    reader = csv.DictReader(io.StringIO(body.decode()), delimiter="\t" if media_type == TSV else ",")
    return [{name: cell if name == "prediction" else float(cell) for name, cell in row.items()} for row in reader]


def test_json(expected: dict[str, Any]) -> None:
    assert expected["model_version"] == "shapes:1"
    assert set(expected["predictions"]) <= {"yes", "no"}
    assert [sum(row.values()) for row in expected["probabilities"]] == pytest.approx([1, 1, 1])
    assert {label for row in expected["probabilities"] for label in row} == {"yes", "no"}


@pytest.mark.parametrize("sent", [CSV, TSV, NDJSON, PARQUET])
def test_each_form_gives_the_same_answer_in_the_same_form(
    client: ContractClient, expected: dict[str, Any], sent: str
) -> None:
    answer = client.post(PATH, data=encoded(sent), content_type=sent)
    assert answer.mimetype == sent
    assert answer.headers["X-Model-Version"] == "shapes:1"
    assert decoded(sent, answer.get_data()) == [
        {"prediction": label, **{f"probability_{name}": value for name, value in row.items()}}
        for label, row in zip(expected["predictions"], expected["probabilities"], strict=True)
    ]


@pytest.mark.parametrize(
    "accept", [CSV, NDJSON, PARQUET, "application/json", "*/*", "text/*;q=0.5, application/json;q=0.1"]
)
def test_accept_decides(client: ContractClient, expected: dict[str, Any], accept: str) -> None:
    answer = client.post(PATH, json={"rows": ROWS}, headers={"Accept": accept})
    if answer.mimetype == "application/json":
        assert answer.json == expected
    else:
        rows = decoded(answer.mimetype, answer.get_data())
        assert [row["prediction"] for row in rows] == expected["predictions"]
    if "*" not in accept:
        assert answer.mimetype == accept
    assert (
        client.post(PATH, data=encoded(CSV), content_type=CSV, headers={"Accept": "application/json"}).json == expected
    )


def test_nothing_acceptable(client: ContractClient) -> None:
    answer = client.post(PATH, json={"rows": ROWS}, headers={"Accept": "image/png"})
    assert (answer.status_code, answer.json["type"]) == (406, "/problems/not-acceptable")


def test_gzip_in(client: ContractClient, expected: dict[str, Any]) -> None:
    body = gzip.compress(encoded(CSV))
    headers = {"Content-Encoding": "gzip", "Accept": "application/json"}
    assert client.post(PATH, data=body, content_type=CSV, headers=headers).json == expected


def test_columns_in_another_order_and_columns_too_many(client: ContractClient, expected: dict[str, Any]) -> None:
    turned = [dict(reversed(row.items())) for row in ROWS]
    assert client.post(PATH, json={"rows": turned}).json == expected
    more = client.post(PATH, json={"rows": [{**row, "extra": "?"} for row in ROWS]}).json
    assert more["predictions"] == expected["predictions"]
    assert [(warning["row"], warning["column"], warning["code"]) for warning in more["warnings"]] == [
        (None, "extra", "ignored-column")
    ]


def test_answers_are_explained_as_sums_of_their_columns(client: ContractClient, expected: dict[str, Any]) -> None:
    assert expected["explanations"] is None
    answer = client.post(PATH, json={"rows": ROWS, "explain": True}).json
    assert {**answer, "explanations": None} == expected
    told = answer["explanations"]
    assert told["scale"] == "log_odds"
    for row, probabilities in zip(told["rows"], answer["probabilities"], strict=True):
        assert {each["column"] for each in row["contributions"]} == {"color", "size"}
        whole = row["base"] + sum(each["contribution"] for each in row["contributions"])
        odds = probabilities[row["label"]] / (1 - probabilities[row["label"]])
        assert whole == pytest.approx(row["margin"], abs=1e-9) == pytest.approx(math.log(odds), abs=1e-4)


@pytest.mark.parametrize("media_type", [CSV, PARQUET])
def test_tables_are_explained_in_columns(client: ContractClient, media_type: str) -> None:
    answer = client.post(f"{PATH}?explain=true", data=encoded(media_type), content_type=media_type)
    for row in decoded(media_type, answer.data):
        whole = row["base"] + row["contribution_color"] + row["contribution_size"]
        assert whole == pytest.approx(row["margin"], abs=1e-9)


def test_too_many_rows_to_be_explained(client: ContractClient) -> None:
    answer = client.post(PATH, json={"rows": ROWS[:1] * 1001, "explain": True})
    assert (answer.status_code, answer.json["type"]) == (413, "/problems/too-many-rows")
    assert "explain" in answer.json["detail"]


def test_an_unseen_category_is_a_warning(client: ContractClient) -> None:
    answer = client.post(PATH, json={"rows": [ROWS[0], {"color": "mauve", "size": 1}]})
    assert answer.status_code == 200
    assert [(warning["row"], warning["column"], warning["code"]) for warning in answer.json["warnings"]] == [
        (1, "color", "unseen-category")
    ]
    assert answer.headers["X-Warnings"] == "1"


def test_asking_again_needs_no_memory(client: ContractClient, expected: dict[str, Any]) -> None:
    headers = {"Idempotency-Key": "the-same"}
    assert client.post(PATH, json={"rows": ROWS}, headers=headers).json == expected
    assert client.post(PATH, json={"rows": ROWS[:1]}, headers=headers).status_code == 200


def trained_on(api: Api, body: bytes, **more: Any) -> str:
    client = api.client("train", "read")
    dataset = client.post("/v1/datasets", data=body, content_type=CSV).json["id"]
    budget = {"timeout_s": 60, "max_trials": 1}
    client.post("/v1/runs", json={"dataset": dataset, "target": "label", "model": "m", "budget": budget, **more})
    assert api.work()
    return "/v1/models/m/versions/latest/predict"


def test_a_regression_has_values_and_no_probabilities(api: Api) -> None:
    path = trained_on(api, b"x,label\n" + b"".join(b"%d,%d.25\n" % (i % 9, i % 9 * 3) for i in range(90)))
    client = api.client("read")
    answer = client.post(path, json={"rows": [{"x": 1}, {"x": 8}]}).json
    assert answer["probabilities"] is None
    assert answer["predictions"][0] < answer["predictions"][1]
    text = client.post(path, data=b"x\n1\n8\n", content_type=CSV).get_data(as_text=True)
    assert [float(line) for line in text.splitlines()[1:]] == answer["predictions"]


def test_labels_that_a_spreadsheet_would_run(api: Api) -> None:
    path = trained_on(api, rows_csv(90, labels=("=cmd", "plain")))
    client = api.client("read")
    table = b"color,size\n" + b"red,1\ngreen,2\nblue,3\n" * 10
    exact = client.post(path, data=table, content_type=CSV).get_data(as_text=True).splitlines()
    safe = client.post(f"{path}?safe=true", data=table, content_type=CSV).get_data(as_text=True).splitlines()
    assert exact[0] == safe[0]
    assert exact[0].startswith("prediction,probability_")
    assert any(line.startswith("=cmd,") for line in exact)
    assert [line.removeprefix("'") for line in safe] == exact
    assert not any(line.startswith("=") for line in safe)


def test_labels_keep_their_type(api: Api) -> None:
    path = trained_on(api, rows_csv(90, labels=("1", "2")), task="binary")
    answer = api.client("read").post(path, json={"rows": [{"color": "red", "size": 1}]}).json
    assert answer["predictions"][0] in (1, 2)
    assert set(answer["probabilities"][0]) == {"1", "2"}


def test_predictions_are_counted(trained: Trained, client: ContractClient) -> None:
    def counted() -> int:
        text = client.get("/metrics").get_data(as_text=True)
        return int(text.split("winnow_predictions_total ")[-1])

    before = counted()
    client.post(PATH, json={"rows": ROWS})
    assert counted() == before + len(ROWS)
