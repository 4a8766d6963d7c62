"""Runs over HTTP: queued, followed, cancelled; what they leave behind."""

import json
from typing import Any

import numpy as np
import pytest

from service.sse import Event, parse_events
from tests.servers.api import CSV, Api, Trained, rows_csv
from tests.servers.contract import ContractClient


@pytest.fixture
def dataset(client: ContractClient) -> str:
    found: str = client.post("/v1/datasets?name=My+shapes.csv", data=rows_csv(60), content_type=CSV).json["id"]
    return found


def start(client: ContractClient, dataset: str, **more: Any) -> dict[str, Any]:
    answer = client.post("/v1/runs", json={"dataset": dataset, "target": "label", **more})
    assert answer.status_code == 202, answer.json
    run: dict[str, Any] = answer.json
    return run


def test_two_fields_are_enough(client: ContractClient, dataset: str) -> None:
    answer = client.post("/v1/runs", json={"dataset": dataset, "target": "label"})
    run = answer.json
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"/v1/runs/{run['id']}"
    assert answer.headers["Retry-After"]
    assert (run["state"], run["model"], run["best"], run["model_version"]) == ("queued", "my-shapes-label", None, None)
    assert run["request"]["budget"] == {"timeout_s": 60.0, "max_trials": None}
    assert [run["progress"][name] for name in ("time_left_s", "trials_left")] == [60.0, None]
    assert client.get(answer.headers["Location"]).json == run


def test_a_run_from_its_start_to_its_winner(trained: Trained) -> None:
    client = trained.api.client("read")
    run = client.get(f"/v1/runs/{trained.run}").json
    assert (run["state"], run["model_version"], run["task"]) == ("succeeded", "shapes:1", "binary")
    assert run["progress"]["trials"] == 2
    assert [run["progress"][name] for name in ("time_left_s", "max_trials", "trials_left")] == [0, 2, 0]
    trials = client.get(f"/v1/runs/{trained.run}/trials").json["items"]
    assert [trial["number"] for trial in trials] == [0, 1]
    for trial in trials:
        assert len(trial["rounds"]) == len(trial["fold_scores"]) > 0
        assert (trial["share"], trial["parents"], trial["cut_folds"]) == (1.0, [], [])
    ranked = client.get(f"/v1/runs/{trained.run}/leaderboard").json["items"]
    assert [trial["rank"] for trial in ranked] == list(range(1, len(ranked) + 1))
    assert ranked[0]["number"] == run["best"]["trial"]
    assert ranked[0]["score"] == run["best"]["score"]
    best = client.get(f"/v1/runs/{trained.run}/best")
    assert (best.status_code, best.headers["Location"]) == (303, "/v1/models/shapes/versions/1")
    assert client.get(best.headers["Location"]).json["run"] == trained.run


def test_generations_and_what_is_left_are_seen(api: Api, client: ContractClient, dataset: str) -> None:
    run = start(client, dataset, search={"algorithm": "genetic"}, budget={"max_trials": 15})
    assert run["progress"]["trials_left"] == 15
    assert api.work()
    bred = [trial for trial in client.get(f"/v1/runs/{run['id']}/trials").json["items"] if trial["generation"]]
    assert bred
    for trial in bred:
        assert trial["proposer"] == "genetic"
        assert all(parent < trial["number"] for parent in trial["parents"])


def test_a_run_along_time_with_weights(api: Api, client: ContractClient) -> None:
    body = "day,size,weight,label\n" + "".join(
        f"{i},{i * 37 % 101},{i % 3},{'ab'[i * 37 % 101 > 50]}\n" for i in range(100)
    )
    dataset = client.post("/v1/datasets", data=body.encode(), content_type=CSV).json["id"]
    split = {"kind": "time", "column": "day", "gap": 2, "holdout": 0.25, "folds": 3}
    run = start(client, dataset, split=split, weights="weight", slices=["weight"], budget={"max_trials": 1})
    assert run["request"]["split"] == {**split, "repeats": 1}
    assert api.work()
    version = client.get(client.get(f"/v1/runs/{run['id']}/best").headers["Location"]).json
    assert version["lineage"]["request"]["split_column"] == "day"
    report = client.get(f"/v1/runs/{run['id']}/report").json
    assert report["rows"] == 25
    assert sum(entry["holdout"]["rows"] for entry in report["slices"]["asked"]["weight"]) == 25
    assert np.sum(report["confusion_matrix"]["weights"]) == pytest.approx(sum(i % 3 for i in range(75, 100)))
    assert (report["schedule"]["trial"], report["schedule"]["name"]) == (0, "constant")
    assert set(report["schedule"]["curve"]["rate"]) == {report["schedule"]["base_rate"]}


def test_classes_in_an_order(api: Api, client: ContractClient) -> None:
    body = "size,label\n" + "".join(f"{i % 9},{('low', 'middle', 'high')[i % 9 // 3]}\n" for i in range(90))
    dataset = client.post("/v1/datasets", data=body.encode(), content_type=CSV).json["id"]
    more = {"metric": "kappa_quadratic", "budget": {"max_trials": 1}}
    asked = {"dataset": dataset, "target": "label", **more}
    assert client.post("/v1/runs", json=asked).json["type"] == "/problems/metric-not-for-task"
    assert client.post("/v1/runs", json={**asked, "class_order": ["low", "high"]}).status_code == 422
    run = start(client, dataset, **more, class_order=["low", "middle", "high"])
    assert api.work()
    assert client.get(client.get(f"/v1/runs/{run['id']}/best").headers["Location"]).json["classes"] == [
        "low", "middle", "high",
    ]  # fmt: skip
    assert client.get(f"/v1/runs/{run['id']}/report").json["metrics"]["kappa_quadratic"]["value"] > 0.5


def test_a_run_under_constraints(api: Api, client: ContractClient, dataset: str) -> None:
    asked = {
        "params": {"extra_trees": True},
        "ranges": {"num_leaves": [4, 9]},
        "monotone": {"size": 1},
        "interactions": [["size"]],
        "families": ["boosted", "forest"],
    }
    run = start(client, dataset, constraints=asked, positive="yes", budget={"max_trials": 4})
    assert (run["request"]["constraints"], run["request"]["ignore"]) == (asked, [])
    assert api.work()
    trials = client.get(f"/v1/runs/{run['id']}/trials").json["items"]
    assert len(trials) == 4
    assert all(trial["params"]["extra_trees"] and 4 <= trial["params"]["num_leaves"] <= 9 for trial in trials)
    path = client.get(f"/v1/runs/{run['id']}/best").headers["Location"]
    assert client.get(path).json["lineage"]["request"]["monotone"] == {"size": 1}
    rows = [{"color": color, "size": size / 4} for color in ("red", "blue") for size in range(40)]
    answers = client.post(f"{path}/predict", json={"rows": rows}).json["probabilities"]
    rising = [answer["yes"] for answer in answers]
    assert rising[:40] == sorted(rising[:40])
    assert rising[40:] == sorted(rising[40:])


def test_what_is_ignored_is_not_asked_for_again(api: Api, client: ContractClient, dataset: str) -> None:
    run = start(client, dataset, ignore=["size"], budget={"max_trials": 1})
    assert run["request"]["ignore"] == ["size"]
    assert api.work()
    path = client.get(f"/v1/runs/{run['id']}/best").headers["Location"]
    assert client.post(f"{path}/predict", json={"rows": [{"color": "red"}]}).status_code == 200
    assert client.get(f"{path}/schema").json["properties"]["rows"]["items"]["required"] == ["color"]


def test_a_request_can_be_sent_as_it_was_echoed(client: ContractClient, dataset: str) -> None:
    asked = {"params": {"num_leaves": 5}, "interactions": [["size", "color"], ["color"]]}
    echoed = start(client, dataset, constraints=asked)["request"]
    assert client.post("/v1/runs", json=echoed).json["request"] == echoed


def test_a_test_dataset_judges_and_stays_while_it_must(api: Api, client: ContractClient, dataset: str) -> None:
    test = client.post("/v1/datasets?name=later", data=rows_csv(30), content_type=CSV).json["id"]
    run = start(client, dataset, test_dataset=test, budget={"max_trials": 1})
    assert client.delete(f"/v1/datasets/{test}").json["type"] == "/problems/dataset-in-use"
    assert api.work()
    assert client.get(f"/v1/runs/{run['id']}/report").json["rows"] == 30
    lineage = client.get(client.get(f"/v1/runs/{run['id']}/best").headers["Location"]).json["lineage"]
    assert (lineage["test_dataset"], lineage["rows"]) == (test, 60)
    assert lineage["test_dataset_digest"].startswith("sha256:")
    assert client.delete(f"/v1/datasets/{test}").status_code == 204


def test_a_test_dataset_that_will_not_do(client: ContractClient, dataset: str) -> None:
    other = client.post("/v1/datasets", data=b"size,label\n1,yes\n2,no\n", content_type=CSV).json["id"]
    for test, status, said in (
        (dataset, 422, "itself"),
        ("ds_none", 404, "no such"),
        (other, 422, "'color' is missing"),
    ):
        answer = client.post("/v1/runs", json={"dataset": dataset, "target": "label", "test_dataset": test})
        assert answer.status_code == status
        assert said in answer.json["detail"]
    assert answer.json["errors"][0]["pointer"] == "/test_dataset"


def test_a_model_held_to_limits(api: Api, client: ContractClient, dataset: str) -> None:
    limits = {"max_predict_ms": 50, "max_bundle_mb": 0.05}
    run = start(client, dataset, budget={"max_trials": 3}, **limits)
    assert api.work()
    told = client.get(f"/v1/runs/{run['id']}/report").json["ensemble"]
    assert told["limits"] == {"ensemble": True, **limits}
    version = client.get(client.get(f"/v1/runs/{run['id']}/best").headers["Location"]).json
    assert version["bundle"]["bytes"] <= 50_000
    assert version["bundle"]["bytes"] == told["served"]["bundle_mb"] * 1e6
    assert version["lineage"]["warnings"] == told["warnings"] == []


def test_a_limit_that_cannot_be_kept_is_told_with_the_version(api: Api, client: ContractClient, dataset: str) -> None:
    run = start(client, dataset, budget={"max_trials": 1}, max_bundle_mb=0.001)
    assert api.work()
    version = client.get(client.get(f"/v1/runs/{run['id']}/best").headers["Location"]).json
    assert "more than the 0.001 MB of max_bundle_mb" in version["lineage"]["warnings"][0]


@pytest.mark.parametrize("limit", ["max_predict_ms", "max_bundle_mb"])
@pytest.mark.parametrize("value", [0, -1, 1e9, "1", True, []])
def test_a_limit_that_is_none(client: ContractClient, dataset: str, limit: str, value: object) -> None:
    answer = client.post("/v1/runs", json={"dataset": dataset, "target": "label", limit: value})
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, f"/{limit}")


def test_the_report_as_a_page(trained: Trained) -> None:
    client = trained.api.client("read")
    for path in (f"/v1/runs/{trained.run}/report", "/v1/models/shapes/versions/1/report"):
        page = client.get(path, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
        assert (page.status_code, page.mimetype, page.headers["Vary"]) == (200, "text/html", "Accept")
        assert "style-src 'sha256-" in page.headers["Content-Security-Policy"]
        assert client.get(path, headers={"Accept": "*/*"}).mimetype == "application/json"
        again = client.get(path, headers={"Accept": "text/html", "If-None-Match": page.headers["ETag"]})
        assert again.status_code == 304


def test_the_report(trained: Trained) -> None:
    client = trained.api.client("read")
    report = client.get(f"/v1/runs/{trained.run}/report").json
    assert report["verdict"]
    assert set(report["metrics"]["average_precision"]) == {"value", "low", "high"}
    assert set(report["out_of_fold"]["metrics"]) == set(report["metrics"])
    assert {entry["against"] for entry in report["comparisons"]} >= {"dummy", "runner_up"}
    assert report["slices"]["asked"] == {}
    assert client.get("/v1/models/shapes/versions/1/report").json == report


def test_trials_by_pages(trained: Trained) -> None:
    client = trained.api.client("read")
    path = f"/v1/runs/{trained.run}/trials?limit=1"
    first = client.get(path).json
    second = client.get(f"{path}&cursor={first['next_cursor']}").json
    assert [item["number"] for item in first["items"] + second["items"]] == [0, 1]
    assert second["next_cursor"] is None


def test_lists_newest_first_and_filtered(client: ContractClient, dataset: str) -> None:
    older, newer = start(client, dataset, model="a")["id"], start(client, dataset, model="b")["id"]
    client.post(f"/v1/runs/{older}/cancel")

    def ids(query: str) -> list[str]:
        return [item["id"] for item in client.get(f"/v1/runs?{query}").json["items"]]

    assert ids("") == [newer, older]
    assert ids("state=cancelled") == [older]
    assert ids("model=b") == [newer]
    assert ids(f"dataset={dataset}") == [newer, older]
    assert ids("dataset=ds_other") == []


def test_a_cursor_is_good_for_its_own_list_only(client: ContractClient, dataset: str) -> None:
    for _ in range(2):
        start(client, dataset)
    cursor = client.get("/v1/runs?limit=1").json["next_cursor"]
    assert client.get(f"/v1/runs?limit=50&cursor={cursor}").status_code == 200
    for path in (
        f"/v1/runs?state=queued&cursor={cursor}",
        f"/v1/datasets?cursor={cursor}",
        f"/v1/runs?cursor={cursor[:-1]}{'A' if cursor[-1] != 'A' else 'B'}",
        f"/v1/runs?cursor={cursor}A",
    ):
        assert client.get(path).json["type"] == "/problems/invalid-cursor"


def events(client: ContractClient, run: str, **headers: str) -> list[Event]:
    answer = client.get(f"/v1/runs/{run}/events", headers=headers)
    assert answer.mimetype == "text/event-stream"
    return list(parse_events([answer.get_data()]))


def test_events_end_with_the_run_and_go_on_from_where_one_was(trained: Trained) -> None:
    client = trained.api.client("read")
    told = events(client, trained.run)
    assert [event.kind for event in told][:2] == ["state", "state"]
    assert told[-1].data["state"] == "succeeded"
    assert len([event for event in told if event.kind == "trial"]) == 2
    assert [int(event.id or 0) for event in told] == list(range(1, len(told) + 1))
    assert events(client, trained.run, **{"Last-Event-ID": "3"}) == told[3:]
    assert list(parse_events([client.get(f"/v1/runs/{trained.run}/events?last_event_id=3").get_data()])) == told[3:]
    assert events(client, trained.run, **{"Last-Event-ID": str(len(told))}) == []


@pytest.mark.parametrize("seen", ["-1", "abc", "1e3", "99999999999999999999", "²"])
def test_an_event_id_that_is_none(trained: Trained, seen: str) -> None:
    answer = trained.api.client("read").get(
        f"/v1/runs/{trained.run}/events", headers={"Last-Event-ID": seen.encode().decode("latin-1")}
    )
    assert answer.json["type"] == "/problems/invalid-header"


def test_streams_are_few_and_given_back(api: Api, client: ContractClient, dataset: str) -> None:
    run = start(client, dataset)["id"]
    path = f"/v1/runs/{run}/events"
    most = api.context.settings.max_streams
    open_streams = [client.get(path) for _ in range(most)]
    refused = client.get(path)
    assert (refused.status_code, refused.json["type"]) == (429, "/problems/too-many-streams")
    assert refused.headers["Retry-After"]
    for stream in open_streams:
        stream.close()
    last = client.get(path)
    assert last.status_code == 200
    last.close()
    client.head(path).close()
    assert client.get(path).status_code == 200


def test_cancel(api: Api, client: ContractClient, dataset: str) -> None:
    run = start(client, dataset)["id"]
    for body in ({"json": {}}, {}):
        answer = client.post(f"/v1/runs/{run}/cancel", **body)
        assert (answer.status_code, answer.json["state"]) == (202, "cancelled")
    assert not api.work()
    assert client.get(f"/v1/runs/{run}/best").json["type"] == "/problems/no-model-version"
    assert client.get(f"/v1/runs/{run}/report").json["type"] == "/problems/no-model-version"
    assert events(client, run)[-1].data == {"state": "cancelled"}


def test_what_has_ended_cannot_be_cancelled(trained: Trained) -> None:
    answer = trained.api.client("train").post(f"/v1/runs/{trained.run}/cancel")
    assert (answer.status_code, answer.json["type"]) == (409, "/problems/run-ended")


def test_a_full_queue(client: ContractClient, api: Api, dataset: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(api.context.settings.max_queued_runs):
        start(client, dataset)
    answer = client.post("/v1/runs", json={"dataset": dataset, "target": "label"})
    assert (answer.status_code, answer.json["type"]) == (429, "/problems/queue-full")
    assert answer.headers["Retry-After"]


def test_bytes_without_a_type_are_no_request(client: ContractClient) -> None:
    for headers in ({}, {"Content-Type": "text/plain"}, {"Content-Type": "application/x-www-form-urlencoded"}):
        answer = client.post("/v1/runs", data=json.dumps({"dataset": "a", "target": "b"}), headers=headers)
        assert (answer.status_code, answer.json["type"]) == (415, "/problems/unsupported-media-type")
