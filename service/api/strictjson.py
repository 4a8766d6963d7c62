"""JSON as RFC 8259 and I-JSON mean it: what two parsers could read differently is refused.

The standard library's parser is used because it alone offers hooks for duplicate keys and for numbers; nesting is
measured beforehand, so that no body can exhaust the stack.
"""

import json
import math
import re
from typing import Any, NoReturn

MAX_DEPTH = 64
_MAX_DIGITS = 310  # a longer whole number has no finite float

# The closing quote is optional and nothing backtracks, so a body of unclosed strings takes linear time.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


class MalformedJson(ValueError):
    """The bytes are not the JSON that is taken here; the message says why."""


def loads(body: bytes) -> dict[str, Any]:
    """The object that `body` holds, as UTF-8 JSON.

    Raises:
        MalformedJson: not UTF-8, not JSON, not an object at the top, nested deeper than `MAX_DEPTH`, a key twice in one
            object, a number that is not finite, or half of a surrogate pair.
    """
    _refuse_deep(body)
    try:
        value = _DECODER.decode(body.decode())
    except UnicodeDecodeError as error:
        raise MalformedJson(f"The body is not UTF-8: byte {error.start} does not fit.") from None
    except json.JSONDecodeError as error:
        raise MalformedJson(
            f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        ) from None
    if not isinstance(value, dict):
        raise MalformedJson("The body must be a JSON object.")
    if _SURROGATE.search(body):
        _refuse_lone_surrogates(value)
    return value


def _refuse_deep(body: bytes) -> None:
    """Peel off the innermost pairs, one level a round: what is left after `MAX_DEPTH` rounds is too deep."""
    brackets = _STRING.sub(b"", body).translate(None, _NOT_BRACKETS)
    for _ in range(MAX_DEPTH):
        if not brackets:
            return
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
    if brackets:
        raise MalformedJson(f"The body's brackets do not match, or are nested deeper than {MAX_DEPTH} levels.")


def _refuse_lone_surrogates(value: dict[str, Any]) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise MalformedJson("A string holds half of a surrogate pair, which is no character.") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise MalformedJson(f"The key {json.dumps(twice[:100])} stands twice in one object.")
    return value


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise MalformedJson(f"The number {text[:40]} is too large.")
    return value


def _int(text: str) -> int:
    if len(text) > _MAX_DIGITS:
        raise MalformedJson(f"The number {text[:40]}… is too large.")
    return int(text)


def _constant(text: str) -> NoReturn:
    raise MalformedJson(f"{text} is not a JSON number; send null for a missing value.")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_float=_float, parse_int=_int, parse_constant=_constant)
