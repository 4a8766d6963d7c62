"""What only a real server shows: bodies cut short, chunks beyond the limit, a stream as it happens. Raw sockets."""

import json
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.servers.api import rows_csv
from tests.servers.winnow import Served, served

pytestmark = pytest.mark.slow
LIMIT = 1 << 20
WHOLE, STREAMED = 41, 42  # rows of the tables that are stored here


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    data = tmp_path_factory.mktemp("served") / "data"
    with served(data, WINNOW_MAX_UPLOAD_BYTES=str(LIMIT), WINNOW_MAX_JSON_BYTES="2000", WINNOW_WORKERS="0") as service:
        yield service


class Raw:
    """A connection that says exactly what it is told to."""

    def __init__(self, service: Served) -> None:
        address = urlsplit(service.url)
        self._key = (service.data / "api-key").read_text().strip()
        self._socket = socket.create_connection((address.hostname, address.port), timeout=30)

    def send(self, data: bytes) -> None:
        """As it is."""
        self._socket.sendall(data)

    def head(self, method: str, path: str, *lines: str) -> None:
        """A request's head."""
        fields = (f"{method} {path} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {self._key}", *lines, "", "")
        self.send("\r\n".join(fields).encode())

    def hang_up_sending(self) -> None:
        """FIN, while still listening."""
        self._socket.shutdown(socket.SHUT_WR)

    def answer(self) -> tuple[int, dict[str, object]]:
        """The status and the JSON of the answer; the connection ends with it."""
        with self._socket, self._socket.makefile("rb") as stream:
            status = int(stream.readline().split()[1])
            length = 0
            while line := stream.readline().strip():
                name, _, value = line.decode().partition(":")
                if name.lower() == "content-length":
                    length = int(value)
            return status, json.loads(stream.read(length))

    def chunk(self, data: bytes) -> None:
        """One chunk."""
        self.send(b"%x\r\n%s\r\n" % (len(data), data))

    def lines(self) -> Iterator[bytes]:
        """What arrives, line by line, for as long as one listens."""
        with self._socket, self._socket.makefile("rb") as stream:
            yield from stream


@pytest.fixture
def raw(service: Served) -> Raw:
    return Raw(service)


def slug(answer: tuple[int, dict[str, object]]) -> tuple[int, object]:
    return answer[0], answer[1].get("type")


def nothing_was_stored(service: Served) -> bool:
    """No dataset of a thousand bytes or of a million, and no file of theirs."""
    rows = {dataset["rows"] for dataset in service.client._json("GET", "/v1/datasets")["items"]}
    return rows <= {WHOLE, STREAMED} and not [path for path in (service.data / "tmp").iterdir() if path.is_dir()]


def test_a_body_cut_short(service: Served, raw: Raw) -> None:
    raw.head("POST", "/v1/datasets", "Content-Type: text/csv", "Content-Length: 5000")
    raw.send(rows_csv(40)[:1000])
    raw.hang_up_sending()
    assert slug(raw.answer()) == (400, "/problems/incomplete-body")
    assert nothing_was_stored(service)


def test_a_chunked_body_cut_short(service: Served, raw: Raw) -> None:
    raw.head("POST", "/v1/datasets", "Content-Type: text/csv", "Transfer-Encoding: chunked")
    raw.chunk(rows_csv(40))
    raw.hang_up_sending()
    assert slug(raw.answer()) == (400, "/problems/incomplete-body")
    assert nothing_was_stored(service)


def test_a_json_body_cut_short(raw: Raw) -> None:
    raw.head("POST", "/v1/runs", "Content-Type: application/json", "Content-Length: 500")
    raw.send(b'{"dataset": "ds_x", "target": "y"}')
    raw.hang_up_sending()
    assert slug(raw.answer()) == (400, "/problems/incomplete-body")


def test_a_length_over_the_limit_is_refused_before_it_is_sent(raw: Raw) -> None:
    raw.head("POST", "/v1/datasets", "Content-Type: text/csv", f"Content-Length: {LIMIT + 1}")
    assert slug(raw.answer()) == (413, "/problems/too-large")


@pytest.mark.parametrize(
    ("path", "kind", "size"), [("/v1/datasets", "text/csv", LIMIT), ("/v1/runs", "application/json", 2000)]
)
def test_chunks_over_the_limit(service: Served, raw: Raw, path: str, kind: str, size: int) -> None:
    raw.head("POST", path, f"Content-Type: {kind}", "Transfer-Encoding: chunked")
    for _ in range(size // 1000 + 1):
        raw.chunk(b"1,2\n" * 250)
    raw.chunk(b"")
    assert slug(raw.answer()) == (413, "/problems/too-large")
    assert nothing_was_stored(service)


def test_a_whole_chunked_body(service: Served, raw: Raw) -> None:
    raw.head("POST", "/v1/datasets", "Content-Type: text/csv", "Transfer-Encoding: chunked")
    body = rows_csv(WHOLE)
    raw.chunk(body[:300])
    raw.chunk(body[300:])
    raw.chunk(b"")
    status, dataset = raw.answer()
    assert (status, dataset["rows"]) == (201, WHOLE)


def test_events_arrive_as_they_happen(service: Served, raw: Raw) -> None:
    dataset = service.client._json(
        "POST", "/v1/datasets", body=rows_csv(STREAMED), headers={"Content-Type": "text/csv"}
    )
    run = service.client.start_run(dataset=dataset["id"], target="label")
    raw.head("GET", f"/v1/runs/{run['id']}/events")
    seen = []
    for line in raw.lines():
        if line.startswith(b"data:"):
            seen.append(json.loads(line[5:]))
            if len(seen) == 1:
                service.client.cancel(run["id"])
        if len(seen) == 2:
            break
    assert seen == [{"state": "queued"}, {"state": "cancelled"}]
