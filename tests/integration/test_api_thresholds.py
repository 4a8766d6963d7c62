"""How a version calls its labels, changed over HTTP without training anew."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.servers.api import CSV, Api, Trained
from tests.servers.contract import ContractClient

BASE = "/v1/models/shapes/versions/1"
PATH = f"{BASE}/threshold"
ROWS = [{"color": color, "size": size} for color in ("red", "green", "blue") for size in (1, 5, 9)]


@pytest.fixture
def client(trained: Trained) -> Iterator[ContractClient]:
    client = trained.api.client("read", "train", "admin")
    yield client
    if client.get(PATH).json["source"] == "set":
        client.delete(PATH, headers={"If-Match": "*"})


def put(client: ContractClient, body: dict[str, Any], etag: str = "*", path: str = PATH) -> Any:
    return client.put(path, json=body, headers={"If-Match": etag})


def predict(client: ContractClient) -> dict[str, Any]:
    found: dict[str, Any] = client.post(f"{BASE}/predict", json={"rows": ROWS}).json
    return found


def test_it_is_told_with_what_it_gave_and_what_else_there_is(client: ContractClient, trained: Trained) -> None:
    told = client.get(PATH).json
    assert told["model_version"] == "shapes:1"
    assert told["source"] == "published"
    report = client.get(f"/v1/runs/{trained.run}/report").json["threshold"]
    assert told["rule"]["threshold"] == report["value"]
    assert (told["rule"]["by"], told["rule"]["offsets"]) == ("f1", None)
    assert told["rule"]["out_of_fold"]["f1"] == max(
        rule["out_of_fold"]["f1"] for rule in [told["rule"], *told["others"]]
    )
    assert {rule["by"] for rule in told["others"]} >= {"kappa", "mcc", "precision", "recall", "alerts", "likeliest"}
    for ref in ("latest", "champion"):
        assert client.get(f"/v1/models/shapes/versions/{ref}/threshold").json == told


def test_a_threshold_of_ones_own_is_used_at_once_named_and_taken_back(client: ContractClient) -> None:
    before = predict(client)
    etag = client.get(PATH).headers["ETag"]
    negative, positive = client.get(BASE).json["classes"]
    cut = max(row[positive] for row in before["probabilities"])
    answer = put(client, {"threshold": cut, "reason": "too many alarms"}, etag)
    assert answer.status_code == 200
    told = answer.json
    assert (told["source"], told["rule"]["threshold"], told["rule"]["by"]) == ("set", cut, None)
    assert (told["changed_by"], told["reason"]) == ("test", "too many alarms")
    assert client.get(PATH).headers["ETag"] == answer.headers["ETag"] != etag

    after = predict(client)
    assert after["decision"] == {"revision": told["revision"], "threshold": cut, "offsets": None}
    assert after["probabilities"] == before["probabilities"]
    assert after["predictions"] == [positive if row[positive] >= cut else negative for row in after["probabilities"]]
    assert after["predictions"].count(positive) < before["predictions"].count(positive)
    table = client.post(f"{BASE}/predict", data=b"color,size\nred,1\n", content_type=CSV)
    assert table.headers["X-Decision-Revision"] == str(told["revision"])

    assert client.delete(PATH, headers={"If-Match": answer.headers["ETag"]}).status_code == 204
    again = predict(client)
    assert again["decision"] == {**before["decision"], "revision": told["revision"] + 1}
    assert again["predictions"] == before["predictions"]
    newest, older, *_ = client.get(f"{PATH}/history").json["items"]
    assert (newest["revision"], newest["rule"]) == (told["revision"] + 1, None)
    assert (older["rule"]["threshold"], older["reason"]) == (cut, "too many alarms")


def test_a_rule_by_what_the_bundle_keeps(client: ContractClient) -> None:
    told = put(client, {"decision": {"by": "recall", "at_least": 0.97}}).json["rule"]
    assert (told["by"], told["at"], told["met"]) == ("recall", 0.97, True)
    strict = put(client, {"decision": {"by": "alerts", "at_most": 100}}).json["rule"]["threshold"]
    assert strict > told["threshold"]
    negative, positive = client.get(BASE).json["classes"]
    costs = {positive: {negative: 100.0}, negative: {positive: 1.0}}
    dear = put(client, {"decision": {"by": "cost", "costs": costs}}).json["rule"]
    assert (dear["costs"], dear["threshold"] < strict) == (costs, True)


def test_only_who_has_seen_it_may_change_it(client: ContractClient, trained: Trained) -> None:
    body = {"threshold": 0.5}
    assert client.put(PATH, json=body).json["type"] == "/problems/precondition-required"
    assert put(client, body, '"old"').json["type"] == "/problems/stale"
    assert client.put(PATH, json=body, headers={"If-None-Match": "*"}).json["type"] == "/problems/stale"
    assert client.delete(PATH).status_code == 428
    etag = client.get(PATH).headers["ETag"]
    assert client.get(PATH, headers={"If-None-Match": etag}).status_code == 304
    assert put(client, body, etag).status_code == 200
    assert put(client, body, etag).status_code == 412
    assert trained.api.client("read", "train").put(PATH, json=body, headers={"If-Match": "*"}).status_code == 403
    stranger = trained.api.client("read", "admin", project="other")
    assert stranger.get(PATH).status_code == stranger.get(f"{PATH}/history").status_code == 404


@pytest.mark.parametrize(
    ("body", "problem", "pointer"),
    [
        ({}, "invalid-request", None),
        ({"threshold": 1.5}, "invalid-request", "/threshold"),
        ({"threshold": None}, "invalid-request", "/threshold"),
        ({"threshold": 0.5, "offsets": {}}, "invalid-request", None),
        ({"threshold": 0.5, "why": "x"}, "invalid-request", "/why"),
        ({"offsets": {"yes": 0.1, "no": 0.2}}, "decision-not-for-task", "/offsets"),
        ({"decision": {"by": "f1_macro"}}, "decision-not-for-task", "/decision/by"),
        ({"decision": {"by": "precision"}}, "invalid-request", "/decision/at_least"),
        ({"decision": {"by": "luck"}}, "invalid-request", "/decision"),
        ({"decision": {"by": "cost", "costs": {"yes": {"maybe": 1}}}}, "unusable-costs", "/decision/costs"),
    ],
)
def test_what_cannot_be_decided_is_refused(
    client: ContractClient, body: dict[str, Any], problem: str, pointer: str | None
) -> None:
    answer = put(client, body)
    assert (answer.status_code, answer.json["type"]) == (422, f"/problems/{problem}")
    assert pointer is None or pointer in [error["pointer"] for error in answer.json["errors"]]
    assert client.get(PATH).json["source"] == "published"


def test_nothing_of_what_is_not_there(client: ContractClient) -> None:
    for path in ("/v1/models/shapes/versions/99/threshold", "/v1/models/none/versions/1/threshold"):
        assert client.get(path).status_code == client.get(f"{path}/history").status_code == 404
        assert put(client, {"threshold": 0.5}, path=path).status_code == 404


def trained_on(api: Api, body: bytes, **more: Any) -> str:
    client = api.client("train", "read")
    dataset = client.post("/v1/datasets", data=body, content_type=CSV).json["id"]
    asked = {"dataset": dataset, "target": "label", "model": "m", "budget": {"timeout_s": 60, "max_trials": 1}}
    assert client.post("/v1/runs", json={**asked, **more}).status_code == 202
    assert api.work()
    return "/v1/models/m/versions/1"


def test_many_classes_have_offsets(api: Api) -> None:
    rows = "".join(f"{i * 37 % 90},{'abc'[(i * 37 % 90 + i % 7 * 3) // 37]}\n" for i in range(240))
    base = trained_on(api, f"size,label\n{rows}".encode(), decision={"by": "balanced_accuracy"})
    client = api.client("read", "admin")
    path = f"{base}/threshold"
    told = client.get(path).json
    assert (told["rule"]["by"], told["rule"]["threshold"]) == ("balanced_accuracy", None)
    assert set(told["rule"]["offsets"]) == {"a", "b", "c"}
    offsets = {"a": 0.0, "b": 50.0, "c": 0.0}
    assert put(client, {"offsets": offsets}, path=path).json["rule"]["offsets"] == offsets
    answer = client.post(f"{base}/predict", json={"rows": [{"size": 1}, {"size": 80}]}).json
    assert (answer["predictions"], answer["decision"]["offsets"]) == (["b", "b"], offsets)
    assert put(client, {"offsets": {"a": 1.0}}, path=path).json["errors"][0]["pointer"] == "/offsets"
    assert put(client, {"threshold": 0.5}, path=path).json["type"] == "/problems/decision-not-for-task"
    assert put(client, {"decision": {"by": "mcc"}}, path=path).json["rule"]["by"] == "mcc"
    refused = put(client, {"decision": {"by": "cost", "costs": {k: dict.fromkeys("abc", 1) for k in "abc"}}}, path=path)
    assert "tells no rule for 'cost'" in refused.json["detail"]


def test_values_have_no_threshold(api: Api) -> None:
    base = trained_on(api, b"x,label\n" + b"".join(b"%d,%d.25\n" % (i % 9, i % 9 * 3) for i in range(90)))
    client = api.client("read", "admin")
    assert client.get(f"{base}/threshold").json["type"] == "/problems/decision-not-for-task"
    assert put(client, {"threshold": 0.5}, path=f"{base}/threshold").status_code == 422
    assert client.post(f"{base}/predict", json={"rows": [{"x": 1}]}).json["decision"] is None


def test_a_damaged_rule_is_not_used(api: Api, trained: Trained) -> None:
    base = trained_on(api, b"x,label\n" + b"".join(b"%d,%d\n" % (i % 9, i % 9 > 3) for i in range(90)))
    api.context.registry_for("default").decisions.set("m", 1, {"threshold": "high"}, by="test")
    client = api.client("read")
    for answer in (client.get(f"{base}/threshold"), client.post(f"{base}/predict", json={"rows": [{"x": 1}]})):
        assert (answer.status_code, answer.json["type"]) == (500, "/problems/damaged-object")
