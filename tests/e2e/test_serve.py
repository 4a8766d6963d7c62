"""`winnow serve` as processes: what it does for a client, and how it ends."""

import os
import signal
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from service.context import open_context
from service.settings import Settings
from tests.servers.winnow import Served, processes_of

Serve = Callable[..., Served]
TABLE = Path(__file__).parents[2] / "examples" / "german_credit.csv"

pytestmark = pytest.mark.slow


def wait_for(condition: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def main_job(service: Served, **more: Any) -> Mapping[str, Any]:
    """Upload, run, fetch the winner, ask it: what everything is for."""
    client = service.client
    dataset = client.upload(TABLE)
    budget = {"timeout_s": 60, "max_trials": 2}
    run = client.start_run(dataset=dataset["id"], target="target", model="credit", budget=budget, **more)
    events = list(client.follow(run["id"]))
    done = events[-1].data
    assert (done["state"], done["progress"]["trials"]) == ("succeeded", 2), done
    assert sum(event.kind == "trial" for event in events) == 2
    model, _, number = done["model_version"].partition(":")
    version = client.version(model, number)
    assert version["id"] == done["model_version"]
    assert version["id"] == client.version(model, "champion")["id"] or number != "1"
    assert {"dummy", "default_lightgbm"} <= set(client.report(run["id"])["baselines"])
    row = client.schema(model, number)["examples"][0]["rows"][0]
    answer = client.predict(model, number, [row, row])
    assert answer["model_version"] == version["id"]
    assert len(answer["predictions"]) == len(answer["probabilities"]) == 2
    return {"version": version, "answer": answer, "row": row, "dataset": dataset}


def test_every_process_calls_labels_by_the_new_rule_once_it_is_answered(serve: Serve, tmp_path: Path) -> None:
    service = serve(tmp_path / "data", WINNOW_API_PROCESSES="3")
    row, client = main_job(service)["row"], service.client

    def decisions() -> set[tuple[int, float]]:
        """Of so many connections that each process has some."""
        with ThreadPoolExecutor(8) as pool:
            answers = pool.map(lambda _: client.predict("credit", 1, [row])["decision"], range(60))
            return {(answer["revision"], answer["threshold"]) for answer in answers}

    assert {revision for revision, _ in decisions()} == {0}
    for revision, threshold in ((1, 0.11), (2, 0.22)):
        assert client.set_threshold("credit", 1, threshold=threshold)["revision"] == revision
        assert decisions() == {(revision, threshold)}
        assert client.threshold("credit", 1)["rule"]["threshold"] == threshold


def test_the_main_job_on_a_directory_and_again_after_a_restart(serve: Serve, tmp_path: Path) -> None:
    service = serve(tmp_path / "data")
    first = main_job(service)
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(60) == 0
    again = serve(tmp_path / "data")
    assert again.client.predict("credit", 1, [first["row"]])["probabilities"] == first["answer"]["probabilities"][:1]
    second = main_job(again)
    assert second["dataset"]["id"] == first["dataset"]["id"]
    assert second["version"]["id"] == "credit:2"


def test_the_main_job_on_s3_by_one_variable(serve: Serve, tmp_path: Path, s3_url: str) -> None:
    found = main_job(serve(tmp_path / "data", WINNOW_STORE=s3_url))
    assert not (tmp_path / "data" / "store").exists()
    elsewhere = serve(tmp_path / "other", WINNOW_STORE=s3_url)
    answer = elsewhere.client.predict("credit", "champion", [found["row"]])
    assert answer["probabilities"] == found["answer"]["probabilities"][:1]


def test_the_main_job_on_postgresql(serve: Serve, tmp_path: Path, postgres_url: str) -> None:
    main_job(serve(tmp_path / "data", WINNOW_DATABASE_URL=postgres_url))
    assert not (tmp_path / "data" / "winnow.db").exists()


def start_long_run(service: Served) -> str:
    """A run that is on its way and has recorded a trial."""
    client = service.client
    dataset = client.upload(TABLE)
    run = client.start_run(dataset=dataset["id"], target="target", budget={"timeout_s": 600})
    wait_for(lambda: client.run(run["id"])["progress"]["trials"] > 0)
    return str(run["id"])


def test_sigterm_gives_the_run_back_and_leaves_nobody(serve: Serve, tmp_path: Path) -> None:
    service = serve(tmp_path / "data")
    run_id = start_long_run(service)
    assert len(service.family()) >= 3  # gunicorn, its process, the worker
    service.process.send_signal(signal.SIGTERM)
    wait_for(lambda: not service.client.ready())
    assert service.process.wait(60) == 0
    assert processes_of(service.data) == []
    with open_context(Settings(data=service.data)) as context:
        run = context.runs.get("default", run_id)
    assert run
    assert (run.state, run.attempts) == ("queued", 0)
    assert run.trials > 0


def test_an_event_stream_does_not_hold_the_end_up(serve: Serve, tmp_path: Path) -> None:
    service = serve(tmp_path / "data")
    events = service.client.follow(start_long_run(service))
    next(events)
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(15) == 0


def test_kill_9_of_the_command_leaves_nobody_and_the_run_goes_on_elsewhere(serve: Serve, tmp_path: Path) -> None:
    service = serve(tmp_path / "data")
    run_id = start_long_run(service)
    service.process.kill()
    service.process.wait()
    wait_for(lambda: processes_of(service.data) == [])
    again = serve(tmp_path / "data")
    wait_for(lambda: again.client.run(run_id)["state"] == "running")
    again.client.cancel(run_id)
    done = list(again.client.follow(run_id))[-1].data
    assert (done["state"], done["model_version"]) == ("cancelled", "german-credit-target:1")


@pytest.mark.parametrize("module", ["gunicorn", "service"])
def test_a_process_that_is_killed_comes_back(serve: Serve, tmp_path: Path, module: str) -> None:
    service = serve(tmp_path / "data")

    def processes() -> list[int]:
        return [
            pid for pid in service.family() if f"-m\0{module}\0".encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
        ]

    before = processes()
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: processes() and not set(processes()) & set(before))
    wait_for(service.client.ready)
    assert main_job(service)["version"]["id"] == "credit:1"
