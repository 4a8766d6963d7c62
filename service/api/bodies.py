"""Request bodies, counted byte by byte: servers hand on a body that was cut short as if it were whole."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from service.errors import BadRequest, TooLarge

Environ = dict[str, Any]
_CHUNK = 1 << 16


def chunks(environ: Environ, limit: int) -> Iterator[bytes]:
    """The body as it arrives.

    Raises:
        TooLarge: it says that it has more than `limit` bytes, or it has.
        BadRequest: it ends before all that it announced.
    """
    length = _announced(environ)
    if length is None and not environ.get("wsgi.input_terminated"):
        return  # neither a length nor chunks: no body
    if length is not None and length > limit:
        raise _too_large(limit)
    received = 0
    while chunk := _read(environ, _CHUNK if length is None else min(_CHUNK, length - received)):
        received += len(chunk)
        if received > limit:
            raise _too_large(limit)
        yield chunk
    if length is not None and received < length:
        raise _incomplete(f"{received:,} of {length:,} bytes arrived")


def read_body(environ: Environ, limit: int) -> bytes:
    """The whole body in memory. Raises as `chunks`."""
    return b"".join(chunks(environ, limit))


def spool_body(environ: Environ, target: Path, limit: int) -> None:
    """The whole body in a file. Raises as `chunks`, and `OSError` when the disk is full."""
    with target.open("wb") as file:
        for chunk in chunks(environ, limit):
            file.write(chunk)


def _announced(environ: Environ) -> int | None:
    text = environ.get("CONTENT_LENGTH") or ""
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        raise BadRequest("malformed-body", "Content-Length must be a whole number.")
    return int(text)


def _read(environ: Environ, size: int) -> bytes:
    try:
        data: bytes = environ["wsgi.input"].read(size)
    except Exception as error:  # each server has errors of its own for a client that went away
        raise _incomplete(f"reading it failed ({type(error).__name__})") from error
    return data


def _too_large(limit: int) -> TooLarge:
    return TooLarge("too-large", f"The body has more than the {limit:,} bytes allowed here.")


def _incomplete(what: str) -> BadRequest:
    return BadRequest("incomplete-body", f"The body did not arrive whole: {what}. Send it again.")
