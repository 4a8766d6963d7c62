"""Commands as a person types them: what they print, where, and how they end."""

import json
import os
import socket
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from automl.errors import Fault, InvalidData
from automl.types import TrainRequest
from service.cli import main
from service.cli.group import explain
from service.cli.options import with_settings
from service.cli.request import request_options
from service.settings import Settings

CREDIT = Path(__file__).parents[3] / "examples" / "german_credit.csv"


def run(arguments: Sequence[object], data: Path, **environment: str) -> Result:
    env = {name: None for name in os.environ if name.startswith("WINNOW_")}
    return CliRunner().invoke(
        main, [str(each) for each in arguments], env={**env, "WINNOW_DATA": str(data), **environment}
    )


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def test_help_names_every_command_and_what_it_is_for(data: Path) -> None:
    shown = run(["--help"], data).output
    for name in main.list_commands(click.Context(main)):
        line = next(line.split(maxsplit=1) for line in shown.splitlines() if line.split()[:1] == [name])
        assert len(line) == 2, f"{name} says nothing of itself"
        assert run([name, "--help"], data).exit_code == 0


def test_an_option_is_described_as_its_setting_is(data: Path) -> None:
    shown = " ".join(run(["serve", "--help"], data).output.split())
    description = Settings.model_fields["api_processes"].description
    assert description
    assert f"{description}. [WINNOW_API_PROCESSES; default 2]" in shown


def test_options_win_over_the_environment_and_that_over_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    @with_settings("port", "host", "allowed_hosts", "port")
    def show(settings: Settings) -> None:
        click.echo(f"{settings.host} {settings.port} {settings.allowed_hosts} {settings.workers}")

    environment = {"WINNOW_PORT": "1", "WINNOW_HOST": "h"}
    shown = CliRunner().invoke(show, ["--port", "2", "--allowed-hosts", "a,b"], env=environment).output
    assert shown == "h 2 ('a', 'b') 1\n"


@pytest.mark.parametrize(
    ("arguments", "environment", "status", "message"),
    [
        (["models"], {"WINNOW_PORT": "x"}, 2, "WINNOW_PORT"),
        (["models", "--store", "s4://x"], {}, 1, "is not a store"),
        (["models", "--store", "/proc/none"], {}, 1, "Use a directory that this user may write"),
        (["models", "none"], {}, 1, "no model none"),
        (["models", "--nonsense"], {}, 2, "No such option"),
        (["keys", "list", "--database-url", "mysql://x"], {}, 1, "not in mysql"),
        (["keys", "revoke", "key_0"], {}, 1, "has no key key_0"),
        (["predict", "none", __file__], {}, 1, "none has no version latest"),
        (["predict", ":1", __file__], {}, 2, "write MODEL, MODEL:NUMBER or MODEL@ALIAS"),
        (["predict", "none", "nowhere.csv"], {}, 2, "nowhere.csv"),
        (["train", __file__], {}, 2, "--target"),
        (["train", __file__, "--target", "x"], {}, 1, "line"),
        (["train", CREDIT, "--target", "target", "--seed", "-1"], {}, 1, "'seed' must be 0 to"),
        (["train", CREDIT, "--target", "target", "--test", CREDIT], {}, 1, "the dataset itself"),
        (["train", CREDIT, "--target", "target", "--weights", "aeg"], {}, 1, "Did you mean 'age'"),
        (["train", CREDIT, "--target", "target", "--ignore", "aeg"], {}, 1, "Did you mean 'age'"),
        (["train", CREDIT, "--target", "target", "--monotone", "age=up"], {}, 1, "there is nothing else"),
        (["train", CREDIT, "--target", "target", "--monotone", "age=true"], {}, 1, "there is nothing else"),
        (["train", CREDIT, "--target", "target", "--monotone", "age"], {}, 2, "'age' is not NAME=VALUE"),
        (["train", CREDIT, "--target", "target", "--param", "a=1", "--param", "a=2"], {}, 2, "'a' is given twice"),
        (["train", CREDIT, "--target", "target", "--param", "num_threads=9"], {}, 1, "is not one of learning_rate"),
        (["train", CREDIT, "--target", "target", "--range", "num_leaves=64,8"], {}, 1, "clearly higher"),
        (["train", CREDIT, "--target", "target", "--interactions", 'age,"a,b"'], {}, 1, "no column 'a,b'"),
        (["train", CREDIT, "--target", "target", "--families", "deep"], {}, 1, "one or more of boosted"),
        (["train", CREDIT, "--target", "target", "--decision", "precision:2"], {}, 1, "a number from 0 to 1"),
        (["train", CREDIT, "--target", "target", "--decision", "precision:high"], {}, 2, "float: 'high'"),
        (["train", CREDIT, "--target", "target", "--decision", '{"by": "luck"}'], {}, 2, "luck"),
    ],
)
def test_what_is_wrong_is_said_in_a_few_lines(
    data: Path, arguments: list[str], environment: dict[str, str], status: int, message: str
) -> None:
    result = run(arguments, data, **environment)
    assert result.exit_code == status, result.output
    assert message in result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.output
    assert len(result.stderr.splitlines()) <= 8


def test_what_a_run_is_held_to_is_read_from_options() -> None:
    @click.command()
    @request_options
    def show(**request: Any) -> None:
        click.echo(json.dumps({name: request[name] for name in ASKED}))

    options = [option for pair in OPTIONS for option in pair]
    assert json.loads(CliRunner().invoke(show, ["--target", "y", *options]).stdout) == ASKED
    nothing = TrainRequest(target="y")
    bare = json.loads(CliRunner().invoke(show, ["--target", "y"]).stdout)
    assert bare == json.loads(json.dumps({name: getattr(nothing, name) for name in ASKED}))


OPTIONS = [
    ("--ignore", "id"), ("--ignore", "a,b"), ("--param", "extra_trees=true"), ("--param", "schedule=cosine"),
    ("--range", "num_leaves=8,64"), ("--range", "schedule=step,cosine"), ("--monotone", "a=b=-1"),
    ("--interactions", 'age,"a,b"'), ("--interactions", "id"), ("--families", "linear,boosted"),
]  # fmt: skip
ASKED = {
    "ignore": ["id", "a,b"],
    "params": {"extra_trees": True, "schedule": "cosine"},
    "ranges": {"num_leaves": [8, 64], "schedule": ["step", "cosine"]},
    "monotone": {"a=b": -1},
    "interactions": [["age", "a,b"], ["id"]],
    "families": ["linear", "boosted"],
}


def test_an_error_tells_the_places_that_it_does_not_tell_already() -> None:
    error = InvalidData(
        "ragged-row", "Some rows are too long.", [Fault("7 fields, not 3", line=4), Fault("rows", row=1)]
    )
    assert explain(error) == "Some rows are too long.\n  line 4: 7 fields, not 3"
    assert explain(OSError(28, "No space left on device", "/x")) == "/x: No space left on device"
    assert explain(KeyError("a")) == "unexpected KeyError: 'a'"


def test_keys_are_shown_once_listed_and_revoked(data: Path) -> None:
    created = run(["keys", "create", "bob", "--scope", "read", "--scope", "train"], data)
    plaintext = created.stdout.strip()
    key_id = f"key_{plaintext[3:19]}"
    assert stat.S_IMODE((data / "api-key").stat().st_mode) == 0o600
    listed = run(["keys", "list"], data).stdout
    assert plaintext not in listed
    bob = next(line.split() for line in listed.splitlines() if line.endswith("bob"))
    assert bob[:3] == [key_id, "read", "train"]
    assert bob[4] == "-"
    assert run(["keys", "revoke", key_id], data).exit_code == 0
    bob = next(line.split() for line in run(["keys", "list"], data).stdout.splitlines() if line.endswith("bob"))
    assert bob[4] == bob[3]


def test_serve_says_that_the_port_is_taken(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = run(["serve", "--port", taken.getsockname()[1]], data)
    assert result.exit_code == 1
    assert "Address already in use. Choose another with --port" in result.stderr


def test_serve_says_that_the_store_will_not_do(data: Path) -> None:
    result = run(["serve", "--port", 0, "--store", "s4://x"], data)
    assert result.exit_code == 1
    assert "is not a store" in result.stderr
