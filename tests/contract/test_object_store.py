"""What every object store must do, run on each backend."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from registry import ObjectStore
from registry.errors import InvalidName, NotFound, PreconditionFailed

slow = pytest.mark.slow
on_each_backend = pytest.mark.parametrize(
    "store_url",
    ["local", pytest.param("seaweedfs", marks=slow), pytest.param("moto", marks=slow)],
    indirect=True,
)
# moto compares and writes in two steps, so racing writers may all win there.
on_each_true_backend = pytest.mark.parametrize(
    "store_url", ["local", pytest.param("seaweedfs", marks=slow)], indirect=True
)
RACERS = 16
PARTS = [(0, None, b"0123456789"), (3, None, b"3456789"), (3, 4, b"3456"), (0, 0, b""), (8, 9, b"89"), (10, 1, b"")]
STRAY = ["", "/a", "a/", "a//b", "../a", "a/../b", "a/.", "./a", "a\\b", "a b", "ä", "a\n", "a" * 201, "a/" * 500 + "a"]


@on_each_backend
class TestEveryStore:
    def test_reads_what_was_written(self, store: ObjectStore) -> None:
        before = datetime.now(UTC) - timedelta(seconds=2)
        written = store.put("a/b.json", b"body")
        body, info = store.get("a/b.json")
        assert body == b"body"
        assert (info.key, info.size, info.etag) == ("a/b.json", 4, written.etag)
        assert store.head("a/b.json") == info
        assert before <= info.modified <= datetime.now(UTC) + timedelta(seconds=2)
        assert written.size == 4

    def test_any_bytes_from_memory_or_a_file(self, store: ObjectStore, tmp_path: Path) -> None:
        file = tmp_path / "body"
        for body in (b"", bytes(range(256)), b"x" * (9 << 20)):
            self._write_and_read(store, body, file)

    def _write_and_read(self, store: ObjectStore, body: bytes, file: Path) -> None:
        file.write_bytes(body)
        store.put("memory", body)
        info = store.put("file", file)
        new = store.put("new", file, if_absent=True)
        assert store.get("memory")[0] == store.get("file")[0] == store.get("new")[0] == body
        assert info == store.head("file")
        assert new.size == len(body)
        assert new.etag == store.head("new").etag
        store.delete("new")

    def test_a_part(self, store: ObjectStore) -> None:
        store.put("key", b"0123456789")
        for start, length, expected in PARTS:
            with store.open("key", start=start, length=length) as stream:
                assert stream.read() == expected, (start, length)

    def test_a_stream_in_small_pieces(self, store: ObjectStore) -> None:
        body = bytes(range(256)) * 1000
        store.put("key", body)
        with store.open("key", start=1) as stream:
            assert b"".join(iter(lambda: stream.read(10_000), b"")) == body[1:]

    def test_what_is_missing(self, store: ObjectStore) -> None:
        store.put("folder/key", b"")
        for key in ("missing", "folder", "folder/key2"):
            for call in (store.get, store.head, store.open):
                with pytest.raises(NotFound):
                    call(key)
            with pytest.raises(NotFound):
                store.open(key, length=0)
            store.delete(key)
        assert store.head("folder/key").size == 0

    def test_if_absent(self, store: ObjectStore) -> None:
        store.put("key", b"first", if_absent=True)
        with pytest.raises(PreconditionFailed):
            store.put("key", b"second", if_absent=True)
        assert store.get("key")[0] == b"first"
        store.delete("key")
        store.put("key", b"third", if_absent=True)
        assert store.get("key")[0] == b"third"

    def test_if_match(self, store: ObjectStore) -> None:
        old = store.put("key", b"first").etag
        new = store.put("key", b"second", if_match=old).etag
        assert new != old
        with pytest.raises(PreconditionFailed):
            store.put("key", b"third", if_match=old)
        assert store.get("key")[0] == b"second"
        with pytest.raises(PreconditionFailed):
            store.put("missing", b"", if_match=new)
        with pytest.raises(NotFound):
            store.head("missing")

    def test_delete(self, store: ObjectStore) -> None:
        store.put("key", b"body")
        store.delete("key")
        store.delete("key")
        with pytest.raises(NotFound):
            store.head("key")

    def test_list_a_folder_in_byte_order(self, store: ObjectStore) -> None:
        names = ["a-1.json", "a.json", "a0.json", "ab.json", "a_.json", "b.json"]
        for key in [*(f"m/{name}" for name in names), "l/x", "m-/x", "n/x"]:
            store.put(key, key.encode())
        keys = [f"m/{name}" for name in sorted(names)]
        assert [info.key for info in store.list("m/")] == keys
        assert [info.size for info in store.list("m/")] == [len(key) for key in keys]
        assert [info.key for info in store.list("m/a", after="m/a.json", limit=2)] == ["m/a0.json", "m/a_.json"]
        assert [info.key for info in store.list("m/", after="m/a1")] == ["m/a_.json", "m/ab.json", "m/b.json"]
        assert store.list("m/", after="m/b.json") == store.list("o") == store.list("missing/") == []

    def test_pages_meet_every_key_once(self, store: ObjectStore) -> None:
        keys = [f"v/{model}/{number}" for model in ("a", "a-1", "a0", "ab") for number in range(3)] + ["v/a.json"]
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda key: store.put(key, b""), keys))
        for limit in (1, 7, 1000):
            found: list[str] = []
            while page := store.list("v/", after=found[-1] if found else "", limit=limit):
                found += [info.key for info in page]
            assert sorted(found) == sorted(keys)

    def test_refuses_keys_that_could_lead_astray(self, store: ObjectStore) -> None:
        calls: list[Callable[[str], Any]] = [lambda key: store.put(key, b""), store.get, store.open, store.head]
        for key in STRAY:
            for call in [*calls, store.delete]:
                with pytest.raises(InvalidName):
                    call(key)
        for prefix in ("../", "/", "a/../", "a//"):
            with pytest.raises(InvalidName):
                store.list(prefix)


@on_each_true_backend
class TestRaces:
    def test_one_of_many_creates(self, store: ObjectStore) -> None:
        won = _race(lambda racer: store.put("key", b"%d" % racer, if_absent=True))
        assert [store.get("key")[0]] == [b"%d" % racer for racer in won]

    def test_one_of_many_replaces(self, store: ObjectStore) -> None:
        etag = store.put("key", b"start").etag
        won = _race(lambda racer: store.put("key", b"%d" % racer, if_match=etag))
        assert [store.get("key")[0]] == [b"%d" % racer for racer in won]

    def test_one_of_many_deletes(self, store: ObjectStore) -> None:
        etag = store.put("key", b"start").etag
        assert len(_race(lambda _: store.delete("key", if_match=etag))) == 1

    def test_no_increment_is_lost(self, store: ObjectStore) -> None:
        store.put("counter", b"0")

        def increment(_: int) -> None:
            while True:
                body, info = store.get("counter")
                try:
                    store.put("counter", b"%d" % (int(body) + 1), if_match=info.etag)
                except PreconditionFailed:
                    continue
                return

        _race(increment)
        assert store.get("counter")[0] == b"%d" % RACERS

    def test_a_reader_never_meets_a_part(self, store: ObjectStore) -> None:
        bodies = {bytes([letter]) * (300_000 + letter) for letter in b"abcd"}
        store.put("key", min(bodies))
        with ThreadPoolExecutor(4) as pool:
            writers = [pool.submit(store.put, "key", body) for _ in range(5) for body in sorted(bodies)]
            while not all(writer.done() for writer in writers):
                assert store.get("key")[0] in bodies
        assert all(writer.result() for writer in writers)

    def test_delete_if_match(self, store: ObjectStore) -> None:
        etag = store.put("key", b"first").etag
        store.put("key", b"second")
        with pytest.raises(PreconditionFailed):
            store.delete("key", if_match=etag)
        assert store.get("key")[0] == b"second"


def _race(act: Callable[[int], Any]) -> list[int]:
    """Numbers of the racers that won."""

    def run(racer: int) -> bool:
        try:
            act(racer)
        except PreconditionFailed:
            return False
        return True

    with ThreadPoolExecutor(RACERS) as pool:
        return [racer for racer, won in enumerate(pool.map(run, range(RACERS))) if won]
