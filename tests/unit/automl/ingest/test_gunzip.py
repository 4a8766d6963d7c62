import gzip
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.errors import InvalidData, TooLarge
from automl.ingest import gunzip


def _decoded(content: bytes, max_bytes: int = 10**7) -> bytes:
    target = io.BytesIO()
    written = gunzip(io.BytesIO(content), target, max_bytes)
    assert written == len(target.getvalue())
    return target.getvalue()


@given(st.lists(st.binary(max_size=2000), min_size=1, max_size=4), st.integers(0, 5))
def test_members_are_joined_and_padding_is_skipped(parts: list[bytes], padding: int) -> None:
    assert _decoded(b"".join(map(gzip.compress, parts)) + b"\0" * padding) == b"".join(parts)


@given(st.binary(min_size=1), st.data())
def test_a_cut_is_never_taken_for_the_end(content: bytes, data: st.DataObject) -> None:
    whole = gzip.compress(content)
    cut = data.draw(st.integers(0, len(whole) - 1))

    with pytest.raises(InvalidData) as refusal:
        _decoded(whole[:cut])

    assert refusal.value.code == "truncated-gzip"


@pytest.mark.parametrize("size", [2**20 - 1, 2**20, 2**20 + 1, 5 * 2**20])
def test_what_expands_beyond_a_chunk_is_whole(size: int) -> None:
    assert _decoded(gzip.compress(b"x" * size)) == b"x" * size


def test_a_bomb_stops_at_the_limit() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    target = io.BytesIO()

    with pytest.raises(TooLarge):
        gunzip(io.BytesIO(bomb), target, 3_000_000)

    assert len(target.getvalue()) <= 3_000_000


def test_the_limit_itself_is_allowed() -> None:
    assert _decoded(gzip.compress(b"x" * 1000), 1000) == b"x" * 1000


@pytest.mark.parametrize(
    "content",
    [b"a,b\n1,2\n", gzip.compress(b"x" * 100, mtime=0)[:-8] + b"\0" * 8, gzip.compress(b"x", mtime=0) + b"trailing"],
)
def test_what_is_no_gzip_or_was_changed_is_corrupt(content: bytes) -> None:
    with pytest.raises(InvalidData) as refusal:
        _decoded(content)

    assert refusal.value.code == "corrupt-gzip"
