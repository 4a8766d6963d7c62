from collections.abc import Callable
from pathlib import Path

import pytest

from registry import ObjectInfo, ObjectStore, connect
from registry.errors import PreconditionFailed, StoreUnavailable, UnsuitableStore
from registry.local import LocalStore
from registry.probe import probe
from tests.servers.faulty import FaultyStore
from tests.servers.s3 import S3Server


class Deaf(LocalStore):
    """Ignores one of the two conditions."""

    def __init__(self, root: Path, ignores: str) -> None:
        super().__init__(root)
        self._ignores = ignores

    def put(self, key: str, body: bytes | Path, *, if_absent: bool = False, if_match: str | None = None) -> ObjectInfo:
        if self._ignores == "If-None-Match":
            return super().put(key, body, if_match=if_match)
        return super().put(key, body, if_absent=if_absent)


class Shy(LocalStore):
    """Refuses every conditional write."""

    def put(self, key: str, body: bytes | Path, *, if_absent: bool = False, if_match: str | None = None) -> ObjectInfo:
        if if_absent or if_match:
            raise PreconditionFailed(key)
        return super().put(key, body)


def test_a_good_store_passes_and_is_left_clean(store: ObjectStore) -> None:
    probe(store)
    assert store.list("") == []


@pytest.mark.parametrize("ignores", ["If-None-Match", "If-Match"])
def test_a_store_that_ignores_a_condition(tmp_path: Path, ignores: str) -> None:
    store = Deaf(tmp_path, ignores)
    with pytest.raises(UnsuitableStore, match=f"ignores {ignores} .* Use a store that honours"):
        probe(store)
    assert store.list("") == []


def test_a_store_that_refuses_every_condition(tmp_path: Path) -> None:
    with pytest.raises(UnsuitableStore, match="refuses a conditional write that it should accept"):
        probe(Shy(tmp_path))


def test_a_store_that_is_down_proves_nothing(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        probe(FaultyStore(LocalStore(tmp_path), "down", 2))


@pytest.mark.slow
def test_rclone_ignores_conditions(rclone_server: S3Server, use_s3: Callable[[S3Server], str]) -> None:
    with pytest.raises(UnsuitableStore, match=r"ignores If-None-Match .* MinIO or SeaweedFS"):
        connect(use_s3(rclone_server))


@pytest.mark.slow
def test_a_bucket_that_does_not_exist(moto_server: S3Server, use_s3: Callable[[S3Server], str]) -> None:
    use_s3(moto_server)  # SeaweedFS makes a missing bucket by itself
    with pytest.raises(UnsuitableStore, match="Make the bucket"):
        connect("s3://missing-bucket/prefix")


@pytest.mark.slow
def test_a_wrong_secret(s3_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    with pytest.raises(UnsuitableStore, match="allow this user"):
        connect(s3_url)


@pytest.mark.slow
def test_no_credentials_at_all(s3_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(UnsuitableStore, match="set AWS_ACCESS_KEY_ID"):
        connect(s3_url)
