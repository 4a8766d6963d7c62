"""What the S3 store makes of a server's answers, which come over real HTTP from a script."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from registry.errors import (
    NotFound,
    PreconditionFailed,
    RegistryError,
    StoreFull,
    StoreRefused,
    StoreUnavailable,
)
from registry.s3 import S3Store
from tests.servers.s3 import S3Server

ETAG = {"ETag": '"0123"', "Last-Modified": "Mon, 02 Nov 2026 10:00:00 GMT"}


@dataclass
class Script:
    """What to answer in turn (the last one again and again), and the requests that came.

    An answer is a status, headers and a body; status 0 hangs up without a word.
    """

    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    def says(self, status: int, code: str = "", **headers: str) -> None:
        self.answers.append((status, headers, f"<Error><Code>{code}</Code></Error>".encode() if code else b""))


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Iterator[Script]:
    script = Script()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            script.requests.append((self.command, self.path, dict(self.headers)))
            status, headers, body = script.answers.pop(0) if len(script.answers) > 1 else script.answers[0]
            self.close_connection = True
            if not status:
                return
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), "Connection": "close", **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_GET = do_PUT = do_HEAD = do_DELETE = answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        for name, value in S3Server(f"http://127.0.0.1:{server.server_port}", None).environment.items():  # type: ignore[arg-type]
            monkeypatch.setenv(name, value)
        try:
            yield script
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def s3(script: Script) -> S3Store:
    return S3Store("bucket", "pre/fix")


def test_keys_lie_under_the_prefix_and_conditions_are_headers(script: Script, s3: S3Store) -> None:
    script.answers.append((200, ETAG, b""))
    assert s3.put("key", b"body", if_absent=True).etag == "0123"
    s3.put("key", b"body", if_match="0123")
    (_, path, first), (_, _, second) = script.requests
    assert path == "/bucket/pre/fix/key"
    assert first["If-None-Match"] == "*"
    assert second["If-Match"] == '"0123"'
    assert "x-amz-checksum-crc32" in {name.lower() for name in first}


@pytest.mark.parametrize("condition", [{"if_absent": True}, {"if_match": "0123"}])
@pytest.mark.parametrize(
    ("status", "code"),
    [(412, "PreconditionFailed"), (404, "NoSuchKey"), (409, "ConditionalRequestConflict"), (409, "OperationAborted")],
)
def test_a_condition_that_does_not_hold(
    script: Script, s3: S3Store, condition: dict[str, object], status: int, code: str
) -> None:
    script.says(status, code)
    with pytest.raises(PreconditionFailed):
        s3.put("key", b"body", **condition)  # type: ignore[arg-type]
    assert len(script.requests) == 1


@pytest.mark.parametrize("condition", [{"if_absent": True}, {"if_match": "0123"}])
@pytest.mark.parametrize("status", [0, 500, 503])
def test_a_conditional_write_is_sent_once(
    script: Script, s3: S3Store, condition: dict[str, object], status: int, tmp_path: Path
) -> None:
    script.says(status)
    (tmp_path / "file").write_bytes(b"body")
    for body in (b"body", tmp_path / "file"):
        with pytest.raises(StoreUnavailable):
            s3.put("key", body, **condition)  # type: ignore[arg-type]
    with pytest.raises(StoreUnavailable):
        s3.delete("key", if_match="0123")
    assert len(script.requests) == 3


def test_other_requests_are_sent_again(script: Script, s3: S3Store) -> None:
    script.says(503, "SlowDown")
    script.says(0)
    script.answers.append((200, ETAG, b"body"))
    assert s3.get("key")[0] == b"body"
    assert len(script.requests) == 3


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (403, "AccessDenied", StoreRefused),
        (403, "SignatureDoesNotMatch", StoreRefused),
        (404, "NoSuchBucket", StoreRefused),
        (404, "NoSuchKey", NotFound),
        (507, "XMinioStorageFull", StoreFull),
        (507, "", StoreFull),
        (400, "BadDigest", StoreUnavailable),
        (412, "PreconditionFailed", StoreUnavailable),
    ],
)
def test_what_an_answer_means(script: Script, s3: S3Store, status: int, code: str, error: type[RegistryError]) -> None:
    script.says(status, code)
    with pytest.raises(error) as caught:
        s3.get("key")
    assert caught.type is error
    assert "s3://bucket/pre/fix/" in str(caught.value)


def test_nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in S3Server("http://127.0.0.1:9", None).environment.items():  # type: ignore[arg-type]
        monkeypatch.setenv(name, value)
    with pytest.raises(StoreUnavailable, match=r"http://127\.0\.0\.1:9"):
        S3Store("bucket").put("key", b"", if_absent=True)


def test_a_body_that_breaks_off(script: Script, s3: S3Store) -> None:
    script.answers.append((200, {**ETAG, "Content-Length": "5000"}, b"x" * 1000))
    with pytest.raises(StoreUnavailable):
        s3.get("key")
    with s3.open("key") as stream, pytest.raises(StoreUnavailable):
        stream.read()


def test_changed_bytes_on_the_way(script: Script, s3: S3Store) -> None:
    script.answers.append((200, {**ETAG, "x-amz-checksum-crc32": "AAAAAA=="}, b"not with that checksum"))
    with pytest.raises(StoreUnavailable):
        s3.get("key")


@pytest.mark.slow
def test_a_large_file_goes_in_parts(s3_url: str, tmp_path: Path) -> None:
    store = S3Store("registry", s3_url.rpartition("/")[2])
    file = tmp_path / "large"
    file.write_bytes(bytes(range(256)) * (20 << 12))
    info = store.put("large", file)
    assert info.size == 20 << 20
    assert info.etag.endswith("-3")
    assert store.get("large")[0] == file.read_bytes()
