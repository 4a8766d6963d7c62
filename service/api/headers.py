"""Headers that operations read and answers carry, as openapi.yaml describes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Header:
    """One header: what it is for, and the JSON Schema of its value."""

    description: str
    schema: Mapping[str, Any]
    example: str | None = None


_TEXT = {"type": "string"}

REQUEST: Mapping[str, Header] = {
    "Idempotency-Key": Header(
        "Makes it safe to send the request again: the same key with the same request gives the first answer again, "
        "for a day. A key of your own for each thing you want done, such as a UUID.",
        {"type": "string", "pattern": "^[!-~]{1,200}$"},
    ),
    "If-Match": Header("The `ETag` of what you have read; only that state is changed.", _TEXT, '"5d41402abc4b2a76"'),
    "If-None-Match": Header("An `ETag` that you have: answers 304 while it is current.", _TEXT),
    "Last-Event-ID": Header(
        "Number of the last event that you have seen.", {"type": "integer", "minimum": 0, "maximum": 999_999_999}
    ),
    "If-Range": Header("Send a part only if this is still its `ETag`.", _TEXT),
    "Range": Header("Part of the bytes, such as `bytes=0-1023`.", _TEXT),
    "Content-Encoding": Header("`gzip` if the body is.", {"type": "string", "enum": ["gzip", "identity"]}),
}

ANSWER: Mapping[str, Header] = {
    "X-Request-Id": Header("The request's id, as in the log.", _TEXT),
    "Location": Header("Where the thing is.", {"type": "string", "format": "uri-reference"}),
    "Retry-After": Header("Seconds to wait before asking again.", {"type": "integer", "minimum": 0}),
    "ETag": Header("Changes whenever the thing does.", _TEXT),
    "Accept-Ranges": Header("Parts can be asked for.", {"type": "string", "enum": ["bytes"]}),
    "Content-Range": Header("Which part this is, of how much.", _TEXT),
    "X-Model-Version": Header("The version that answered.", _TEXT, "fraud:3"),
    "X-Decision-Revision": Header(
        "How often the rule by which that version calls labels was changed.", {"type": "integer", "minimum": 0}
    ),
    "X-Warnings": Header("How many warnings there are; JSON answers list them.", {"type": "integer", "minimum": 0}),
    "WWW-Authenticate": Header("How to authenticate.", _TEXT),
    "Vary": Header("Which request headers the answer depends on.", _TEXT, "Accept"),
    "Allow": Header("The methods that there are.", _TEXT),
}
