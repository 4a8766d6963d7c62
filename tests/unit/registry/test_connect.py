import os
from pathlib import Path

import pytest

from registry import connect
from registry.errors import UnsuitableStore
from registry.local import LocalStore
from registry.s3 import S3Store


def test_a_directory_by_path_text_and_url(tmp_path: Path) -> None:
    folder = tmp_path / "a folder" / "store"
    for url in (folder, str(folder), f"file://{folder}".replace(" ", "%20")):
        store = connect(url)
        assert isinstance(store, LocalStore)
        assert store.root == folder
    assert store.list("") == []


def test_a_relative_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    store = connect("store")
    monkeypatch.chdir("/")
    store.put("key", b"")
    assert (tmp_path / "store" / "objects" / "key").exists()


@pytest.mark.parametrize("url", ["gs://bucket/x", "http://host/x", "s3://", "s3:///x", "file://host/x", "file://"])
def test_what_is_not_a_store(url: str) -> None:
    with pytest.raises(UnsuitableStore, match="use a directory, file:///path or s3://bucket/prefix"):
        connect(url)


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UnsuitableStore, match="Use a directory that this user may write"):
        connect(tmp_path / "file")


@pytest.mark.slow
def test_a_bucket_with_and_without_a_prefix(s3_url: str) -> None:
    inner = connect(s3_url)
    outer = connect("s3://registry")
    assert isinstance(inner, S3Store)
    inner.put("key", b"body")
    assert outer.get(s3_url.removeprefix("s3://registry/") + "/key")[0] == b"body"


@pytest.mark.slow
def test_the_argument_goes_before_the_variable(s3_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint_url = os.environ["AWS_ENDPOINT_URL"]
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    assert connect(s3_url, endpoint_url=endpoint_url).list("") == []
