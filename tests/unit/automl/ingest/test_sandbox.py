import json
import logging
import signal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from automl.errors import Fault, InvalidData, TooLarge, UnsupportedFormat
from automl.ingest import Limits, ingest, sandbox
from automl.profiling.profile import profile_table

PARQUET = "application/vnd.apache.parquet"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "upload"
    path.write_text("a,b\n1,x\n2,y\n3,\n")
    return path


def test_a_sound_file_leaves_its_table_and_profile(source: Path, tmp_path: Path) -> None:
    done = ingest(source, "text/csv", tmp_path / "out")

    table = pq.read_table(done.path)
    assert table.to_pydict() == {"a": [1, 2, 3], "b": ["x", "y", None]}
    assert done.profile == profile_table(table)
    assert pq.ParquetFile(done.path).metadata.row_group(0).column(0).compression == "ZSTD"


def test_the_same_bytes_give_the_same_file(source: Path, tmp_path: Path) -> None:
    first, second = (ingest(source, "text/csv", tmp_path / name).path.read_bytes() for name in ("one", "two"))

    assert first == second


def test_a_refusal_crosses_the_border_whole(source: Path, tmp_path: Path) -> None:
    source.write_text("a,b\n1,2\n1\n")
    with pytest.raises(InvalidData) as refusal:
        ingest(source, "text/csv", tmp_path)
    with pytest.raises(UnsupportedFormat):
        ingest(source, "image/png", tmp_path)

    assert (refusal.value.code, type(refusal.value)) == ("ragged-row", InvalidData)
    assert refusal.value.faults == (Fault("has 1 fields where the header has 2", line=3),)


def test_little_bytes_that_need_much_memory_are_too_large(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb"
    long = pa.DictionaryArray.from_arrays(pa.nulls(2000, pa.int32()).fill_null(0), ["x" * 1_000_000])
    pq.write_table(pa.table({"a": long}), bomb)

    with pytest.raises(TooLarge):
        ingest(bomb, PARQUET, tmp_path / "out", Limits(max_memory_bytes=2**30))

    assert bomb.stat().st_size < 200_000


def test_too_much_time_is_too_large(source: Path, tmp_path: Path) -> None:
    with pytest.raises(TooLarge, match="longer than"):
        ingest(source, "text/csv", tmp_path / "out", Limits(timeout_s=0.01))


def test_a_disk_that_fails_is_no_fault_of_the_data(source: Path, tmp_path: Path) -> None:
    (tmp_path / "out" / sandbox.TABLE).mkdir(parents=True)

    with pytest.raises(OSError, match="could not be"):
        ingest(source, "text/csv", tmp_path / "out")


@pytest.mark.parametrize(
    ("status", "stderr", "code"),
    [
        (-signal.SIGSEGV, b"", "unreadable"),
        (-signal.SIGABRT, b"what(): Repetition level histogram size mismatch", "unreadable"),
        (-signal.SIGABRT, b"what(): std::bad_alloc", "too-large"),
        (-signal.SIGABRT, b"ValueOrDie called on an error: Out of memory", "too-large"),
        (-signal.SIGKILL, b"", "too-large"),
        (1, b"Traceback", "unreadable"),
    ],
)
def test_a_death_is_told_by_its_cause(status: int, stderr: bytes, code: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert sandbox._died(status, stderr).code == code

    assert stderr.decode() in caplog.text


def test_no_secret_reaches_the_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush")
    monkeypatch.setenv("PATH", "/usr/bin")

    environment = sandbox._environment()

    assert environment["PATH"] == "/usr/bin"
    assert "hush" not in json.dumps(environment)
