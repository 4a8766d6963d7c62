from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from registry import ObjectStore, Registry
from registry.errors import Corrupt, InvalidName, NotFound
from registry.names import blob_key
from tests.servers.faulty import FaultyStore, Killed

RECORD = {"name": "credit", "rows": 3, "columns": [{"name": "größe", "type": "numeric"}], "findings": []}


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "table.parquet"
    path.write_bytes(b"PAR1 is what real ones begin with")
    return path


def test_put_get_fetch(registry: Registry, table: Path, tmp_path: Path) -> None:
    put = registry.datasets.put("ds_1", table, RECORD)
    assert registry.datasets.get("ds_1") == put
    assert (put.id, put.record, put.blob.size) == ("ds_1", RECORD, table.stat().st_size)
    assert put.created_at.endswith("Z")
    assert registry.datasets.fetch("ds_1", tmp_path / "copy").read_bytes() == table.read_bytes()


def test_the_same_id_again_returns_the_first(registry: Registry, table: Path, tmp_path: Path) -> None:
    first = registry.datasets.put("ds_1", table, RECORD)
    other = tmp_path / "other"
    other.write_bytes(b"other bytes")
    assert registry.datasets.put("ds_1", other, {"name": "other"}) == first
    assert registry.datasets.get("ds_1") == first


def test_racers_for_one_id_agree(registry: Registry, table: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        put = list(pool.map(lambda racer: registry.datasets.put("ds_1", table, {"racer": racer}), range(8)))
    assert put == [registry.datasets.get("ds_1")] * 8


def test_pages_by_id(registry: Registry, table: Path) -> None:
    ids = [f"ds_{number}" for number in range(7)]
    for dataset_id in reversed(ids):
        registry.datasets.put(dataset_id, table, {})
    assert [dataset.id for dataset in registry.datasets.list()] == ids
    assert [dataset.id for dataset in registry.datasets.list(limit=3)] == ids[:3]
    assert [dataset.id for dataset in registry.datasets.list("ds_2", 3)] == ids[3:6]
    assert registry.datasets.list("ds_6") == []


def test_delete(registry: Registry, table: Path, tmp_path: Path) -> None:
    registry.datasets.put("ds_1", table, RECORD)
    registry.datasets.delete("ds_1")
    for call in (registry.datasets.get, registry.datasets.delete, lambda i: registry.datasets.fetch(i, tmp_path / "x")):
        with pytest.raises(NotFound, match="no dataset ds_1"):
            call("ds_1")
    assert registry.datasets.list() == []
    registry.datasets.put("ds_1", table, RECORD)
    assert registry.datasets.get("ds_1").record == RECORD


def test_projects_do_not_see_each_other(store: ObjectStore, table: Path) -> None:
    mine, theirs = Registry(store, project="mine"), Registry(store, project="theirs")
    mine.datasets.put("ds_1", table, RECORD)
    assert theirs.datasets.list() == []
    with pytest.raises(NotFound):
        theirs.datasets.get("ds_1")


def test_changed_bytes_are_refused(registry: Registry, store: ObjectStore, table: Path, tmp_path: Path) -> None:
    digest = registry.datasets.put("ds_1", table, RECORD).blob.digest
    store.put(blob_key(digest), b"changed")
    with pytest.raises(Corrupt):
        registry.datasets.fetch("ds_1", tmp_path / "copy")


def test_names_that_are_none(registry: Registry, table: Path) -> None:
    with pytest.raises(InvalidName):
        registry.datasets.put("../x", table, {})
    with pytest.raises(InvalidName):
        registry.datasets.list("../x")


@pytest.mark.parametrize("fault", ["killed before", "killed after"])
def test_a_kill_at_any_step_leaves_all_or_nothing(store: ObjectStore, table: Path, tmp_path: Path, fault: str) -> None:
    registry = Registry(store)
    for at in range(1, 20):
        dataset_id = f"ds_{at}"
        table.write_bytes(b"table %d" % at)
        faulty = FaultyStore(store, fault, at)
        with suppress(Killed):
            Registry(faulty).datasets.put(dataset_id, table, RECORD)
        if dataset_id in [dataset.id for dataset in registry.datasets.list()]:
            assert registry.datasets.fetch(dataset_id, tmp_path / "copy").read_bytes() == table.read_bytes()
        registry.datasets.put(dataset_id, table, RECORD)
        assert registry.datasets.fetch(dataset_id, tmp_path / "copy").read_bytes() == table.read_bytes()
        if faulty.calls < at:
            break
    assert 4 < at < 19
