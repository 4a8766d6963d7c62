"""What a handler is given and what it gives back."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from flask import Request
from pydantic import BaseModel

from service.api.cursors import Cursors
from service.api.operations import JSON
from service.api.schemas.common import Page
from service.api.streams import Streams
from service.context import Context
from service.store import KeyRecord
from service.usecases.datasets import Upload
from service.usecases.predictions import Predictors

Body = bytes | Iterator[bytes]


@dataclass(frozen=True, slots=True)
class Parts:
    """What the application keeps for its whole life, one of each in a process."""

    context: Context
    cursors: Cursors
    predictors: Predictors
    streams: Streams
    contract: bytes


@dataclass(frozen=True, slots=True)
class Call:
    """One request to one operation, whose key has the scope. `table` is the raw body, if it is one."""

    parts: Parts
    request: Request
    key: KeyRecord
    table: Upload | None = None

    @property
    def context(self) -> Context:
        """The service's parts."""
        return self.parts.context

    @property
    def project(self) -> str:
        """Whose things the call is about."""
        return self.key.project

    def position(self, page: Page) -> str | None:
        """Behind what the asked page begins; None for the first. Raises `BadRequest`."""
        return None if page.cursor is None else self.parts.cursors.decode(self._list(page), page.cursor)

    def cursor(self, page: Page, position: str | None) -> str | None:
        """The cursor of the page behind `position`."""
        return None if position is None else self.parts.cursors.encode(self._list(page), position)

    def _list(self, page: Page) -> str:
        """What names a list: whose it is, its path and its filters."""
        filters = page.model_dump_json(exclude={"cursor", "limit"})
        return f"{self.project}\n{self.request.path}\n{filters}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer, ready to be sent.

    `etag` stands without quotes; a GET that knows it already is answered by 304. `close` is called when it was sent, or
    when the client has gone.
    """

    body: Body = b""
    status: int = 200
    media_type: str | None = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    etag: str | None = None
    close: Callable[[], None] | None = None


def reply(
    view: BaseModel, *, status: int = 200, etag: str | None = None, headers: Mapping[str, str] | None = None
) -> Reply:
    """An answer of JSON; a float that is not finite leaves as null."""
    return Reply(body=view.model_dump_json().encode(), status=status, etag=etag, headers=headers or {})


def reply_json(value: Mapping[str, Any], *, etag: str | None = None, headers: Mapping[str, str] | None = None) -> Reply:
    """An answer of plain JSON that needs no view; what is not finite leaves as null."""
    return Reply(body=orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY), etag=etag, headers=headers or {})
