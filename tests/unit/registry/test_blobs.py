import hashlib
from datetime import timedelta
from pathlib import Path

import pytest

from registry import GRACE, ObjectStore
from registry.blobs import Blobs
from registry.errors import Corrupt, NotFound
from registry.names import blob_key
from tests.unit.registry.conftest import Clock

BODY = b"some bytes" * 1000
DIGEST = f"sha256:{hashlib.sha256(BODY).hexdigest()}"


@pytest.fixture
def blobs(store: ObjectStore, clock: Clock) -> Blobs:
    return Blobs(store, clock)


def test_from_memory_and_from_a_file(blobs: Blobs, store: ObjectStore, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(BODY)
    one = blobs.put(BODY)
    assert blobs.put(tmp_path / "file") == one
    assert (one.digest, one.size) == (DIGEST, len(BODY))
    assert len(store.list("blobs/")) == 1
    assert blobs.get(DIGEST) == BODY
    assert blobs.fetch(DIGEST, tmp_path / "copy").read_bytes() == BODY
    with blobs.open(DIGEST, 5, 10) as stream:
        assert stream.read() == BODY[5:15]


def test_changed_bytes_are_refused(blobs: Blobs, store: ObjectStore, tmp_path: Path) -> None:
    blobs.put(BODY)
    store.put(blob_key(DIGEST), BODY[:-1] + b"X")
    with pytest.raises(Corrupt, match="restore"):
        blobs.get(DIGEST)
    with pytest.raises(Corrupt):
        blobs.fetch(DIGEST, tmp_path / "copy")
    assert list(tmp_path.glob("*copy*")) == []


def test_a_missing_blob(blobs: Blobs, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        blobs.get(DIGEST)
    with pytest.raises(NotFound):
        blobs.fetch(DIGEST, tmp_path / "copy")
    assert list(tmp_path.glob("*copy*")) == []


def test_an_old_blob_is_written_anew_and_a_young_one_is_not(blobs: Blobs, store: ObjectStore, clock: Clock) -> None:
    blobs.put(BODY)
    store.put(blob_key(DIGEST), b"in place of a time stamp: shows whether it was written")
    blobs.put(BODY)
    with pytest.raises(Corrupt):
        blobs.get(DIGEST)
    clock.ahead = GRACE / 2 + timedelta(minutes=1)
    blobs.put(BODY)
    assert blobs.get(DIGEST) == BODY
