"""The service in this process: Flask's client, a real database and store in a directory, a real worker."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from flask import Flask

from service.app import create_app
from service.context import Context, open_context
from service.jobs.worker import Worker
from service.settings import Settings
from service.store import Scope
from tests.servers.contract import ContractClient

CSV = "text/csv"


@dataclass
class Api:
    """The service over one data directory."""

    context: Context
    app: Flask

    def client(self, *scopes: Scope, project: str = "default") -> ContractClient:
        """A client with a new key that has these scopes; without any, it sends no key."""
        client = ContractClient(self.app, self.app.response_class)
        if scopes:
            _, plaintext = self.context.keys.create(project, "test", scopes)
            client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {plaintext}"
        return client

    def work(self) -> bool:
        """Carry out the next queued run; False if there is none."""
        return Worker(self.context, "worker", Event()).run_one()


@dataclass
class Trained:
    """A model that a run has made from a small table: `color` and `size` decide `label`."""

    api: Api
    dataset: str
    run: str
    model: str


def open_api(data: Path, **settings: Any) -> Api:
    """The service over a data directory, with a store and a database in it."""
    context = open_context(Settings(data=data, poll_s=0.02, **settings))
    return Api(context, create_app(context))


def rows_csv(rows: int = 120, labels: Sequence[str] = ("yes", "no")) -> bytes:
    """A table that can be learnt."""
    text = io.StringIO()
    text.write("color,size,label\n")
    for row in range(rows):
        color = ("red", "green", "blue")[row % 3]
        label = labels[(row % 3 == 0) ^ (row % 7 == 0)]
        text.write(f"{color},{(row * 37) % 101 / 10},{label}\n")
    return text.getvalue().encode()


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    """An empty service."""
    opened = open_api(tmp_path / "data")
    yield opened
    opened.context.close()


@pytest.fixture
def client(api: Api) -> ContractClient:
    """A client of it that may do everything."""
    return api.client("read", "train", "admin")


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trained]:
    """A service with one model; tests that share it must leave the model, its champion and the dataset as they are."""
    api = open_api(tmp_path_factory.mktemp("trained") / "data")
    client = api.client("read", "train", "admin")
    dataset = client.post("/v1/datasets?name=shapes", data=rows_csv(), content_type=CSV).json["id"]
    request = {"dataset": dataset, "target": "label", "model": "shapes", "budget": {"timeout_s": 60, "max_trials": 2}}
    run = client.post("/v1/runs", json=request).json["id"]
    assert api.work()
    yield Trained(api, dataset, run, "shapes")
    api.context.close()
