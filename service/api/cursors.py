"""Where a list goes on: opaque, and signed, so that only what the service gave out comes back in."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Sequence
from typing import TypeVar

from service.errors import BadRequest

_MAC_BYTES = 16
Item = TypeVar("Item")


class Cursors:
    """Makes and reads cursors. One is good for the list that gave it, with the same filters, and no other."""

    def __init__(self, secret: str) -> None:
        """`secret` is the service's own; the signing key is derived from it."""
        self._key = hmac.digest(secret.encode(), b"cursors", hashlib.sha256)

    def encode(self, scope: str, position: str) -> str:
        """The cursor to go on behind `position` in the list that `scope` names."""
        text = position.encode()
        return base64.urlsafe_b64encode(self._mac(scope, text) + text).rstrip(b"=").decode()

    def decode(self, scope: str, cursor: str) -> str:
        """The position. Raises `BadRequest` for anything that `encode` did not make for this list."""
        try:
            raw = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        except ValueError:
            raw = b""
        mac, text = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(scope, text)):
            raise BadRequest("invalid-cursor", "Send a `next_cursor` as this very list gave it, or none to begin anew.")
        return text.decode()

    def _mac(self, scope: str, text: bytes) -> bytes:
        return hmac.digest(self._key, scope.encode() + b"\n" + text, hashlib.sha256)[:_MAC_BYTES]


def cut(items: Sequence[Item], limit: int, position: Callable[[Item], str]) -> tuple[list[Item], str | None]:
    """A page of at most `limit`, given one item more than that if there is one; and the position to go on behind."""
    page = list(items[:limit])
    return page, position(page[-1]) if len(items) > limit else None
