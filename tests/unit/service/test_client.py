"""The client against a real HTTP server that answers by a script."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from service.client import ApiError, Client, ClientError, read_key
from service.sse import Event

RUNNING = {"state": "running", "progress": {"trials": 1}}
DONE = {"state": "succeeded", "progress": {"trials": 2}}


@dataclass
class Script:
    """Answers in order for each `METHOD path`, the last one for ever; and the requests that came."""

    answers: dict[str, list[tuple[int, dict[str, str], bytes]]] = field(default_factory=dict)
    seen: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""

    def on(self, call: str, status: int, body: object, **headers: str) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers.setdefault(call, []).append((status, named, raw))

    def calls(self) -> list[str]:
        return [call for call, _, _ in self.seen]


@pytest.fixture
def script() -> Iterator[Script]:
    script = Script()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            call = f"{self.command} {self.path}"
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            script.seen.append((call, dict(self.headers), body))
            answers = script.answers[call]
            status, headers, payload = answers.pop(0) if len(answers) > 1 else answers[0]
            self.send_response(status)
            for name, value in {"Content-Length": str(len(payload)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(payload)

        do_GET = do_POST = answer  # noqa: N815 - the names that http.server calls

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        script.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield script
        server.shutdown()


@pytest.fixture
def client(script: Script) -> Client:
    return Client(script.url, "wn_1.secret")


def event(number: int, kind: str, data: object) -> bytes:
    return f"id: {number}\nevent: {kind}\ndata: {json.dumps(data)}\n\n".encode()


def test_an_upload_sends_the_bytes_as_they_are_with_their_type(script: Script, client: Client, tmp_path: Path) -> None:
    script.on("POST /v1/datasets?name=a+b", 201, {"id": "ds_1"})
    path = tmp_path / "a b.ndjson"
    path.write_bytes(b'{"a": 1}\n')
    assert client.upload(path) == {"id": "ds_1"}
    _, headers, body = script.seen[0]
    assert (headers["Content-Type"], headers["Content-Length"], body) == ("application/x-ndjson", "9", b'{"a": 1}\n')
    assert headers["Authorization"] == "Bearer wn_1.secret"


def test_a_busy_service_is_asked_again_with_the_same_idempotency_key(script: Script, client: Client) -> None:
    script.on("POST /v1/runs", 503, {"title": "busy"}, Retry_After="0")
    script.on("POST /v1/runs", 202, {"id": "run_1"})
    assert client.start_run(dataset="ds_1", target="y") == {"id": "run_1"}
    first, second = (headers["Idempotency-Key"] for _, headers, _ in script.seen)
    assert first == second
    assert json.loads(script.seen[1][2]) == {"dataset": "ds_1", "target": "y"}


def test_extending_says_what_there_shall_be_in_all(script: Script, client: Client) -> None:
    script.on("POST /v1/runs/run_1/extend", 202, {"id": "run_2"})
    assert client.extend("run_1", max_trials=20) == {"id": "run_2"}
    assert json.loads(script.seen[0][2]) == {"budget": {"max_trials": 20}}


def test_a_refusal_carries_its_problem(script: Script, client: Client) -> None:
    faults = [{"pointer": "/target", "detail": "there is no such column"}, {"row": 3, "column": "a", "detail": "no"}]
    script.on("POST /v1/runs", 422, {"detail": "Name a column.", "errors": faults})
    with pytest.raises(ApiError) as caught:
        client.start_run(dataset="ds_1", target="z")
    assert caught.value.status == 422
    assert str(caught.value).splitlines() == [
        "Name a column.", "  pointer /target: there is no such column", "  row 3, column a: no",
    ]  # fmt: skip


def test_an_answer_that_is_no_json(script: Script, client: Client) -> None:
    script.on("GET /v1/runs/run_1", 200, b"<html>")
    script.on("GET /v1/runs/run_2", 500, b"<html>")
    with pytest.raises(ClientError, match="not JSON"):
        client.run("run_1")
    with pytest.raises(ApiError, match="Internal Server Error"):
        client.run("run_2")


def test_nobody_there() -> None:
    client = Client("http://127.0.0.1:1", "wn_1.secret")
    assert not client.ready()


def test_following_resumes_after_the_last_event_until_the_run_has_ended(script: Script, client: Client) -> None:
    script.on("GET /v1/runs/run_1/events", 200, event(1, "trial", {"number": 0}))
    script.on("GET /v1/runs/run_1/events", 200, event(2, "state", {"state": "succeeded"}))
    script.on("GET /v1/runs/run_1", 200, RUNNING)
    script.on("GET /v1/runs/run_1", 200, DONE)
    assert list(client.follow("run_1")) == [
        Event("trial", {"number": 0}, "1"),
        Event("run", RUNNING, None),
        Event("state", {"state": "succeeded"}, "2"),
        Event("run", DONE, None),
    ]
    streams = [headers for call, headers, _ in script.seen if call.endswith("/events")]
    assert [headers.get("Last-Event-ID") for headers in streams] == [None, "1"]


def test_following_polls_where_no_stream_can_be_had(script: Script, client: Client) -> None:
    script.on("GET /v1/runs/run_1/events", 503, {"title": "too many streams"})
    script.on("GET /v1/runs/run_1", 200, RUNNING)
    script.on("GET /v1/runs/run_1", 200, DONE)
    assert [event.data for event in client.follow("run_1")] == [RUNNING, DONE]


def test_the_key_comes_from_the_environment_or_from_the_data_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WINNOW_API_KEY", raising=False)
    with pytest.raises(ClientError, match="WINNOW_API_KEY"):
        read_key(tmp_path)
    (tmp_path / "api-key").write_text("wn_file\n")
    assert read_key(tmp_path) == "wn_file"
    monkeypatch.setenv("WINNOW_API_KEY", "wn_env")
    assert read_key(tmp_path) == "wn_env"
