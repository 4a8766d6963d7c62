"""Models, versions and aliases over HTTP."""

import hashlib
from collections.abc import Iterator

import pytest
from jsonschema import Draft202012Validator

from automl.bundles.bundle import load_bundle
from tests.servers.api import Trained
from tests.servers.contract import ContractClient

BASE = "/v1/models/shapes"


@pytest.fixture
def client(trained: Trained) -> ContractClient:
    return trained.api.client("read", "train", "admin")


def test_the_model_and_its_version(client: ContractClient, trained: Trained) -> None:
    model = client.get(BASE).json
    assert client.get("/v1/models").json["items"] == [model]
    assert model["latest"] == "shapes:1"
    assert model["aliases"]["champion"] == 1
    version = client.get(f"{BASE}/versions/1").json
    assert version.pop("rule_in_force") is None
    assert client.get(f"{BASE}/versions").json["items"] == [version]
    for ref in ("latest", "champion"):
        assert client.get(f"{BASE}/versions/{ref}").json == {**version, "rule_in_force": None}
    assert (version["id"], version["task"], version["target"]) == ("shapes:1", "binary", "label")
    assert set(version["classes"]) == {"yes", "no"}
    assert "champion" in version["aliases"]
    assert version["lineage"]["dataset"] == trained.dataset
    assert version["metrics"]["average_precision"]["value"] > 0


def test_the_bundle_whole_in_parts_and_not_again(client: ContractClient) -> None:
    path = f"{BASE}/versions/champion/bundle"
    whole = client.get(path)
    body, digest = whole.get_data(), client.get(f"{BASE}/versions/1").json["bundle"]["digest"]
    assert digest == f"sha256:{hashlib.sha256(body).hexdigest()}"
    assert whole.headers["ETag"] == f'"{digest}"'
    assert load_bundle(body).task == "binary"

    part = client.get(path, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.get_data()) == (206, body[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(body)}"
    assert client.get(path, headers={"Range": "bytes=-5"}).get_data() == body[-5:]
    assert client.get(path, headers={"Range": "bytes=10-19", "If-Range": '"old"'}).get_data() == body
    assert client.get(path, headers={"Range": "lines=1-2"}).get_data() == body
    assert client.get(path, headers={"If-None-Match": f'"{digest}"'}).status_code == 304
    assert client.head(path).headers["Content-Length"] == str(len(body))

    beyond = client.get(path, headers={"Range": f"bytes={len(body)}-"})
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{len(body)}")


def test_the_schema_tells_what_to_send(client: ContractClient) -> None:
    schema = client.get(f"{BASE}/versions/1/schema").json
    Draft202012Validator.check_schema(schema)
    sample = schema["examples"][0]
    Draft202012Validator(schema).validate(sample)
    assert client.post(f"{BASE}/versions/1/predict", json=sample).status_code == 200


@pytest.fixture
def alias(client: ContractClient) -> Iterator[str]:
    path = f"{BASE}/aliases/production"
    yield path
    if client.get(path).status_code == 200:
        client.delete(path, headers={"If-Match": "*"})


def test_an_alias_is_moved_only_by_who_has_seen_it(client: ContractClient, alias: str) -> None:
    made = client.put(alias, json={"version": 1, "reason": "first"}, headers={"If-None-Match": "*"})
    etag = made.headers["ETag"]
    assert (made.status_code, made.json["model_version"], made.json["by"]) == (201, "shapes:1", "test")
    assert client.get(alias).headers["ETag"] == etag
    assert client.get(alias, headers={"If-None-Match": etag}).status_code == 304

    def put(**headers: str) -> tuple[int, str]:
        answer = client.put(alias, json={"version": 1}, headers={k.replace("_", "-"): v for k, v in headers.items()})
        return answer.status_code, answer.json.get("type", "")

    assert put() == (428, "/problems/precondition-required")
    assert put(If_None_Match="*") == (412, "/problems/stale")
    assert put(If_Match='"old"') == (412, "/problems/stale")
    assert put(If_Match=f"W/{etag}") == (412, "/problems/stale")
    assert put(If_Match="no etag") == (412, "/problems/stale")
    assert put(If_Match=f'"old", {etag}') == (200, "")
    assert put(If_Match=etag) == (412, "/problems/stale")
    assert put(If_Match="*") == (200, "")


def test_delete_and_history(client: ContractClient, alias: str) -> None:
    assert client.delete(alias, headers={"If-Match": '"x"'}).status_code == 412
    assert client.delete(alias).status_code == 404
    etag = client.put(alias, json={"version": 1, "reason": "why not"}).headers["ETag"]
    assert client.delete(alias).status_code == 428
    assert client.delete(alias, headers={"If-Match": etag}).status_code == 204
    assert client.get(alias).status_code == 404
    moves = client.get(f"{alias}/history").json["items"]
    assert [(move["kind"], move["version"]) for move in moves[:2]] == [("delete", None), ("set", 1)]
    assert moves[1]["reason"] == "why not"


def test_rollback(client: ContractClient, alias: str) -> None:
    etag = client.put(alias, json={"version": 1}).headers["ETag"]
    assert client.post(f"{alias}/rollback").status_code == 428
    answer = client.post(f"{alias}/rollback", headers={"If-Match": etag})
    assert (answer.status_code, answer.json["type"]) == (404, "/problems/no-earlier-version")


@pytest.mark.parametrize("name", ["UPPER", "123", "latest", "-a", "a" * 65, "a.b", "%20"])
def test_names_that_no_alias_may_have(client: ContractClient, name: str) -> None:
    answer = client.put(f"{BASE}/aliases/{name}", json={"version": 1})
    assert (answer.status_code, answer.json["type"]) == (422, "/problems/invalid-name")


def test_an_alias_of_nothing(client: ContractClient) -> None:
    assert client.put(f"{BASE}/aliases/x", json={"version": 99}).status_code == 404
    assert client.put("/v1/models/none/aliases/x", json={"version": 1}).status_code == 404
    for version in (0, -1, "1", None, 10**20):
        assert client.put(f"{BASE}/aliases/x", json={"version": version}).status_code == 422


def test_all_aliases(client: ContractClient, alias: str) -> None:
    client.put(alias, json={"version": 1})
    names = [item["alias"] for item in client.get(f"{BASE}/aliases").json["items"]]
    assert {"champion", "production"} <= set(names)
