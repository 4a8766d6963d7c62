"""A small service that speaks LibreTranslate's protocol, and translates by adding a word."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


@dataclass
class Libre:
    """What it was asked, and how it shall answer.

    Attributes:
        url: of the service.
        asked: bodies of requests to translate.
        targets: languages from each language.
        statuses: to be answered in the place of the next translations.
        reply: the answer to every request, when it is not to be a translation.
        seconds: that a translation takes.
    """

    url: str
    asked: list[dict[str, Any]] = field(default_factory=list)
    targets: dict[str, list[str]] = field(default_factory=lambda: {"en": ["es", "fr"], "es": ["en"]})
    statuses: list[int] = field(default_factory=list)
    reply: bytes | None = None
    seconds: float = 0.0

    def answer(self, path: str, body: bytes) -> tuple[int, bytes]:
        """The status and the body."""
        if path == "/languages":
            return 200, json.dumps(
                [{"code": code, "targets": targets} for code, targets in self.targets.items()]
            ).encode()
        if path != "/translate":
            return 404, b'{"error": "not found"}'
        asked = json.loads(body)
        self.asked.append(asked)
        time.sleep(self.seconds)
        if self.statuses:
            return self.statuses.pop(0), b'{"error": "Slow down"}'
        said = [f"{text} {asked['target']}" for text in asked["q"]]
        return 200, self.reply or json.dumps({"translatedText": said}).encode()


@contextmanager
def libre_translate() -> Iterator[Libre]:
    """The service, until the context ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send(*libre.answer(self.path, b""))

        def do_POST(self) -> None:
            self._send(*libre.answer(self.path, self.rfile.read(int(self.headers["Content-Length"]))))

        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(BrokenPipeError):  # whoever asked may not have waited
                self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Quietly."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        libre = Libre(f"http://127.0.0.1:{server.server_port}")
        Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        try:
            yield libre
        finally:
            server.shutdown()
