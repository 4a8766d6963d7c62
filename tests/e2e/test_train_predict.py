"""`winnow train`, `models` and `predict`: from a file to answers without a server."""

import csv
import gzip
import io
import json
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from automl.bundles.decisionfile import decision_to_json
from automl.decisions.decision import Decision
from registry import Registry, connect
from tests.servers.winnow import WINNOW, Served, clean_environment

TABLE = Path(__file__).parents[2] / "examples" / "german_credit.csv"

pytestmark = pytest.mark.slow


def winnow(data: Path, *arguments: object, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [*WINNOW, *map(str, arguments)]
    env = clean_environment(WINNOW_DATA=str(data))
    return subprocess.run(command, env=env, input=stdin, capture_output=True, check=True, timeout=120)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with the model `credit`, trained on a gzipped file."""
    directory = tmp_path_factory.mktemp("trained")
    (directory / "loans.csv.gz").write_bytes(gzip.compress(TABLE.read_bytes()))
    options = ("--target", "target", "--model", "credit", "--max-trials", 2, "--metric", "average_precision")
    options += ("--decision", '{"by": "cost", "costs": {"bad": {"good": 5}, "good": {"bad": 1}}}', "--slices", "age")
    done = winnow(directory / "data", "train", directory / "loans.csv.gz", *options)
    assert done.stdout.decode() == "credit:1\n"
    assert b"average precision" in done.stderr
    return directory / "data"


def test_the_model_is_listed_with_its_champion(trained: Path) -> None:
    assert winnow(trained, "models").stdout.split() == [b"model", b"newest", b"aliases", b"credit", b"1", b"champion:1"]
    version = winnow(trained, "models", "credit").stdout.decode().splitlines()[1].split()
    assert version[:3] == ["credit:1", "champion", "average_precision"]
    assert 0.3 < float(version[3]) < 1


def test_a_run_begins_with_a_version_that_is_named(trained: Path) -> None:
    options = ("--target", "target", "--model", "again", "--max-trials", 2, "--warm-start")
    assert winnow(trained, "train", TABLE, *options, "credit:1").stdout == b"again:1\n"
    registry = Registry(connect(str(trained / "store")))
    report = json.loads(registry.versions.report(registry.versions.get("again", 1)))
    assert [tried["version"] for tried in report["warm_start"]["trials"]] == ["credit:1"]
    with pytest.raises(subprocess.CalledProcessError) as failed:
        winnow(trained, "train", TABLE, *options, "credit:9")
    assert b"There is no model version credit:9" in failed.value.stderr


def test_what_was_noticed_in_the_table_stands_in_the_report(tmp_path: Path) -> None:
    head, *rows = TABLE.read_text().splitlines()
    lines = [f"id,{head}", *(f"K{number:05},{row}" for number, row in enumerate(rows))]
    (tmp_path / "loans.csv").write_text("\n".join(lines))
    options = ("--target", "target", "--max-trials", 1, "--model", "m")
    shown = winnow(tmp_path / "data", "train", tmp_path / "loans.csv", *options).stderr.decode()
    assert "Before you trust it: 'id' has 1000 different values" in shown
    registry = Registry(connect(str(tmp_path / "data" / "store")))
    report = json.loads(registry.versions.report(registry.versions.get("m", 1)))
    assert ("id-like-column", "id") in [(it["code"], it["column"]) for it in report["findings"]]


def test_every_format_in_and_out_gives_the_same_answers(trained: Path, tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(TABLE.read_text())))[:20]
    (tmp_path / "rows.ndjson").write_text("".join(json.dumps(row) + "\n" for row in rows))
    head = b"".join(TABLE.read_bytes().splitlines(keepends=True)[:21])
    piped = winnow(trained, "predict", "credit", "-", stdin=head).stdout.decode()
    expected = list(csv.DictReader(io.StringIO(piped)))
    assert [*expected[0]] == ["prediction", "probability_good", "probability_bad"]
    assert {row["prediction"] for row in expected} == {"good", "bad"}
    winnow(trained, "predict", "credit@champion", tmp_path / "rows.ndjson", "--out", tmp_path / "out.parquet")
    winnow(trained, "predict", "credit:1", tmp_path / "rows.ndjson", "--out", tmp_path / "out.ndjson")
    parquet = pq.read_table(tmp_path / "out.parquet").to_pylist()
    ndjson = [json.loads(line) for line in (tmp_path / "out.ndjson").read_text().splitlines()]
    assert parquet == ndjson
    assert [(row["prediction"], row["probability_bad"]) for row in ndjson] == [
        (row["prediction"], float(row["probability_bad"])) for row in expected
    ]


def test_answers_are_explained_and_the_report_is_a_page(trained: Path, tmp_path: Path) -> None:
    head = b"".join(TABLE.read_bytes().splitlines(keepends=True)[:6])
    told = winnow(trained, "predict", "credit", "-", "--explain", stdin=head).stdout.decode()
    for row in csv.DictReader(io.StringIO(told)):
        added = [float(value) for name, value in row.items() if name.startswith("contribution_")]
        assert len(added) == 20
        assert float(row["base"]) + sum(added) == pytest.approx(float(row["margin"]), abs=1e-9)
    winnow(trained, "report", "credit", "--html", tmp_path / "credit.html")
    page = (tmp_path / "credit.html").read_text()
    assert page.startswith("<!doctype html>")
    assert page.count("<svg") >= 6
    assert b"average_precision" in winnow(trained, "report", "credit@champion").stdout


def test_a_rule_that_was_set_beside_the_version_is_followed(trained: Path) -> None:
    decisions = Registry(connect(trained / "store")).decisions
    head = b"".join(TABLE.read_bytes().splitlines(keepends=True)[:21])
    decisions.set("credit", 1, decision_to_json(Decision(threshold=0.0)), by="test")
    called = csv.DictReader(io.StringIO(winnow(trained, "predict", "credit:1", "-", stdin=head).stdout.decode()))
    assert {row["prediction"] for row in called} == {"bad"}
    decisions.set("credit", 1, None, by="test")


def test_a_service_on_the_same_directory_serves_the_model(trained: Path, serve: Callable[..., Served]) -> None:
    client = serve(trained).client
    version = client.version("credit", "champion")
    assert version["id"] == "credit:1"
    assert client.upload(TABLE)["id"] == version["lineage"]["dataset"]


def test_ctrl_c_keeps_the_best_so_far(tmp_path: Path) -> None:
    command = [*WINNOW, "train", str(TABLE), "--target", "target", "--timeout-s", "600"]
    env = clean_environment(WINNOW_DATA=str(tmp_path / "data"), PYTHONUNBUFFERED="1")
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        while ", best " not in (line := process.stderr.readline()):
            assert line, "it ended early"
        process.send_signal(signal.SIGINT)
        shown, _ = process.communicate(timeout=60)
    assert (process.returncode, shown) == (0, "german-credit-target:1\n")
