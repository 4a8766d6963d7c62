"""What training made, kept on the worker's disk until it is published, so that no kill makes anyone train twice."""

import hashlib
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from automl.types import Json
from service.files import make_private, write_durably

log = logging.getLogger(__name__)

_PARTS = ("bundle", "report", "judgement", "out_of_fold")
_KEPT_S = 7 * 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Product:
    """A bundle's bytes, its manifest, the report as JSON bytes, and what was judged, as far as it is kept."""

    bundle: bytes
    manifest: Mapping[str, Json]
    report: bytes
    judgement: bytes | None = None
    out_of_fold: bytes | None = None


class Spool:
    """One file a run: a line of JSON with the digests and the manifest, then the parts."""

    def __init__(self, directory: Path) -> None:
        self._directory = make_private(directory)

    def put(self, run_id: str, product: Product) -> None:
        """Keep a product, whole or not at all. Raises `OSError`."""
        parts = {name: getattr(product, name) for name in _PARTS}
        bodies = {name: body for name, body in parts.items() if body is not None}
        told = {name: {"bytes": len(body), "sha256": _sha256(body)} for name, body in bodies.items()}
        head = orjson.dumps({**told, "manifest": product.manifest})
        write_durably(self._path(run_id), head, b"\n", *bodies.values())

    def get(self, run_id: str) -> Product | None:
        """The run's product, or None if there is none or if a byte of it has changed."""
        try:
            line, _, rest = self._path(run_id).read_bytes().partition(b"\n")
        except FileNotFoundError:
            return None
        try:
            return _checked(orjson.loads(line), rest)
        except (ValueError, KeyError, TypeError):
            log.exception("the spooled model of %s is damaged: it will be trained again", run_id)
            return None

    def drop(self, run_id: str) -> None:
        """Forget a run's product."""
        self._path(run_id).unlink(missing_ok=True)

    def sweep(self) -> None:
        """Forget what is a week old: another host has published it, or its run has failed."""
        for path in self._directory.iterdir():
            if path.stat().st_mtime < time.time() - _KEPT_S:
                path.unlink(missing_ok=True)

    def _path(self, run_id: str) -> Path:
        return self._directory / run_id


def _checked(head: dict[str, Any], rest: bytes) -> Product:
    bodies: dict[str, bytes] = {}
    for name in (name for name in _PARTS if name in head):
        size = head[name]["bytes"]
        bodies[name], rest = rest[:size], rest[size:]
        if _sha256(bodies[name]) != head[name]["sha256"]:
            raise ValueError("a digest does not match")
    if rest:
        raise ValueError("there is more than was told")
    return Product(manifest=head["manifest"], **bodies)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
