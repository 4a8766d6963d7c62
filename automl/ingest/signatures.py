"""Formats known by their first bytes, so that a file under a wrong type is named for what it is."""

import re
from typing import Final

from automl.errors import UnsupportedFormat

HEAD_BYTES: Final = 1024

_SIGNATURES: Final = [
    (rb"\x80[\x02-\x05]|[\]})(]q\x00", "a Python pickle"),
    (
        rb"\([dl]p\d+\n|c(?:__builtin__|builtins|copy_?reg|posix|nt|os|numpy[\w.]*)\n\w+\n(?:p\d+\n|\()",
        "a Python pickle",
    ),
    (rb"PK\x03\x04|PK\x05\x06", "a zip archive (of images, it is application/zip) or an Excel workbook"),
    (rb"\xd0\xcf\x11\xe0", "an old Excel or Office file"),
    (rb"ARROW1\x00|FEA1[\x00-\x1f]|\xff\xff\xff\xff", "Feather or Arrow IPC"),
    (rb"PAR[1E][\x00-\x08\x0e-\x1f\x80-\xff]", "Parquet"),
    (rb"\x1f\x8b", "gzip (send it with Content-Encoding: gzip)"),
    (rb"BZh[1-9]1AY", "bzip2"),
    (rb"\xfd7zXZ\x00", "xz"),
    (rb"\x28\xb5\x2f\xfd", "zstd"),
    (rb"7z\xbc\xaf", "7-Zip"),
    (rb"%PDF-", "PDF"),
    (rb"\x89PNG|\xff\xd8\xff|GIF8[79]a", "an image (send images in a zip archive, a folder for each class)"),
    (rb"\x89HDF", "HDF5"),
    (rb"\x93NUMPY", "a numpy array"),
    (rb"SQLite format 3\x00", "an SQLite database"),
    (rb"ORC[\x00-\x08\x0e-\x1f\x80-\xff]|Obj\x01", "ORC or Avro"),
    (rb"\x7fELF|MZ\x90\x00", "a program"),
]
_KNOWN = [(re.compile(pattern), name) for pattern, name in _SIGNATURES]


def refuse_other_formats(head: bytes, due: str) -> None:
    """Raises `UnsupportedFormat` `unsupported-media-type` when the first bytes are of a format that text never is."""
    for pattern, name in _KNOWN:
        if pattern.match(head):
            raise UnsupportedFormat(
                "unsupported-media-type",
                f"The data were sent as {due} but look like {name}. Send CSV, TSV, NDJSON or Parquet, and say which.",
            )
