"""What holds for every request: ids, idempotency, hosts and origins, headers, outages."""

import logging
from dataclasses import replace
from typing import Any

import pytest

from registry.errors import StoreUnavailable
from service.app import create_app
from service.usecases import datasets as cases
from tests.servers.api import CSV, Api, Trained, rows_csv
from tests.servers.contract import ContractClient

TABLE = rows_csv(40)


def upload(client: ContractClient, key: str, body: bytes = TABLE, query: str = "") -> Any:
    headers = {"Idempotency-Key": key}
    return client.post(f"/v1/datasets{query}", data=body, content_type=CSV, headers=headers)


def test_the_same_key_gives_the_first_answer(client: ContractClient) -> None:
    first, again = upload(client, "k"), upload(client, "k")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["X-Request-Id"] != first.headers["X-Request-Id"]


def test_a_run_is_queued_once(client: ContractClient) -> None:
    dataset = upload(client, "k").json["id"]
    request, headers = {"dataset": dataset, "target": "label"}, {"Idempotency-Key": "run"}
    answers = [client.post("/v1/runs", json=request, headers=headers) for _ in range(3)]
    assert len({answer.json["id"] for answer in answers}) == 1
    assert all(answer.headers["Retry-After"] for answer in answers)
    assert len(client.get("/v1/runs").json["items"]) == 1


def test_the_same_key_with_another_request(client: ContractClient) -> None:
    upload(client, "k")
    for answer in (upload(client, "k", rows_csv(41)), upload(client, "k", query="?name=other")):
        assert (answer.status_code, answer.json["type"]) == (422, "/problems/idempotency-mismatch")


def test_another_api_key_has_idempotency_keys_of_its_own(api: Api) -> None:
    assert [upload(api.client("train"), "k").status_code for _ in range(2)] == [201, 200]


def test_a_refusal_is_not_kept(client: ContractClient) -> None:
    assert upload(client, "k", b"a,b\n1\n").status_code == 422
    assert upload(client, "k").status_code == 201


def test_in_flight(api: Api, client: ContractClient, monkeypatch: pytest.MonkeyPatch) -> None:
    inside: list[Any] = []
    original = cases.upload_dataset

    def slow(*args: Any) -> Any:
        inside.append(upload(client, "k"))
        return original(*args)

    monkeypatch.setattr(cases, "upload_dataset", slow)
    assert upload(client, "k").status_code == 201
    assert (inside[0].status_code, inside[0].json["type"]) == (409, "/problems/idempotency-in-flight")
    assert inside[0].headers["Retry-After"]


@pytest.mark.parametrize("key", ["", "with space", "x" * 201, "é"])
def test_keys_that_are_none(client: ContractClient, key: str) -> None:
    assert upload(client, key).json["type"] == "/problems/invalid-header"


def test_request_ids(client: ContractClient) -> None:
    assert client.get("/healthz", headers={"X-Request-Id": "mine-1"}).headers["X-Request-Id"] == "mine-1"
    for bad in ("a b", "x" * 65, "<script>", ""):
        made = client.get("/healthz", headers={"X-Request-Id": bad}).headers["X-Request-Id"]
        assert made
        assert made != bad


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LOCALHOST:8080", 200),
        ("127.0.0.1:5000", 200),
        ("[::1]:80", 200),
        ("evil.example", 421),
        ("localhost.evil.example", 421),
        ("localhost:80@evil.example", 421),
        ("", 421),
    ],
)
def test_hosts(client: ContractClient, host: str, status: int) -> None:
    assert client.get("/healthz", environ_overrides={"HTTP_HOST": host}).status_code == status


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost.evil.example", "http://["])
def test_other_sites_may_look_but_not_touch(client: ContractClient, origin: str) -> None:
    answer = client.post("/v1/runs", json={}, headers={"Origin": origin})
    assert (answer.status_code, answer.json["type"]) == (403, "/problems/foreign-origin")
    seen = client.get("/v1/runs", headers={"Origin": origin})
    assert seen.status_code == 200
    assert "Access-Control-Allow-Origin" not in seen.headers


def test_our_own_origin(client: ContractClient) -> None:
    assert client.post("/v1/runs", json={}, headers={"Origin": "http://localhost"}).status_code == 422


@pytest.mark.parametrize("path", ["/healthz", "/v1/runs", "/nothing"])
def test_headers_that_every_answer_has(client: ContractClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["Cache-Control"] in ("no-store", "private, no-cache")
    assert headers["X-Request-Id"]


def test_a_fault_of_ours_tells_nothing(
    client: ContractClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the secret is 1234")

    monkeypatch.setattr(cases, "list_datasets", broken)
    answer = client.get("/v1/datasets")
    assert (answer.status_code, answer.json["type"]) == (500, "/problems/internal-error")
    assert "1234" not in answer.get_data(as_text=True)
    assert "1234" in caplog.text


def test_the_log_holds_no_secret(api: Api, client: ContractClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="service")
    client.get("/v1/runs?cursor=hush")
    secret = client.environ_base["HTTP_AUTHORIZATION"].split(".")[1]
    told = caplog.text + "".join(str(vars(record)) for record in caplog.records)
    assert "/v1/runs" in told
    assert secret not in told
    assert "hush" not in told


class Outage:
    """A store that can be switched off."""

    def __init__(self, store: Any) -> None:
        self.store, self.down = store, False

    def __getattr__(self, name: str) -> Any:
        def ask(*args: Any, **kwargs: Any) -> Any:
            if self.down:
                raise StoreUnavailable("down")
            return getattr(self.store, name)(*args, **kwargs)

        return ask


def test_the_store_goes_down_and_predictions_go_on(trained: Trained) -> None:
    outage: Any = Outage(trained.api.context.objects)
    context = replace(trained.api.context, objects=outage)
    client = Api(context, create_app(context)).client("read", "train")
    path, request = "/v1/models/shapes/versions/champion/predict", {"rows": [{"color": "red", "size": 1}]}
    before = client.post(path, json=request).json
    assert client.get("/readyz").status_code == 200

    outage.down = True
    assert client.post(path, json=request).json == before
    for answer in (
        client.get("/v1/datasets"),
        client.get("/v1/models/shapes"),
        client.post("/v1/models/shapes/versions/1/predict", json=request),
        client.post("/v1/runs", json={"dataset": trained.dataset, "target": "label"}),
        client.post("/v1/datasets", data=TABLE, content_type=CSV),
    ):
        assert (answer.status_code, answer.json["type"]) == (503, "/problems/store-unavailable")
        assert answer.headers["Retry-After"]
    readiness = client.get("/readyz")
    assert (readiness.status_code, readiness.json["store"], readiness.json["database"]) == (503, False, True)
    assert client.get("/healthz").status_code == 200
