"""A zip file in memory as a mapping from names to bytes, and JSON with one spelling: how a bundle's bytes are laid out.

Nothing is ever extracted to disk, and sizes are checked before a byte is decompressed.
"""

import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping

from automl.errors import InvalidBundle
from automl.types import Json

MAX_BYTES = 512 * 1024 * 1024
MAX_FILES = 512
_NAMES = re.compile(
    r"(?:manifest|encoders|golden|decisions|calibration|extension-#|start-#-#)\.json|model-#-#\.(?:txt|json)".replace(
        "#", r"(?:0|[1-9]\d{0,2})"
    )
)
_END = struct.Struct("<4s4H2LH")
_END_MAGIC, _ZIP64_MAGIC = b"PK\x05\x06", b"PK\x06\x07"
_ZIP64_SIZE = 20
_LARGEST_ENTRY = 256
_ENCRYPTED = 1


def invalid(detail: str) -> InvalidBundle:
    """The one error that reading a bundle ends in."""
    return InvalidBundle("invalid-bundle", f"This is not an intact bundle: {detail}.")


def write_archive(files: Mapping[str, bytes]) -> bytes:
    """The same files give the same bytes: sorted names, no times, no owners."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system = 3
            archive.writestr(entry, files[name], compress_type=zipfile.ZIP_DEFLATED, compresslevel=6)
    return buffer.getvalue()


def read_archive(data: bytes) -> dict[str, bytes]:
    """Files by name. Raises `InvalidBundle` for everything that `write_archive` would not have written."""
    _check_directory(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_entries(entries)
            return {entry.filename: archive.read(entry) for entry in entries}
    # What zipfile raises for hostile bytes is not documented; these came up under random changes.
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, RuntimeError, OSError) as error:
        raise invalid(f"its zip container is damaged ({error})") from error


def dump_json(value: Json) -> bytes:
    """The one spelling of a JSON value: sorted keys, no spaces, ASCII, shortest floats that read back exactly."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def load_json(data: bytes, name: str) -> Json:
    """The value that `dump_json` wrote; any other spelling (duplicate keys, NaN, spaces) raises `InvalidBundle`."""
    try:
        value = json.loads(data)
        canonical = dump_json(value) == data
    except (ValueError, RecursionError) as error:
        raise invalid(f"{name} is not JSON ({error})") from error
    if not canonical:
        raise invalid(f"{name} is not spelt as it was written")
    return value


def _check_directory(data: bytes) -> None:
    """Refuse a directory too large to be walked, before zipfile walks it."""
    if not _END.size <= len(data) <= MAX_BYTES:
        raise invalid(f"it is not between {_END.size} bytes and {MAX_BYTES:,}")
    magic, _, _, _, count, size, _, comment = _END.unpack(data[-_END.size :])
    locator = data[-_END.size - _ZIP64_SIZE :][: len(_ZIP64_MAGIC)]
    if magic != _END_MAGIC or comment or locator == _ZIP64_MAGIC:
        raise invalid("it does not end as a plain zip file does")
    if count > MAX_FILES or size > MAX_FILES * _LARGEST_ENTRY:
        raise invalid(f"it holds more than {MAX_FILES} files")


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    names = [entry.filename for entry in entries]
    if len(set(names)) != len(names):
        raise invalid("a file stands in it twice")
    for entry in entries:
        if not _NAMES.fullmatch(entry.filename):
            raise invalid(f"it holds {entry.filename[:60]!r}, which no bundle has")
        if entry.flag_bits & _ENCRYPTED or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise invalid(f"{entry.filename} is encrypted or packed in a way that bundles are not")
    if sum(entry.file_size for entry in entries) > MAX_BYTES:
        raise invalid(f"it unpacks to more than {MAX_BYTES:,} bytes")
