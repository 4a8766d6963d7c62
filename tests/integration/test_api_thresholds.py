"""How a version calls its labels, changed over HTTP without training anew."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import sklearn.metrics as sk
from click.testing import CliRunner
from numpy.typing import NDArray

from automl.bundles.bundle import load_bundle
from automl.evaluation.judgement import Judgement
from automl.predictor import Predictor
from automl.types import Floats
from service.cli import main
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


@dataclass(frozen=True)
class Judged:
    """What a version is and what it said of its holdout."""

    predictor: Predictor
    target: NDArray[Any]
    outputs: Floats

    @classmethod
    def of(cls, trained: Trained) -> "Judged":
        registry = trained.api.context.registry_for("default")
        version = registry.versions.get("shapes", 1)
        kept = registry.versions.judgement(version)
        assert kept
        judged = Judgement.from_bytes(kept).judged
        return cls(load_bundle(registry.versions.bundle(version)), judged.target, judged.outputs)


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


def test_a_rule_of_ones_own_is_told_with_what_the_nearest_stored_point_gives(
    client: ContractClient, trained: Trained
) -> None:
    version = Judged.of(trained)
    points = version.predictor.spec.decisions.points  # type: ignore[union-attr]
    assert points
    told = put(client, {"threshold": 0.3}).json
    at = int(np.argmin(np.abs(points.thresholds - 0.3)))
    hits, flagged = points.hits[at], points.hits[at] + points.misses[at]
    rule, gives = told["rule"], told["rule"]["out_of_fold"]
    assert rule["near"] == points.thresholds[at] != rule["threshold"]
    assert gives["precision"] == pytest.approx(hits / flagged)
    assert gives["recall"] == pytest.approx(hits / points.hits[-1])
    assert gives["f1"] == pytest.approx(2 * hits / (flagged + points.hits[-1]))
    assert gives["alerts"] == pytest.approx(1000 * flagged / (points.hits[-1] + points.misses[-1]))
    assert {"kappa", "mcc", "balanced_accuracy", "g_mean", "accuracy"} < set(gives)
    called = version.outputs[:, 1] >= 0.3
    registry = trained.api.context.registry_for("default")
    assert registry.versions.get("shapes", 1).out_of_fold is None, "of two classes the points are enough"
    assert told["holdout"]["f1"] == pytest.approx(sk.f1_score(version.target, called))
    assert client.get(PATH).json == told


def test_a_rule_that_the_points_find_is_told_with_what_it_gives(client: ContractClient) -> None:
    rule = put(client, {"decision": {"by": "recall", "at_least": 0.77}}).json["rule"]
    assert rule["near"] is None
    assert rule["out_of_fold"]["recall"] >= 0.77
    negative, positive = client.get(BASE).json["classes"]
    costs = {positive: {negative: 100.0}, negative: {positive: 1.0}}
    dear = put(client, {"decision": {"by": "cost", "costs": costs}}).json["rule"]["out_of_fold"]
    assert dear["cost"] < 100 * 0.5
    assert dear["recall"] > 0.9


def test_report_page_and_version_say_that_the_rule_is_another_one(client: ContractClient, trained: Trained) -> None:
    reports = [f"/v1/runs/{trained.run}/report", f"{BASE}/report"]
    before = client.get(reports[0]).json
    published = before["threshold"]["value"]
    assert "in_force" not in before["threshold"]
    assert client.get(BASE).json["rule_in_force"] is None
    assert put(client, {"threshold": published}).status_code == 200
    assert client.get(reports[0]).json == before, "the same rule, set by hand"

    told = put(client, {"threshold": 0.05}).json
    for path in reports:
        in_force = client.get(path).json["threshold"]["in_force"]
        assert (in_force["revision"], in_force["since"]) == (told["revision"], told["changed_at"])
        assert in_force["rule"] == {"by": None, "at": None, "costs": None, "threshold": 0.05, "offsets": None}
        assert in_force["holdout"] == told["holdout"]
        page = client.get(path, headers={"Accept": "text/html"}).get_data(as_text=True)
        assert "The rule has been changed since" in page
        assert "a threshold of 0.05" in page
    said = CliRunner().invoke(main, ["report", "shapes:1", "--data", str(trained.api.context.settings.data)])
    assert "a threshold of 0.05" in said.output

    after = client.get(reports[0]).json
    assert {**after, "threshold": {**after["threshold"], "in_force": None}} == {
        **before,
        "threshold": {**before["threshold"], "in_force": None},
    }
    version = client.get(BASE).json
    assert version["rule_in_force"]["rule"]["threshold"] == 0.05
    assert version["metrics"] == before["metrics"]

    client.delete(PATH, headers={"If-Match": "*"})
    assert client.get(reports[0]).json == before
    assert client.get(BASE).json["rule_in_force"] is None


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
        ({"threshold": "0.3"}, "invalid-request", "/threshold"),
        ({"threshold": True}, "invalid-request", "/threshold"),
        ({"offsets": {"yes": "high", "no": 0.1}}, "invalid-request", "/offsets/yes"),
        ({"offsets": None}, "invalid-request", "/offsets"),
        ({"decision": None}, "invalid-request", "/decision"),
        ({"reason": "why not"}, "invalid-request", None),
    ],
)
def test_what_cannot_be_decided_is_refused_with_one_fault(
    client: ContractClient, body: dict[str, Any], problem: str, pointer: str | None
) -> None:
    answer = put(client, body)
    assert (answer.status_code, answer.json["type"]) == (422, f"/problems/{problem}")
    [fault] = answer.json["errors"]
    if pointer is None:
        assert fault["detail"] == "Send one of `threshold`, `offsets`, `decision`."
    else:
        assert fault["pointer"] == pointer
    assert client.get(PATH).json["source"] == "published"


def test_what_is_no_number_of_json_is_refused(client: ContractClient) -> None:
    headers = {"If-Match": "*", "Content-Type": "application/json"}
    answer = client.put(PATH, data=b'{"threshold": NaN}', headers=headers)
    assert (answer.status_code, answer.json["type"]) == (400, "/problems/malformed-json")


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


def test_many_classes_have_any_rule_afterwards(api: Api) -> None:
    """One that training did not tune: by costs, and of so many classes that it tuned none at all."""
    labels = "abcdefghijklmnopqrstuvw"
    rows = "".join(f"{i % 23 + (i // 23 % 7 - 3) * 0.6},{labels[i % 23]}\n" for i in range(690))
    base = trained_on(api, f"size,label\n{rows}".encode())
    client, path = api.client("read", "admin"), f"{base}/threshold"
    assert [rule["by"] for rule in client.get(path).json["others"]] == []
    macro = put(client, {"decision": {"by": "f1_macro"}}, path=path).json
    assert macro["rule"]["by"] == "f1_macro"
    own = put(client, {"offsets": {name: 30.0 * (name == "b") for name in labels}}, path=path).json
    assert own["rule"]["out_of_fold"]["accuracy"] == pytest.approx(1 / 23, rel=0.1)
    assert own["rule"]["out_of_fold"]["f1_macro"] < macro["rule"]["out_of_fold"]["f1_macro"]
    costs = {true: {called: 1.0 + 500 * (true == "a") for called in labels if called != true} for true in labels}
    cheap = put(client, {"decision": {"by": "cost", "costs": costs}}, path=path).json
    assert cheap["rule"]["offsets"]["a"] > 1
    likeliest = put(client, {"decision": {"by": "likeliest"}}, path=path).json["rule"]
    assert set(likeliest["offsets"].values()) == {0.0}
    assert "cost" in cheap["holdout"]
    put(client, {"decision": {"by": "cost", "costs": costs}}, path=path)
    assert "other offsets for cost" in client.get(f"{base}/report").json["threshold"]["in_force"]["detail"]
    refused = put(client, {"decision": {"by": "kappa_quadratic"}}, path=path).json
    assert refused["errors"][0]["pointer"] == "/decision/by"


def test_a_version_that_kept_no_rows_says_what_to_do(api: Api) -> None:
    rows = "".join(f"{i * 37 % 90},{'abc'[i * 37 % 90 // 30]}\n" for i in range(240))
    base = trained_on(api, f"size,label\n{rows}".encode())
    registry = api.context.registry_for("default")
    old = registry.versions.get("m", 1)
    registry.publish("m", "run_old", registry.versions.bundle(old), old.manifest, registry.versions.report(old))
    client, path = api.client("read", "admin"), f"{base[:-1]}2/threshold"
    costs = {true: {called: 1 for called in "abc" if called != true} for true in "abc"}
    refused = put(client, {"decision": {"by": "cost", "costs": costs}}, path=path)
    assert refused.status_code == 422
    assert "train again with this `decision`" in refused.json["detail"]
    assert put(client, {"decision": {"by": "kappa"}}, path=path).json["rule"]["out_of_fold"]["kappa"] > 0
    own = put(client, {"offsets": {"a": 0.0, "b": 1.0, "c": 0.0}}, path=path).json
    assert (own["rule"]["out_of_fold"], own["holdout"]) == ({}, None)


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
