"""Tables from and to the files that a person names."""

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import BinaryIO

import click
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from automl.ingest import Limits, gunzip
from automl.predictor import Predictions
from service import mediatypes

STANDARD = Path("-")


@contextmanager
def plain_file(path: Path) -> Iterator[tuple[Path, str]]:
    """The file after gzip, and the media type that its name tells; `-` is CSV on the standard input."""
    media_type, gzipped = mediatypes.of_path(path)
    if path != STANDARD and not gzipped:
        yield path, media_type
        return
    with tempfile.TemporaryDirectory(prefix="winnow-") as directory:
        plain = Path(directory, "table")
        with plain.open("wb") as target, _source(path) as source:
            if gzipped:
                gunzip(source, target, Limits().max_bytes)
            else:
                shutil.copyfileobj(source, target)
        yield plain, media_type


def answers_table(answers: Predictions) -> pa.Table:
    """A `prediction` column, and for classes one `probability_<label>` column each."""
    columns = {"prediction": pa.array(answers.predictions)}
    if answers.probabilities is not None:
        labels = [label if isinstance(label, str) else json.dumps(label) for label in answers.classes]
        columns |= {f"probability_{label}": pa.array(answers.probabilities[:, k]) for k, label in enumerate(labels)}
    return pa.table(columns)


def write_file(table: pa.Table, path: Path) -> None:
    """Write a table in the type that the file's name tells, or as CSV to the standard output for `-`."""
    media_type, gzipped = mediatypes.of_path(path)
    if gzipped:
        raise click.UsageError("--out: write a plain file and compress it afterwards")
    if path == STANDARD:
        _write(table, media_type, sys.stdout.buffer)
        return
    with path.open("wb") as target:
        _write(table, media_type, target)


def _source(path: Path) -> AbstractContextManager[BinaryIO]:
    return nullcontext(sys.stdin.buffer) if path == STANDARD else path.open("rb")


def _write(table: pa.Table, media_type: str, target: BinaryIO) -> None:
    if media_type == "application/vnd.apache.parquet":
        pq.write_table(table, target)
    elif media_type == "application/x-ndjson":
        target.writelines(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in table.to_pylist())
    else:
        delimiter = "\t" if media_type == "text/tab-separated-values" else ","
        options = pa.csv.WriteOptions(delimiter=delimiter, quoting_style="needed")
        pa.csv.write_csv(table, target, options)
