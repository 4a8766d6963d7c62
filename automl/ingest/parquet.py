"""Parquet: its metadata are checked against the limits before anything is decoded."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from automl.errors import InvalidData, UnsupportedFormat
from automl.ingest.limits import Limits
from automl.ingest.shape import check_names, check_size
from automl.profiling.columns import Finding
from automl.tables.images import MOST_BYTES
from automl.tables.imagestructs import count_elsewhere, is_image_struct

_MAGIC: Final = b"PAR1"
_MAGIC_ENCRYPTED: Final = b"PARE"
_IMAGES_AT_ONCE: Final = (2**31 - 1) // MOST_BYTES
"""Arrow reads no structs with more bytes than that together."""
_MOST_FINDINGS: Final = 50


def read_parquet(source: Path, limits: Limits) -> tuple[pa.Table, list[Finding]]:
    """The table as it is stored, and what is odd in it; all columns are flat, or image structs.

    Raises:
        UnsupportedFormat: `unsupported-media-type` when it is no Parquet.
        InvalidData: `corrupt-parquet`, `encrypted-parquet`, `nested-column`, `not-utf8`, or for its shape.
    """
    _check_magic(source)
    with _corruption_told(), pq.ParquetFile(source, page_checksum_verification=True) as file:
        _check_row_groups(file.metadata)
        check_size(file.metadata.num_rows, max(file.metadata.num_columns, 1), limits)
        _refuse_nested(file.schema_arrow)
        check_names(file.schema_arrow.names, limits)
        table = _read(file)
    if table.num_rows != file.metadata.num_rows:
        raise _corrupt("its pages hold other numbers of rows than its footer says")
    _check_values(table)
    return table, list(islice(_images_elsewhere(table), _MOST_FINDINGS))


def _check_magic(source: Path) -> None:
    with source.open("rb") as stream:
        magic = stream.read(len(_MAGIC))
    if magic == _MAGIC_ENCRYPTED:
        raise _encrypted()
    if not _MAGIC.startswith(magic):
        raise UnsupportedFormat(
            "unsupported-media-type", "The data were sent as Parquet but are not: say what they are in Content-Type."
        )


def _check_row_groups(metadata: pq.FileMetaData) -> None:
    """Looks no deeper: to ask for a forged or encrypted column's own metadata aborts the process."""
    groups = [metadata.row_group(i) for i in range(metadata.num_row_groups)]
    if any(group.num_rows < 0 for group in groups) or sum(group.num_rows for group in groups) != metadata.num_rows:
        raise _corrupt("its row groups do not add up to its rows")


def _refuse_nested(schema: pa.Schema) -> None:
    for field in schema:
        if pa.types.is_nested(field.type) and not is_image_struct(field.type):
            raise InvalidData(
                "nested-column",
                f"Column {field.name!r} holds {str(field.type)[:100]}, not single values: flatten it into columns.",
            )


def _read(file: pq.ParquetFile) -> pa.Table:
    schema = file.schema_arrow
    if not any(is_image_struct(field.type) for field in schema):
        return file.read()
    return pa.Table.from_batches(file.iter_batches(batch_size=_IMAGES_AT_ONCE), schema)


def _images_elsewhere(table: pa.Table) -> Iterator[Finding]:
    for name, column in zip(table.column_names, table.columns, strict=True):
        if is_image_struct(column.type) and (count := count_elsewhere(column)):
            detail = f"{name!r} has the path and not the bytes of an image in {count} rows, where it counts as missing."
            yield Finding("images-elsewhere", name, detail)


def _check_values(table: pa.Table) -> None:
    for name, column in zip(table.column_names, table.columns, strict=True):
        try:
            column.validate(full=True)
        except pa.ArrowInvalid as error:
            if "UTF8" in str(error):
                raise InvalidData("not-utf8", f"Column {name!r} holds text that is not UTF-8: write it anew.") from None
            raise _corrupt(f"column {name!r} holds impossible values") from None


@contextmanager
def _corruption_told() -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        if isinstance(error, MemoryError):
            raise
        if "crypt" in str(error):
            raise _encrypted() from None
        raise _corrupt("it was cut short or changed") from None


def _encrypted() -> InvalidData:
    return InvalidData("encrypted-parquet", "The Parquet file is encrypted: send it in the clear, over TLS.")


def _corrupt(why: str) -> InvalidData:
    return InvalidData("corrupt-parquet", f"The Parquet file is damaged: {why}. Write it anew and send it again.")
