"""Idempotency keys: a POST sent again is answered again, not done again."""

import hashlib
import re
from collections.abc import Callable

from flask import Request

from service.api.calls import Reply
from service.errors import BadRequest, Conflict, Invalid
from service.store import Fresh, Idempotency, InFlight, Mismatch, Replay

HEADER = "Idempotency-Key"
_KEY = re.compile(r"[\x21-\x7e]{1,200}")


def read_key(request: Request) -> str | None:
    """The request's idempotency key, if it has one. Raises `BadRequest`."""
    key = request.headers.get(HEADER)
    if key is not None and not _KEY.fullmatch(key):
        raise BadRequest("invalid-header", f"{HEADER} must be 1 to 200 printable ASCII characters without spaces.")
    return key


def fingerprint(request: Request, content: bytes) -> str:
    """What makes two requests the same: method, path, query and `content`, which stands for the body."""
    head = f"{request.method}\n{request.path}\n{request.query_string.decode('latin-1')}\n".encode()
    return hashlib.sha256(head + content).hexdigest()


def once(records: Idempotency, key_id: str, idem_key: str, digest: str, do: Callable[[], Reply]) -> Reply:
    """Do it and keep the answer, or give the answer that is kept. A refusal is not kept: it may be gone next time.

    Raises:
        Invalid: the same idempotency key came with another request.
        Conflict: the same request is being answered at this moment.
    """
    match records.begin(key_id, idem_key, digest):
        case Fresh() as fresh:
            return _do(records, fresh, do)
        case Replay() as kept:
            headers = dict(kept.headers)
            return Reply(
                body=kept.body,
                status=kept.status,
                media_type=headers.pop("Content-Type", None),
                headers=headers | {"Idempotent-Replayed": "true"},
            )
        case Mismatch():
            raise Invalid("idempotency-mismatch", f"This {HEADER} came before with another request. Use a new one.")
        case InFlight():
            raise Conflict(
                "idempotency-in-flight",
                "The same request is being answered at this moment. Try again shortly.",
                headers={"Retry-After": "1"},
            )


def _do(records: Idempotency, fresh: Fresh, do: Callable[[], Reply]) -> Reply:
    try:
        answer = do()
    except BaseException:
        records.abandon(fresh)
        raise
    headers = {**answer.headers, **({"Content-Type": answer.media_type} if answer.media_type else {})}
    if answer.etag:
        headers["ETag"] = f'"{answer.etag}"'
    if isinstance(answer.body, bytes):
        records.complete(fresh, answer.status, headers, answer.body)
    return answer
