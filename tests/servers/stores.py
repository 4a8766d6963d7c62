"""Places for a registry: a directory and, for those who take the time, a real bucket."""

from collections.abc import Callable
from pathlib import Path

import pytest

from registry import ObjectStore, connect
from tests.servers.s3 import S3Server

_SERVERS = {"seaweedfs": "s3_server", "moto": "moto_server"}


@pytest.fixture(params=["local", pytest.param("seaweedfs", marks=pytest.mark.slow)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path, use_s3: Callable[[S3Server], str]) -> str:
    """URL of an empty store, with the variables that lead to it; override `params` to run on other backends."""
    if request.param == "local":
        return str(tmp_path / "store")
    return use_s3(request.getfixturevalue(_SERVERS[request.param]))


@pytest.fixture
def store(store_url: str) -> ObjectStore:
    """An empty store, proved suitable."""
    return connect(store_url)
