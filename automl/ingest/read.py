"""A file of a media type to a canonical table, in this process."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pyarrow as pa

from automl.errors import InvalidData, TooLarge, UnsupportedFormat
from automl.ingest.delimited import read_delimited
from automl.ingest.imagezip import read_images
from automl.ingest.limits import Limits
from automl.ingest.ndjson import read_ndjson
from automl.ingest.parquet import read_parquet
from automl.ingest.signatures import HEAD_BYTES, refuse_other_formats
from automl.profiling.columns import Finding
from automl.tables.canonical import canonical_table

PARQUET: Final = "application/vnd.apache.parquet"
ZIP: Final = "application/zip"
_DEFAULT: Final = Limits()
_NONE: Final = Limits(max_bytes=sys.maxsize, max_rows=sys.maxsize, max_columns=sys.maxsize, max_cells=sys.maxsize)
_TEXT_READERS: Final[Mapping[str, Callable[[Path, Limits], pa.Table]]] = {
    "text/csv": lambda source, limits: read_delimited(source, ",", limits),
    "text/tab-separated-values": lambda source, limits: read_delimited(source, "\t", limits),
    "application/x-ndjson": read_ndjson,
    "application/jsonl": read_ndjson,
    "application/x-jsonlines": read_ndjson,
}
_PACKED_READERS: Final[Mapping[str, Callable[[Path, Limits], tuple[pa.Table, list[Finding]]]]] = {
    PARQUET: read_parquet,
    ZIP: read_images,
    "application/x-zip-compressed": read_images,
}
MEDIA_TYPES: Final = (*_TEXT_READERS, *_PACKED_READERS)
TEXT_TYPES: Final = tuple(_TEXT_READERS)
"""Those whose bytes cannot unpack to more than they are."""


def read_table(source: Path, media_type: str, limits: Limits = _DEFAULT) -> pa.Table:
    """The table in a file of one of `MEDIA_TYPES`, in canonical types (see `canonical_table`).

    Memory is not bounded here: read what strangers send with `ingest`.

    Raises:
        UnsupportedFormat: `unsupported-media-type`, an unknown type or bytes of another.
        TooLarge: `too-large`.
        InvalidData: anything else that is wrong with the bytes.
    """
    return read_with_findings(source, media_type, limits)[0]


def read_with_findings(source: Path, media_type: str, limits: Limits = _DEFAULT) -> tuple[pa.Table, list[Finding]]:
    """The table, and what was noticed in its bytes that it does not show. Raises as `read_table`."""
    if media_type not in MEDIA_TYPES:
        raise UnsupportedFormat(
            "unsupported-media-type", f"{media_type[:100]!r} is not one of {', '.join(MEDIA_TYPES)}."
        )
    size = source.stat().st_size
    if size > limits.max_bytes:
        raise TooLarge("too-large", f"The data have {size:,} bytes; at most {limits.max_bytes:,} are allowed.")
    with source.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if media_type in TEXT_TYPES:
        refuse_other_formats(head, media_type)
    if not head or (size == len(head) and not head.removeprefix(b"\xef\xbb\xbf").strip()):
        raise InvalidData("empty-dataset", "The data are empty: send a header and at least one row.")
    if media_type in TEXT_TYPES:
        return canonical_table(_TEXT_READERS[media_type](source, limits)), []
    table, noticed = _PACKED_READERS[media_type](source, limits)
    return canonical_table(table), noticed


def read_stored(source: Path) -> pa.Table:
    """A table that `ingest` has written, whatever its size: it was allowed when it came."""
    return read_table(source, PARQUET, _NONE)
