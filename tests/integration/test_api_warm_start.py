"""Runs over HTTP that begin with what earlier ones found."""

from dataclasses import replace
from typing import Any

import pytest

from automl.types import Trial
from registry.names import Keys
from service.store import Claim, Queue
from tests.servers.api import CSV, Api, Trained, rows_csv
from tests.servers.contract import ContractClient


def start(client: ContractClient, dataset: str, **more: Any) -> dict[str, Any]:
    answer = client.post("/v1/runs", json={"dataset": dataset, "target": "label", "model": "m", **more})
    assert answer.status_code == 202, answer.json
    run: dict[str, Any] = answer.json
    return run


def told(client: ContractClient, run: dict[str, Any]) -> dict[str, Any]:
    report: dict[str, Any] = client.get(f"/v1/runs/{run['id']}/report").json["warm_start"]
    return report


@pytest.fixture
def first(api: Api, client: ContractClient) -> dict[str, Any]:
    """A run of a few trials, which has made `m:1`."""
    dataset = client.post("/v1/datasets?name=shapes", data=rows_csv(), content_type=CSV).json["id"]
    run = start(client, dataset, budget={"timeout_s": 60, "max_trials": 7})
    assert api.work()
    return run


def test_a_run_in_time_begins_with_what_the_table_s_last_run_found(
    api: Api, client: ContractClient, first: dict[str, Any]
) -> None:
    more = client.post("/v1/datasets?name=more", data=rows_csv(200), content_type=CSV).json["id"]
    run = start(client, more, budget={"timeout_s": 3})
    assert run["warm_start"] == ["m:1"]
    assert told(client, first)["detail"].startswith("`max_trials` ends this run")
    assert api.work()
    report = told(client, run)
    assert [(each["version"], each["used"]) for each in report["considered"]] == [("m:1", True)]
    assert report["considered"][0]["detail"] == "the same columns and target"
    trial = client.get(f"/v1/runs/{run['id']}/trials").json["items"][1]
    assert (trial["proposer"], trial["origin"]) == ("warm_start", "m:1")
    assert report["trials"][0]["score"] == trial["score"]


def test_damage_elsewhere_keeps_no_run_from_beginning(api: Api, client: ContractClient, first: dict[str, Any]) -> None:
    api.context.objects.put(Keys("default").version("torn", 1), b"{")
    run = start(client, first["dataset"], budget={"timeout_s": 60})
    assert run["warm_start"] == ["m:1"]


def test_none_is_asked_for(api: Api, client: ContractClient, first: dict[str, Any]) -> None:
    run = start(client, first["dataset"], budget={"timeout_s": 60, "max_trials": 1}, search={"warm_start": "none"})
    assert run["warm_start"] == []
    assert api.work()
    assert told(client, run) == {
        "asked": "none", "detail": "None was asked for.", "considered": [], "trials": []
    }  # fmt: skip


def test_other_families_have_nothing_to_begin_with(trained: Trained) -> None:
    client = trained.api.client("read", "train")
    body = {"dataset": trained.dataset, "target": "label", "constraints": {"families": ["linear"]}}
    answer = client.post("/v1/runs", json={**body, "search": {"warm_start": "shapes:1"}})
    assert (answer.status_code, answer.json["type"]) == (422, "/problems/unusable-warm-start")
    run = client.post("/v1/runs", json=body).json
    assert run["warm_start"] == []
    client.post(f"/v1/runs/{run['id']}/cancel")


class Killed(BaseException):
    """What no handler catches, as none would catch SIGKILL."""


def test_a_killed_worker_s_run_goes_on_from_where_it_began(
    api: Api, client: ContractClient, first: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"budget": {"timeout_s": 60, "max_trials": 5}, "search": {"warm_start": "m:1"}}
    whole = start(client, first["dataset"], **asked)
    assert api.work()
    run = start(client, first["dataset"], **asked)
    record = Queue.record_trial

    def killed(queue: Queue, claim: Claim, trial: Trial, elapsed_s: float) -> bool:
        record(queue, claim, trial, elapsed_s)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Queue, "record_trial", killed)
        with pytest.raises(Killed):
            api.work()
    api.context.queue.expire("worker")
    assert api.work()
    trials, others = (
        [replace(trial, seconds=0.0) for trial in api.context.runs.trials(each["id"])] for each in (run, whole)
    )
    assert trials == others
    assert [trial.origin for trial in trials][:2] == [None, "m:1"]


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        ("m:9", 404, "no model version m:9"),
        ("other:1", 404, "no model version other:1"),
        ("values:1", 422, "another task: regression, not binary"),
        ("m@champion", 422, "pattern"),
        ("m:0", 422, "pattern"),
        ("m:1\n", 422, "pattern"),
        ("", 422, "pattern"),
        (None, 422, "string"),
        (["m:1"], 422, "string"),
    ],
)
def test_a_start_that_cannot_be(trained: Trained, asked: Any, status: int, said: str) -> None:
    client = trained.api.client("read", "train")
    values = b"size,label\n" + b"".join(b"%d,%d.5\n" % (row, row * row) for row in range(60))
    if "values" not in str(client.get("/v1/models").json):
        dataset = client.post("/v1/datasets", data=values, content_type=CSV).json["id"]
        body = {"dataset": dataset, "target": "label", "model": "values", "budget": {"max_trials": 1}}
        assert client.post("/v1/runs", json=body).status_code == 202
        assert trained.api.work()
    body = {"dataset": trained.dataset, "target": "label", "search": {"warm_start": asked}}
    answer = client.post("/v1/runs", json=body)
    assert answer.status_code == status
    assert answer.json["errors"][0]["pointer"] == "/search/warm_start"
    assert said in f"{answer.json['detail']} {answer.json['errors'][0]['detail']}"


def test_another_project_s_version_is_like_none(trained: Trained) -> None:
    client = trained.api.client("read", "train", project="neighbour")
    dataset = client.post("/v1/datasets", data=rows_csv(50), content_type=CSV).json["id"]
    body = {"dataset": dataset, "target": "label", "search": {"warm_start": "shapes:1"}}
    answer = client.post("/v1/runs", json=body)
    assert (answer.status_code, answer.json["type"]) == (404, "/problems/not-found")
    mine = client.post("/v1/runs", json={"dataset": dataset, "target": "label"})
    assert mine.json["warm_start"] == []
    assert client.post(f"/v1/runs/{mine.json['id']}/cancel").status_code == 202
