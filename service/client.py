"""A small HTTP client for programs and for the demo: upload, run, follow, fetch, predict.

    client = Client("http://127.0.0.1:8080")            # WINNOW_API_KEY, or the key in DIR/api-key
    dataset = client.upload(Path("orders.csv"))
    run = client.start_run(dataset=dataset["id"], target="fraud", model="fraud")
    for event in client.follow(run["id"]):
        print(event.kind, event.data)
    client.predict("fraud", "champion", [{"amount": 12.5}])

Every POST carries its own Idempotency-Key, so a request is sent again after a lost answer without doing its work twice.
"""

import json
import os
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import urllib3

from service import mediatypes
from service.settings import Settings
from service.sse import Event, parse_events

Json = Any
ENDED = frozenset({"succeeded", "failed", "cancelled"})
_POLL_S = 1.0
_QUIET_S = 60.0


class ClientError(Exception):
    """The service cannot be reached, or what it said makes no sense."""


@dataclass
class ApiError(ClientError):
    """The service refused: its status and its problem (RFC 9457)."""

    status: int
    problem: Mapping[str, Json]

    def __str__(self) -> str:
        lines = [str(self.problem.get("detail") or self.problem.get("title") or f"status {self.status}")]
        lines += [f"  {_place(fault)}{fault.get('detail', '')}" for fault in self.problem.get("errors", [])]
        return "\n".join(lines)


def read_key(data: Path | None = None) -> str:
    """The API key of `WINNOW_API_KEY`, else of the file `api-key` in the data directory (`WINNOW_DATA` if not given).

    Raises:
        ClientError: there is neither.
    """
    if key := os.environ.get("WINNOW_API_KEY"):
        return key.strip()
    path = (data or Settings().data) / "api-key"  # firststart.KEY_FILE, without importing its database
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ClientError(f"no API key: set WINNOW_API_KEY, or let {path} be readable ({error.strerror})") from error


class Client:
    """One service, one key. Safe to share between threads.

    Every method raises `ApiError` when the service refuses and `ClientError` when it cannot be reached.
    """

    def __init__(self, url: str, key: str | None = None, *, timeout_s: float = 60.0) -> None:
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {key or read_key()}", "Accept": "application/json"}
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=5.0, read=timeout_s),
            retries=urllib3.Retry(
                total=4,
                backoff_factor=0.3,
                status_forcelist=(429, 502, 503, 504),
                allowed_methods=None,  # unsafe methods too: they carry an Idempotency-Key
                raise_on_status=False,
                redirect=5,
            ),
        )

    def ready(self) -> bool:
        """Whether the service takes requests now."""
        try:
            answer = self._pool.request("GET", f"{self._url}/readyz", retries=False, timeout=2.0)
        except urllib3.exceptions.HTTPError:
            return False
        return answer.status == HTTPStatus.OK

    def upload(self, path: Path, *, name: str | None = None, media_type: str | None = None) -> Json:
        """Upload a table and get its dataset; the type comes from the file's name unless given."""
        guessed, gzipped = mediatypes.of_path(path)
        headers = {"Content-Type": media_type or guessed, "Content-Length": str(path.stat().st_size)}
        if gzipped:
            headers["Content-Encoding"] = "gzip"
        with path.open("rb") as body:
            return self._json("POST", "/v1/datasets", body=body, headers=headers, fields={"name": name or path.stem})

    def start_run(self, **request: Json) -> Json:
        """Queue a run; `dataset` and `target` are needed, the rest as in the HTTP contract."""
        return self._json("POST", "/v1/runs", json=request)

    def run(self, run_id: str) -> Json:
        """A run as it is now."""
        return self._json("GET", f"/v1/runs/{run_id}")

    def cancel(self, run_id: str) -> Json:
        """Ask a run to stop and to keep its best."""
        return self._json("POST", f"/v1/runs/{run_id}/cancel", json={})

    def extend(self, run_id: str, **budget: Json) -> Json:
        """Queue a run that goes on where an ended one stopped, with `timeout_s` or `max_trials` in all."""
        return self._json("POST", f"/v1/runs/{run_id}/extend", json={"budget": budget})

    def follow(self, run_id: str) -> Iterator[Event]:
        """Each event of a run until it has ended, over broken connections; the last one has the kind `run`.

        Where no stream can be had (a proxy that buffers, an API that is too busy) the run is polled, and each change
        of it comes as an event of the kind `run`.
        """
        seen: str | None = None
        while True:
            try:
                for event in self._stream(run_id, seen):
                    seen = event.id or seen
                    yield event
            except (urllib3.exceptions.HTTPError, ApiError):
                time.sleep(_POLL_S)
            run = self.run(run_id)
            yield Event("run", run, None)
            if run["state"] in ENDED:
                return

    def leaderboard(self, run_id: str, limit: int = 10) -> list[Json]:
        """The best trials of a run, best first."""
        answer = self._json("GET", f"/v1/runs/{run_id}/leaderboard", fields={"limit": str(limit)})
        return list(answer["items"])

    def report(self, run_id: str) -> Json:
        """The evaluation on the holdout of a run that has succeeded."""
        return self._json("GET", f"/v1/runs/{run_id}/report")

    def version(self, model: str, version: str | int = "champion") -> Json:
        """A model version by its number, by an alias, or `latest`."""
        return self._json("GET", f"/v1/models/{model}/versions/{version}")

    def schema(self, model: str, version: str | int) -> Json:
        """JSON Schema of a prediction request for this version, with a sample."""
        return self._json("GET", f"/v1/models/{model}/versions/{version}/schema")

    def predict(
        self, model: str, version: str | int, rows: Sequence[Mapping[str, Json]], *, explain: bool = False
    ) -> Json:
        """Predictions for rows given as objects from column to value, and what each column added to them."""
        body = {"rows": list(rows), "explain": explain}
        return self._json("POST", f"/v1/models/{model}/versions/{version}/predict", json=body)

    def threshold(self, model: str, version: str | int) -> Json:
        """How a version calls its labels."""
        return self._json("GET", f"/v1/models/{model}/versions/{version}/threshold")

    def set_threshold(self, model: str, version: str | int, *, etag: str = "*", **change: Json) -> Json:
        """Let a version call its labels by another `threshold`, `offsets` or `decision`; `etag` says what was seen."""
        path = f"/v1/models/{model}/versions/{version}/threshold"
        return self._json("PUT", path, headers={"If-Match": etag}, json=change)

    def _stream(self, run_id: str, seen: str | None) -> Iterator[Event]:
        headers = self._headers | {"Accept": "text/event-stream"} | ({"Last-Event-ID": seen} if seen else {})
        url = f"{self._url}/v1/runs/{run_id}/events"
        timeout = urllib3.Timeout(connect=5.0, read=_QUIET_S)
        answer = self._pool.request("GET", url, headers=headers, preload_content=False, retries=False, timeout=timeout)
        with answer:
            if answer.status != HTTPStatus.OK:
                raise ApiError(answer.status, _decode(answer.read(), {}))
            yield from parse_events(answer.stream(1024))

    def _json(self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **kwargs: Json) -> Json:
        sent = self._headers | dict(headers or {})
        if method == "POST":
            sent["Idempotency-Key"] = str(uuid.uuid4())
        if "body" in kwargs and (fields := kwargs.pop("fields", None)):
            path = f"{path}?{urlencode(fields)}"  # a body and fields would become a form
        try:
            answer = self._pool.request(method, self._url + path, headers=sent, **kwargs)
        except urllib3.exceptions.HTTPError as error:
            raise ClientError(f"{self._url} does not answer: {error}") from error
        if answer.status >= HTTPStatus.BAD_REQUEST:
            raise ApiError(answer.status, _decode(answer.data, {"title": answer.reason}))
        return _decode(answer.data, None)


def _decode(data: bytes, default: Json) -> Json:
    try:
        return json.loads(data)
    except ValueError:
        if default is None:
            raise ClientError("the answer is not JSON; is this the address of a Winnow service?") from None
        return default


def _place(fault: Mapping[str, Json]) -> str:
    parts = [f"{name} {fault[name]}" for name in ("pointer", "row", "line", "column") if fault.get(name) is not None]
    return f"{', '.join(parts)}: " if parts else ""
