"""`winnow demo`: the whole job over HTTP, from a table to a prediction, on a service of its own."""

import contextlib
import importlib.resources
import json
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from service.cli import show
from service.cli.progress import Progress, tell
from service.client import Client, ClientError
from service.firststart import KEY_FILE
from service.settings import Settings
from service.supervise import end, spawn

MODEL = "german-credit"
_START_S = 60.0
_STOP_S = 30.0
_LOG_LINES = 15
Json = Any


@click.command()
@click.option(
    "--data", type=click.Path(path_type=Path), default=Path(".winnow-demo"), show_default=True, help="Directory to use."
)
@click.option("--timeout-s", type=click.FloatRange(min=5), default=30.0, show_default=True, help="Budget of the run.")
def demo(data: Path, timeout_s: float) -> None:
    """Start a service, find a model for a real table, ask it for a prediction."""
    console = show.console()
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    data = data.absolute()
    key_file = data / KEY_FILE
    with _service(data, port) as service:
        client = _wait_until_ready(service, url, data)
        console.print(f"The service answers at {url} and keeps its files in {data}.")
        version = _find_model(console, client, timeout_s)
        _ask(console, client, version, url, key_file)
        console.print(f"\nThe dashboard is at {url}/dashboard; sign in with the key in {key_file}.")
        if console.is_terminal:
            _go_on(console, service, data)
    winnow = sys.argv[0] if Path(sys.argv[0]).name == "winnow" else "winnow"
    again = shlex.join([winnow, "serve", "--data", str(data), "--port", str(port)])
    console.print(f"The service has stopped. To start it again: {again}")


@contextmanager
def _service(data: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """`winnow serve` on the demo's directory, ended with the block however that ends."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    argv = [sys.executable, "-m", "service", "serve", "--host", "127.0.0.1", "--port", str(port), "--data", str(data)]
    with _log(data).open("wb") as log:
        service = spawn(argv, env={}, output=log.fileno())
    try:
        yield service
    finally:
        end(service, _STOP_S)


def _wait_until_ready(service: subprocess.Popen[bytes], url: str, data: Path) -> Client:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline and service.poll() is None:
        if (data / KEY_FILE).exists():
            client = Client(url, (data / KEY_FILE).read_text().strip())
            if client.ready():
                return client
        time.sleep(0.2)
    raise ClientError(_last_words(data))


def _find_model(console: Console, client: Client, timeout_s: float) -> Json:
    """Upload, run, follow; tells how it went and returns the version that won."""
    with _table() as path:
        dataset = client.upload(path)
    console.print(f"Uploaded {path.name}: {dataset['rows']} rows, {len(dataset['columns'])} columns, {dataset['id']}")
    budget = {"timeout_s": timeout_s}
    run = client.start_run(dataset=dataset["id"], target="target", model=MODEL, budget=budget)
    console.print(f"Looking for a model that predicts `target`: {run['id']}, at most {timeout_s:.0f} s\n")
    with Progress(timeout_s, console) as progress:
        for event in client.follow(run["id"]):
            run = tell(progress, event) or run
    if run["state"] != "succeeded":
        raise ClientError(f"the run has {run['state']}: {(run.get('error') or {}).get('detail', 'no reason given')}")
    model, _, number = run["model_version"].partition(":")
    console.print(show.leaderboard(client.leaderboard(run["id"], limit=5), run["metric"]))
    console.print(show.holdout(client.report(run["id"])))
    return client.version(model, number)


def _ask(console: Console, client: Client, version: Json, url: str, key_file: Path) -> None:
    """Predict one row by the winner's id, and say how to do the same by hand."""
    model, number = version["model"], version["version"]
    row = client.schema(model, number)["examples"][0]["rows"][0]
    answer = client.predict(model, number, [row])
    chances = ", ".join(f"{label} {chance:.3f}" for label, chance in answer["probabilities"][0].items())
    console.print(f"\nThe winner is {version['id']} ({version['bundle']['bytes']:,} bytes).")
    console.print(f"Its prediction for a row of the table: {answer['predictions'][0]} ({chances})")
    here = f"{url}/v1/models/{model}/versions/{number}"
    auth = f'-H "Authorization: Bearer $(cat {shlex.quote(str(key_file))})"'
    body = shlex.quote(json.dumps({"rows": [row]}))
    console.print("\nThe same by hand:")
    for line in (
        f"curl -s {auth} {here}",
        f"curl -s {auth} -H 'Content-Type: application/json' -d {body} {here}/predict",
    ):
        console.print(f"  {line}")


def _go_on(console: Console, service: subprocess.Popen[bytes], data: Path) -> None:
    console.print("The service goes on until Ctrl-C.")
    try:
        service.wait()
    except KeyboardInterrupt:
        return
    raise ClientError(_last_words(data))


@contextmanager
def _table() -> Iterator[Path]:
    """The example's file: in the wheel beside this package, in a checkout under `examples/`."""
    packaged = importlib.resources.files("service") / "examples" / "german_credit.csv"
    checkout = Path(__file__).parents[2] / "examples" / "german_credit.csv"
    with importlib.resources.as_file(packaged) as path:
        yield path if path.exists() else checkout


def _free_port() -> int:
    """The service's default port, or any other where that is taken."""
    for port in (Settings.model_fields["port"].default, 0):
        with closing(socket.socket()) as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise ClientError("no port is free on 127.0.0.1")


def _log(data: Path) -> Path:
    return data / "service.log"


def _last_words(data: Path) -> str:
    lines = _log(data).read_text(encoding="utf-8", errors="replace").splitlines()[-_LOG_LINES:]
    return "\n  ".join(["the service does not run; its log ends with:", *(lines or ["(nothing)"])])
