import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.api.strictjson import MAX_DEPTH, MalformedJson, loads

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


@given(value=st.dictionaries(st.text(), values), ascii_only=st.booleans())
def test_whatever_json_can_hold_comes_back_as_it_was(value: dict[str, object], *, ascii_only: bool) -> None:
    assert loads(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


@given(st.binary() | st.text(alphabet='[]{}",:\\u d8a1eENa').map(str.encode))
def test_any_bytes_are_read_or_refused_and_nothing_else(body: bytes) -> None:
    with contextlib.suppress(MalformedJson):
        assert isinstance(loads(body), dict)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "not JSON"),
        (b"rows", "not JSON"),
        (b"[1]", "must be a JSON object"),
        (b"3", "must be a JSON object"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": -Infinity}', "Infinity"),
        (b'{"a": 1e999}', "too large"),
        (b'{"a": 1' + b"0" * 400 + b"}", "too large"),
        (b'{"a": 1, "b": {"c": 1, "c": 2}}', '"c" stands twice'),
        (b'{"a": "\\ud800"}', "surrogate"),
        (b'{"\\udfff": 1}', "surrogate"),
        (b'{"a": "\xe9"}', "not UTF-8"),
        (b"\xff\xfe{\x00}\x00", "not UTF-8"),
        (b"[" * 100_000, "nested deeper"),
        (b'{"a":' * 100_000, "nested deeper"),
        (b'{"a": 1', "do not match"),
        (b'{"a": 1} {}', "Extra data"),
    ],
)
def test_what_two_parsers_could_read_differently_is_refused(body: bytes, why: str) -> None:
    with pytest.raises(MalformedJson, match=why):
        loads(body)


def test_brackets_inside_strings_are_not_nesting() -> None:
    text = '[{"\\' * 500
    assert loads(json.dumps({"a": text}).encode()) == {"a": text}


def test_the_deepest_body_that_is_taken() -> None:
    deepest = b'{"a":' * (MAX_DEPTH - 1) + b"{}" + b"}" * (MAX_DEPTH - 1)
    assert loads(deepest)
    with pytest.raises(MalformedJson, match="deeper"):
        loads(b'{"a":' + deepest + b"}")


def test_a_paired_surrogate_is_a_character() -> None:
    assert loads(b'{"a": "\\ud83d\\ude00"}') == {"a": "\N{GRINNING FACE}"}
