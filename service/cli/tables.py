"""Tables from and to the files that a person names."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import BinaryIO

import click

from automl.ingest import Limits, gunzip
from automl.predictor import Predictions
from service import mediatypes
from service.api.writers import WRITERS, write

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


def write_answers(answers: Predictions, path: Path) -> None:
    """Write predictions in the type that the file's name tells, or as CSV to the standard output for `-`."""
    media_type, gzipped = mediatypes.of_path(path)
    if gzipped:
        raise click.UsageError("--out: write a plain file and compress it afterwards")
    if media_type not in WRITERS:
        raise click.UsageError("--out: answers are a table; name a file in .csv, .tsv, .ndjson or .parquet")
    data = write(answers, media_type, safe=False)
    if path == STANDARD:
        sys.stdout.buffer.write(data)
    else:
        path.write_bytes(data)


def _source(path: Path) -> AbstractContextManager[BinaryIO]:
    return nullcontext(sys.stdin.buffer) if path == STANDARD else path.open("rb")
