import json
from pathlib import Path

import pytest

from registry.errors import Corrupt, NotFound, PreconditionFailed, StoreUnavailable, UnknownFormat
from registry.local import LocalStore
from registry.records import Records
from tests.servers.faulty import FaultyStore


@pytest.fixture
def local(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "store")


def test_a_record_carries_its_format(local: LocalStore) -> None:
    Records(local).create("r.json", {"name": "Größe", "n": 1.5})
    assert json.loads(local.get("r.json")[0]) == {"format": 1, "name": "Größe", "n": 1.5}


def test_create_find_replace_delete(local: LocalStore) -> None:
    records = Records(local)
    assert records.find("r.json") is None
    first = records.create("r.json", {"n": 1})
    assert records.read("r.json") == first
    with pytest.raises(PreconditionFailed):
        records.create("r.json", {"n": 2})
    second = records.replace("r.json", {"n": 2}, if_match=first.etag)
    with pytest.raises(PreconditionFailed):
        records.replace("r.json", {"n": 3}, if_match=first.etag)
    assert records.read("r.json") == second
    records.delete("r.json")
    assert not records.exists("r.json")
    with pytest.raises(NotFound):
        records.read("r.json")


def test_many_are_read_in_order_and_gaps_are_left_out(local: LocalStore) -> None:
    records = Records(local)
    for number in range(20):
        records.create(f"r/{number:02d}", {"n": number})
    local.delete("r/07")
    found = records.find_many(f"r/{number:02d}" for number in range(20))
    assert [record.data["n"] for record in found] == [n for n in range(20) if n != 7]
    assert [record.data["n"] for record in records.page("r/", after="r/04", limit=3)] == [5, 6, 8]
    assert list(records.keys("r/", after="r/17")) == ["r/18", "r/19"]


def test_a_newer_format_is_refused(local: LocalStore) -> None:
    local.put("r.json", b'{"format": 2, "shape": "unknown"}')
    with pytest.raises(UnknownFormat, match=r"r.json has format 2, this Winnow reads up to 1: upgrade"):
        Records(local).read("r.json")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"format": "1"}', b'{"format": 0}', b"\xff", b"null"])
def test_what_is_not_a_record(local: LocalStore, body: bytes) -> None:
    local.put("r.json", body)
    with pytest.raises(Corrupt, match=r"r.json is not a record"):
        Records(local).read("r.json")


def test_a_lost_reply_is_recognised(local: LocalStore) -> None:
    created = Records(FaultyStore(local, "lost reply", 1)).create("r.json", {"n": 1})
    replaced = Records(FaultyStore(local, "lost reply", 1)).replace("r.json", {"n": 2}, if_match=created.etag)
    assert Records(local).read("r.json") == replaced


def test_an_outage_is_told(local: LocalStore) -> None:
    with pytest.raises(StoreUnavailable):
        Records(FaultyStore(local, "down", 1)).create("r.json", {"n": 1})
    other = Records(local).create("r.json", {"n": 2})
    with pytest.raises(StoreUnavailable):
        Records(FaultyStore(local, "down", 1)).replace("r.json", {"n": 3}, if_match=other.etag)
    assert Records(local).read("r.json") == other


def test_numbers_that_json_has_no_word_for_are_refused(local: LocalStore) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        Records(local).create("r.json", {"score": float("nan")})


def test_all_pages_are_asked_for(local: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.records._PAGE", 3)
    for count in range(8):
        assert list(Records(local).keys("r/")) == [f"r/{number}" for number in range(count)]
        local.put(f"r/{count}", b"")
