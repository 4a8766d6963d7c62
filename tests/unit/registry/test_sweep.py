import time
from datetime import timedelta
from pathlib import Path

import pytest

from registry import GRACE, ObjectInfo, ObjectStore, Registry
from registry.blobs import Blobs
from registry.errors import UnknownFormat
from registry.names import blob_digest
from tests.unit.registry.conftest import Clock


def present(store: ObjectStore) -> set[str]:
    return {blob_digest(info.key) for info in store.list("blobs/")}


@pytest.fixture
def kept(registry: Registry, store: ObjectStore, tmp_path: Path) -> set[str]:
    """Digests that something in some project refers to."""
    table = tmp_path / "table"
    table.write_bytes(b"table")
    dataset = registry.datasets.put("ds_1", table, {})
    other = Registry(store, project="other")
    version = other.publish("fraud", "run_1", b"bundle", {}, b"report", judgement=b"rows", out_of_fold=b"more rows")
    assert version.judgement
    assert version.out_of_fold
    return {
        dataset.blob.digest,
        version.bundle_digest,
        version.report_digest,
        version.judgement.digest,
        version.out_of_fold.digest,
    }


def test_takes_what_is_old_and_not_referred_to(
    registry: Registry, store: ObjectStore, clock: Clock, kept: set[str]
) -> None:
    stray = Blobs(store, clock).put(b"stray")
    assert registry.sweep() == []
    clock.ahead = GRACE + timedelta(minutes=1)
    assert registry.sweep() == [stray.digest]
    assert present(store) == kept
    assert registry.sweep() == []


def test_the_bytes_of_a_deleted_dataset_go_unless_another_has_them(
    registry: Registry, store: ObjectStore, clock: Clock, kept: set[str], tmp_path: Path
) -> None:
    digest = registry.datasets.get("ds_1").blob.digest
    registry.datasets.put("ds_2", tmp_path / "table", {})
    clock.ahead = GRACE * 2
    registry.datasets.delete("ds_1")
    assert registry.sweep() == []
    registry.datasets.delete("ds_2")
    assert registry.sweep() == [digest]


def test_what_a_publish_is_about_to_refer_to_stays(
    store: ObjectStore, clock: Clock, kept: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sweep has listed an old blob and read every record; only then does a run publish that very blob."""
    again, stray = Blobs(store, clock).put(b"again"), Blobs(store, clock).put(b"stray")
    before = max(info.modified for info in store.list("blobs/")) + timedelta(seconds=1)
    time.sleep(1.1)  # servers tell the age in whole seconds
    clock.ahead = GRACE  # the publisher finds the blob old
    publisher, published, head = Registry(store, clock=clock), [], store.head

    def head_after_a_publish(key: str) -> ObjectInfo:
        if not published:
            monkeypatch.setattr(store, "head", head)
            published.append(publisher.publish("late", "run_9", b"again", {}, b"late report"))
        return head(key)

    monkeypatch.setattr(store, "head", head_after_a_publish)
    removed = Registry(store, clock=lambda: before).sweep(timedelta())
    assert stray.digest in removed
    assert again.digest not in removed
    assert publisher.versions.bundle(published[0]) == b"again"


def test_a_record_that_is_not_understood_stops_the_sweep(
    registry: Registry, store: ObjectStore, clock: Clock, kept: set[str]
) -> None:
    stray = Blobs(store, clock).put(b"stray")
    store.put("projects/newer/versions/m/00000001.json", b'{"format": 2}')
    clock.ahead = GRACE * 2
    with pytest.raises(UnknownFormat):
        registry.sweep()
    assert present(store) == kept | {stray.digest}
