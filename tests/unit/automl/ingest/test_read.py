import gzip
import io
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import pytest

from automl.errors import UnsupportedFormat
from automl.ingest import MEDIA_TYPES, read_table

TABLE = pa.table({"a": [1, 2, 3]})


def _written(write: Callable[[io.BytesIO], object]) -> bytes:
    target = io.BytesIO()
    write(target)
    return target.getvalue()


def _zip(target: io.BytesIO) -> None:
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")


def _ipc(target: io.BytesIO) -> None:
    with pa.ipc.new_stream(target, TABLE.schema) as writer:
        writer.write_table(TABLE)


STRANGERS = {
    "xlsx": _written(_zip),
    "feather": _written(lambda target: pyarrow.feather.write_feather(TABLE, target)),
    "arrow stream": _written(_ipc),
    "gzip": gzip.compress(b"a,b\n1,2\n"),
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    **{f"pickle {protocol}": pickle.dumps({"a": [1, 2]}, protocol) for protocol in range(6)},
}


@pytest.mark.parametrize("media_type", MEDIA_TYPES)
@pytest.mark.parametrize("stranger", STRANGERS)
def test_bytes_of_another_format_are_unsupported(tmp_path: Path, stranger: str, media_type: str) -> None:
    source = tmp_path / "data"
    source.write_bytes(STRANGERS[stranger])

    with pytest.raises(UnsupportedFormat) as refusal:
        read_table(source, media_type)

    assert refusal.value.code == "unsupported-media-type"


def test_parquet_under_a_text_type_is_unsupported(tmp_path: Path) -> None:
    source = tmp_path / "data"
    pq.write_table(TABLE, source)

    with pytest.raises(UnsupportedFormat, match="look like Parquet"):
        read_table(source, "text/csv")


@pytest.mark.parametrize("header", ["PAR1,PAR2", "BZhour,b", "ORCID,b", "city,b", "MZ,b", "(d,b"])
def test_names_that_begin_like_a_format_are_fine(tmp_path: Path, header: str) -> None:
    source = tmp_path / "data"
    source.write_text(f"{header}\n1,2\n")

    assert read_table(source, "text/csv").num_columns == 2


def test_an_unknown_type_is_unsupported(tmp_path: Path) -> None:
    source = tmp_path / "data"
    source.write_text("a,b\n1,2\n")

    with pytest.raises(UnsupportedFormat, match="text/csv"):
        read_table(source, "application/msword")
