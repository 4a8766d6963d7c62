import errno
import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from registry.errors import NotFound, PreconditionFailed, StoreFull, StoreUnavailable
from registry.local import LocalStore

ROOT = Path(__file__).parents[3]
KEYS = st.sampled_from(["a/x", "a/y", "a-1/x", "b"])
BODIES = st.sampled_from([b"", b"one", b"two"])


@pytest.fixture
def local(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "store")


def scratch(store: LocalStore) -> list[Path]:
    return list((store.root / "scratch").iterdir())


def test_objects_are_plain_files_and_the_etag_is_their_digest(local: LocalStore) -> None:
    info = local.put("a/b.json", b"body")
    assert (local.root / "objects" / "a" / "b.json").read_bytes() == b"body"
    assert info.etag == hashlib.sha256(b"body").hexdigest()
    assert scratch(local) == []


def test_a_failed_condition_leaves_nothing_behind(local: LocalStore) -> None:
    local.put("key", b"body")
    with pytest.raises(PreconditionFailed):
        local.put("key", b"other", if_absent=True)
    with pytest.raises(PreconditionFailed):
        local.put("key", b"other", if_match="no etag")
    assert scratch(local) == []


@pytest.mark.parametrize(
    ("number", "error"), [(errno.ENOSPC, StoreFull), (errno.EDQUOT, StoreFull), (errno.EIO, StoreUnavailable)]
)
def test_a_disk_that_fails(
    local: LocalStore, monkeypatch: pytest.MonkeyPatch, number: int, error: type[StoreUnavailable]
) -> None:
    local.put("key", b"old")

    def fail(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(error, match=str(local.root)) as caught:
        local.put("key", b"new")
    assert caught.type is error
    assert local.get("key")[0] == b"old"
    assert scratch(local) == []


def test_a_missing_source_is_the_callers_fault(local: LocalStore, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        local.put("key", tmp_path / "missing")


def test_opening_clears_what_the_dead_left_and_spares_the_living(local: LocalStore) -> None:
    (local.root / "scratch" / "dead").write_bytes(b"half of an obj")
    script = f"""
import pathlib, sys, registry.local as local
def pause(file, source):
    print("writing", flush=True)
    sys.stdin.readline()
    return write(file, source)
write, local._write = local._write, pause
local.LocalStore(pathlib.Path({str(local.root)!r})).put("key", b"body")
"""
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout
        writer.stdout.readline()
        again = LocalStore(local.root)
        assert len(scratch(again)) == 1
        assert not (local.root / "scratch" / "dead").exists()
        writer.communicate(b"go on\n")
    assert writer.returncode == 0
    assert again.get("key")[0] == b"body"


@pytest.mark.parametrize("change", ["put", "create", "replace", "delete"])
def test_a_kill_before_any_system_call_leaves_the_old_or_the_new(tmp_path: Path, change: str) -> None:
    killer = [sys.executable, "-m", "tests.unit.registry.kill_each_step", str(tmp_path), change]
    subprocess.run(killer, cwd=ROOT, check=True, timeout=60)
    folders = sorted(tmp_path.iterdir(), key=lambda folder: int(folder.name))
    assert len(folders) > 4
    left, found = 0, []
    for folder in folders:
        left += len(list((folder / "scratch").iterdir()))
        store = LocalStore(folder)
        assert scratch(store) == []
        try:
            found.append(store.get("a/b/key")[0])
        except NotFound:
            found.append(b"")
        store.put("a/b/key", b"goes on")
    old, new = (b"" if change == "create" else b"old"), (b"" if change == "delete" else b"new" * 1000)
    changes = found.index(new)
    assert 0 < changes < len(found)
    assert found == [old] * changes + [new] * (len(found) - changes)
    assert left or change == "delete"


class LikeADictionary(RuleBasedStateMachine):
    """Whatever is done to it, a directory holds what a dictionary would."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store = LocalStore(Path(self.folder.name))
        self.model: dict[str, bytes] = {}

    def teardown(self) -> None:
        self.folder.cleanup()

    @rule(key=KEYS, body=BODIES)
    def put(self, key: str, body: bytes) -> None:
        self.store.put(key, body)
        self.model[key] = body

    @rule(key=KEYS, body=BODIES)
    def create(self, key: str, body: bytes) -> None:
        try:
            self.store.put(key, body, if_absent=True)
        except PreconditionFailed:
            assert key in self.model
        else:
            assert key not in self.model
            self.model[key] = body

    @rule(key=KEYS, seen=BODIES, body=BODIES)
    def replace(self, key: str, seen: bytes, body: bytes) -> None:
        try:
            self.store.put(key, body, if_match=hashlib.sha256(seen).hexdigest())
        except PreconditionFailed:
            assert self.model.get(key) != seen
        else:
            assert self.model[key] == seen
            self.model[key] = body

    @rule(key=KEYS)
    def delete(self, key: str) -> None:
        self.store.delete(key)
        self.model.pop(key, None)

    @rule(key=KEYS, seen=BODIES)
    def delete_if_match(self, key: str, seen: bytes) -> None:
        try:
            self.store.delete(key, if_match=hashlib.sha256(seen).hexdigest())
        except PreconditionFailed:
            assert self.model.get(key) != seen
        else:
            assert self.model.pop(key) == seen

    @rule()
    def reopen(self) -> None:
        self.store = LocalStore(self.store.root)

    @rule(
        prefix=st.sampled_from(["", "a", "a/", "a-1/x"]),
        after=st.sampled_from(["", "a/x", "a0"]),
        limit=st.integers(1, 4),
    )
    def listed(self, prefix: str, after: str, limit: int) -> None:
        expected = [key for key in sorted(self.model) if key.startswith(prefix) and key > after][:limit]
        assert [info.key for info in self.store.list(prefix, after=after, limit=limit)] == expected

    @invariant()
    def holds_the_same(self) -> None:
        assert {info.key: self.store.get(info.key)[0] for info in self.store.list("")} == self.model


TestLikeADictionary = LikeADictionary.TestCase
TestLikeADictionary.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
