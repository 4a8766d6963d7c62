"""The running service against its own contract: every check, every link, requests that nobody would think of."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.api import rows_csv
from tests.servers.processes import program
from tests.servers.winnow import Served, served

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path / "data", WINNOW_POLL_S="0.05") as service:
        yield service


@pytest.mark.timeout(600)
def test_no_answer_that_the_contract_does_not_tell_of(service: Served, tmp_path: Path) -> None:
    client = service.client
    (tmp_path / "shapes.csv").write_bytes(rows_csv(60))
    dataset = client.upload(tmp_path / "shapes.csv")["id"]
    budget = {"timeout_s": 30, "max_trials": 1}
    run = client.start_run(dataset=dataset, target="label", model="fraud", budget=budget)["id"]
    assert list(client.follow(run))[-1].data["state"] == "succeeded"
    command = [
        *(program("st"), "--config-file", str(HERE / "schemathesis.toml")),
        *("run", f"{service.url}/openapi.yaml", "--header", f"Authorization: Bearer {_key(service)}"),
        *("--checks", "all", "--phases", "examples,coverage,fuzzing,stateful"),
        *("--max-examples", "40", "--seed", "20261123", "--no-shrink", "--request-timeout", "30"),
    ]
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(HERE.parents[1]),
        "SCHEMATHESIS_HOOKS": "tests.contract.schemathesis_hooks",
        "WINNOW_TEST_DATASET": dataset,
        "WINNOW_TEST_RUN": run,
    }
    told = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    sys.stdout.write(told.stdout)
    assert told.returncode == 0, told.stdout[-8000:] + told.stderr[-2000:]
    assert client.ready()


def _key(service: Served) -> str:
    return (service.data / "api-key").read_text().strip()
