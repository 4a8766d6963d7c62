"""Server-Sent Events as a client reads them."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """One event: what kind, its data decoded from JSON, and the id to resume after."""

    kind: str
    data: Any
    id: str | None


def parse_events(chunks: Iterable[bytes]) -> Iterator[Event]:
    """The events in a stream of bytes. Comments and an event that the end of the stream cuts off are dropped."""
    fields: dict[str, list[str]] = {}
    for line in _lines(chunks):
        if line:
            name, _, value = line.partition(":")
            fields.setdefault(name, []).append(value.removeprefix(" "))
        else:
            if "data" in fields:
                yield _event(fields)
            fields = {}


def _event(fields: dict[str, list[str]]) -> Event:
    kind, last_id = fields.get("event", ["message"])[-1], fields.get("id", [None])[-1]
    return Event(kind, json.loads("\n".join(fields["data"])), last_id)


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        yield from (line.removesuffix(b"\r").decode() for line in lines)
