import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.api.bodies import Environ, read_body, spool_body
from service.errors import BadRequest, TooLarge

LIMIT = 100


def environ(body: bytes, length: int | str | None) -> Environ:
    made: Environ = {"wsgi.input": io.BytesIO(body)}
    if length is None:
        return made | {"wsgi.input_terminated": True}
    return made | {"CONTENT_LENGTH": str(length)}


@given(body=st.binary(max_size=2 * LIMIT), chunked=st.booleans())
def test_whole_or_refused(body: bytes, *, chunked: bool) -> None:
    asked = environ(body, None if chunked else len(body))
    if len(body) > LIMIT:
        with pytest.raises(TooLarge):
            read_body(asked, LIMIT)
    else:
        assert read_body(asked, LIMIT) == body


@given(body=st.binary(max_size=50), missing=st.integers(1, 50))
def test_a_body_cut_short(body: bytes, missing: int) -> None:
    with pytest.raises(BadRequest) as caught:
        read_body(environ(body, len(body) + missing), LIMIT)
    assert caught.value.code == "incomplete-body"


def test_nothing_beyond_the_length_is_read() -> None:
    assert read_body(environ(b"body, then the next request", 4), LIMIT) == b"body"


def test_neither_a_length_nor_chunks_is_no_body() -> None:
    assert read_body({"wsgi.input": io.BytesIO(b"never read")}, LIMIT) == b""


@pytest.mark.parametrize("length", ["-1", "1e3", "abc", "²"])
def test_a_length_that_is_none(length: str) -> None:
    with pytest.raises(BadRequest) as caught:
        read_body(environ(b"", length), LIMIT)
    assert caught.value.code == "malformed-body"


def test_a_client_that_goes_away(tmp_path: Path) -> None:
    class Gone(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            raise ConnectionResetError

    with pytest.raises(BadRequest) as caught:
        spool_body({"wsgi.input": Gone(), "CONTENT_LENGTH": "5"}, tmp_path / "body", LIMIT)
    assert caught.value.code == "incomplete-body"
