"""Runs over HTTP that are given more when they have ended."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from automl.types import Trial
from service.store import Claim, Queue
from tests.servers.api import CSV, Api, Trained, rows_csv
from tests.servers.contract import ContractClient

Budget = Mapping[str, Any]


@pytest.fixture
def dataset(client: ContractClient) -> str:
    found: str = client.post("/v1/datasets?name=shapes", data=rows_csv(), content_type=CSV).json["id"]
    return found


def start(client: ContractClient, dataset: str, **budget: Any) -> str:
    body = {"dataset": dataset, "target": "label", "model": "m", "budget": {"timeout_s": 60, **budget}}
    answer = client.post("/v1/runs", json=body)
    assert answer.status_code == 202, answer.json
    run: str = answer.json["id"]
    return run


def extend(client: ContractClient, run: str, **budget: Any) -> dict[str, Any]:
    answer = client.post(f"/v1/runs/{run}/extend", json={"budget": budget})
    assert answer.status_code == 202, answer.json
    assert answer.headers["Location"] == f"/v1/runs/{answer.json['id']}"
    assert answer.headers["Retry-After"]
    found: dict[str, Any] = answer.json
    return found


def trials(api: Api, run: str) -> list[Trial]:
    return [replace(trial, seconds=0.0) for trial in api.context.runs.trials(run)]


def manifest(api: Api, version: str) -> dict[str, Any]:
    return api.context.registry_for("default").versions.get("m", version).manifest


def test_more_trials_give_what_as_many_would_have_given(api: Api, client: ContractClient, dataset: str) -> None:
    short = start(client, dataset, max_trials=3)
    assert api.work()
    before = client.get(f"/v1/runs/{short}").json
    run = extend(client, short, max_trials=6)
    assert (run["state"], run["extends"], run["model"], run["model_version"]) == ("queued", short, "m", None)
    assert run["request"] == {**before["request"], "budget": {"timeout_s": 60.0, "max_trials": 6}}
    assert (run["progress"]["trials"], run["progress"]["trials_left"]) == (3, 3)
    assert run["progress"]["elapsed_s"] == before["progress"]["elapsed_s"]
    assert (run["best"], run["task"], run["metric"]) == (before["best"], before["task"], before["metric"])
    assert len(client.get(f"/v1/runs/{run['id']}/leaderboard").json["items"]) > 0
    whole = start(client, dataset, max_trials=6)
    assert api.work()
    assert api.work()
    assert trials(api, run["id"]) == trials(api, whole)
    assert trials(api, short) == trials(api, whole)[:3]
    extended, other = manifest(api, "2"), manifest(api, "3")
    assert extended["lineage"]["extends"] == short
    assert extended["files"] == other["files"]
    assert extended["metrics"] == other["metrics"]
    assert client.get(f"/v1/runs/{short}").json == before
    assert client.get(f"/v1/runs/{run['id']}").json["model_version"] == "m:2"


def test_more_seconds(api: Api, client: ContractClient, dataset: str) -> None:
    short = start(client, dataset, timeout_s=2)
    assert api.work()
    run = extend(client, short, timeout_s=12)  # so many that a busy machine makes a trial in them, too
    assert 0 < run["progress"]["time_left_s"] < 11
    assert api.work()
    ended = client.get(f"/v1/runs/{run['id']}").json
    assert (ended["state"], ended["model_version"]) == ("succeeded", "m:2")
    assert ended["progress"]["trials"] > run["progress"]["trials"]


class Killed(BaseException):
    """What no handler catches, as none would catch SIGKILL."""


def test_a_worker_killed_during_an_extension_loses_no_trial(
    api: Api, client: ContractClient, dataset: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    short, whole = start(client, dataset, max_trials=2), start(client, dataset, max_trials=5)
    assert api.work()
    assert api.work()
    run = extend(client, short, max_trials=5)["id"]
    record = Queue.record_trial

    def killed(queue: Queue, claim: Claim, trial: Trial, elapsed_s: float) -> bool:
        record(queue, claim, trial, elapsed_s)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Queue, "record_trial", killed)
        with pytest.raises(Killed):
            api.work()
    assert client.get(f"/v1/runs/{run}").json["progress"]["trials"] == 3
    api.context.queue.expire("worker")
    assert api.work()
    assert trials(api, run) == trials(api, whole)
    assert manifest(api, "3")["files"] == manifest(api, "2")["files"]


def test_the_same_request_again_extends_once(api: Api, client: ContractClient, trained: Trained) -> None:
    mine = trained.api.client("read", "train")
    path, body = f"/v1/runs/{trained.run}/extend", {"budget": {"max_trials": 3}}
    headers = {"Idempotency-Key": "more"}
    first, again = (mine.post(path, json=body, headers=headers) for _ in range(2))
    assert (again.status_code, again.json) == (202, first.json)
    assert again.headers["Idempotent-Replayed"] == "true"
    other = mine.post(path, json=body)
    assert other.json["id"] != first.json["id"]
    for run in (first.json["id"], other.json["id"]):
        cancelled = mine.post(f"/v1/runs/{run}/cancel").json
        assert (cancelled["state"], cancelled["progress"]["trials"]) == ("cancelled", 2)


def test_a_cancelled_run_goes_on_and_so_does_that(api: Api, client: ContractClient, dataset: str) -> None:
    run = start(client, dataset, max_trials=2)
    client.post(f"/v1/runs/{run}/cancel")
    second = extend(client, run, max_trials=2)["id"]
    assert api.work()
    third = extend(client, second, max_trials=3)
    assert (third["extends"], third["progress"]["trials"]) == (second, 2)


@pytest.mark.parametrize(
    ("budget", "places", "said"),
    [
        ({}, ["/budget/max_trials"], "ask for more"),
        ({"timeout_s": None, "max_trials": None}, ["/budget/max_trials"], "ask for more"),
        ({"timeout_s": 60, "max_trials": 2}, ["/budget/max_trials"], "2 trials are made; ask for more"),
        ({"timeout_s": 120}, ["/budget/max_trials"], "2 trials are made; ask for more"),
        ({"max_trials": 1}, ["/budget/max_trials"], "the run had 2 trials; they may not become fewer"),
        ({"timeout_s": 59, "max_trials": 9}, ["/budget/timeout_s"], "had 60 seconds"),
        ({"timeout_s": 1, "max_trials": 1}, ["/budget/timeout_s", "/budget/max_trials"], "fewer"),
        ({"timeout_s": 1e9}, ["/budget/timeout_s"], "86400"),
        ({"max_trials": 0}, ["/budget/max_trials"], "greater"),
        ({"trials": 9}, ["/budget/trials"], "trials"),
    ],
)
def test_a_budget_that_is_no_larger(trained: Trained, budget: Budget, places: list[str], said: str) -> None:
    client = trained.api.client("train")
    answer = client.post(f"/v1/runs/{trained.run}/extend", json={"budget": budget})
    assert answer.status_code == 422, answer.json
    assert [fault["pointer"] for fault in answer.json["errors"]] == places
    assert said in str(answer.json)


@pytest.mark.parametrize(
    ("budget", "said"),
    [
        ({"timeout_s": 2.6}, "1.7 seconds are spent; ask for 3 or more in all"),
        ({"timeout_s": 9, "max_trials": 500}, "no limit of trials"),
        ({}, "ask for more seconds or more trials than the run had"),
    ],
)
def test_time_that_is_spent_and_trials_that_were_not_limited(
    api: Api, client: ContractClient, dataset: str, budget: Budget, said: str
) -> None:
    run = start(client, dataset, timeout_s=2.5 if budget else 3)
    claim = api.context.queue.claim("worker")
    assert claim is not None
    api.context.queue.finish(claim, "succeeded", model_version="m:1", elapsed_s=1.7)
    answer = client.post(f"/v1/runs/{run}/extend", json={"budget": budget})
    assert (answer.status_code, answer.json["type"]) == (422, "/problems/budget-not-larger")
    assert said in answer.json["detail"]


def test_what_cannot_be_extended(api: Api, client: ContractClient, dataset: str) -> None:
    body = {"budget": {"max_trials": 50}}
    run = start(client, dataset, max_trials=2)
    waiting = client.post(f"/v1/runs/{run}/extend", json=body)
    assert (waiting.status_code, waiting.json["type"]) == (409, "/problems/run-not-ended")
    for unknown in ("run_0", "nonsense"):
        assert client.post(f"/v1/runs/{unknown}/extend", json=body).status_code == 404
    assert api.client("read").post(f"/v1/runs/{run}/extend", json=body).status_code == 403
    assert api.client("train", project="neighbour").post(f"/v1/runs/{run}/extend", json=body).status_code == 404
    assert client.post(f"/v1/runs/{run}/extend", json={}).status_code == 422
    claim = api.context.queue.claim("worker")
    assert claim is not None
    running = client.post(f"/v1/runs/{run}/extend", json=body)
    assert (running.status_code, running.json["type"]) == (409, "/problems/run-not-ended")
    api.context.queue.finish(claim, "failed", error={"code": "x", "detail": "y"}, elapsed_s=1.0)
    failed = client.post(f"/v1/runs/{run}/extend", json=body)
    assert (failed.status_code, failed.json["type"]) == (409, "/problems/run-failed")


def test_a_run_whose_dataset_is_gone(api: Api, client: ContractClient, dataset: str) -> None:
    run = start(client, dataset, max_trials=2)
    client.post(f"/v1/runs/{run}/cancel")
    assert client.delete(f"/v1/datasets/{dataset}").status_code == 204
    answer = client.post(f"/v1/runs/{run}/extend", json={"budget": {"max_trials": 3}})
    assert (answer.status_code, answer.json["type"]) == (409, "/problems/dataset-missing")
