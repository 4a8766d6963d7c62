"""A zip archive of images in folders, read in memory: nothing of it is ever written to disk."""

import errno
import stat
import struct
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa

from automl.errors import Fault, InvalidData, TooLarge, UnsupportedFormat
from automl.ingest.limits import Limits
from automl.ingest.shape import check_size
from automl.profiling.columns import Finding
from automl.tables.images import MOST_BYTES, BrokenImage, normal_images

IMAGE, CLASS = "image", "class"
_ENDINGS: Final = (".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".gif", ".webp")
_NOT_READ: Final = (".bmp", ".tif", ".tiff", ".heic", ".heif", ".avif", ".jp2", ".jxl", ".pbm", ".pgm", ".ppm", ".pnm")
"""Images, too: they are refused, since a table without them would lack what was meant to be in it."""
_LITTER: Final = ("__MACOSX", "Thumbs.db", "desktop.ini")
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_MAGIC: Final = b"PK"
_ENCRYPTED: Final = 0x1
_MOST_FAULTS: Final = 20
_NAMED: Final = 5


def read_images(source: Path, limits: Limits) -> tuple[pa.Table, list[Finding]]:
    """A row for each image: the `image`, and its `class`, the folder that it lies in.

    Of one folder rows are in the order of their names; folders are spread evenly. Files without an image's ending are
    passed over, which is told; so are hidden files and what file managers leave behind, which is not. An image that is
    in no folder has no class.

    Raises:
        UnsupportedFormat: `unsupported-media-type` when it is no zip archive, or one of other things.
        TooLarge: `too-large` for too many files or bytes, as the archive tells before any is unpacked.
        InvalidData: `corrupt-zip`, `unsafe-zip` or `broken-image`, with the names; `no-rows`.
    """
    with source.open("rb") as stream:
        if not _MAGIC.startswith(stream.read(len(_MAGIC))):
            raise UnsupportedFormat("unsupported-media-type", "The data were sent as a zip archive but are not one.")
    try:
        with zipfile.ZipFile(source) as archive:
            files = _files(archive.infolist())
            image_files = _spread([file for file in files if _ends(file, _ENDINGS + _NOT_READ)])
            _check_sizes(files, image_files, limits)
            images = _images(archive, image_files)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, struct.error) as error:
        raise _corrupt(error) from None
    except OSError as error:
        if error.errno != errno.EINVAL:  # that of a place before the file's beginning
            raise
        raise _corrupt(error) from None
    classes = [next(iter(_parts(file)[-2:-1]), None) for file in image_files]
    table = pa.table({IMAGE: pa.chunked_array([images], pa.binary()), CLASS: pa.array(classes, pa.string())})
    return table, _passed_over(sorted({file.filename for file in files} - {file.filename for file in image_files}))


def _files(entries: Sequence[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    """All but litter. Every entry is looked at, also those that are passed over."""
    faults = [Fault(f"{entry.filename[:200]!r} {why}") for entry in entries if (why := _wrong(entry))]
    if len({entry.filename for entry in entries}) < len(entries):
        faults.append(Fault("a name stands there twice"))
    if faults:
        raise InvalidData("unsafe-zip", f"The archive cannot be trusted: {faults[0].detail}.", faults[:_MOST_FAULTS])
    files = [entry for entry in entries if not entry.is_dir() and not any(map(_is_litter, _parts(entry)))]
    if files and not any(_ends(file, _ENDINGS) for file in files):
        raise UnsupportedFormat(
            "unsupported-media-type",
            "The archive holds no images (files in .png, .jpg, .webp or .gif, a folder for each class). Send tables as "
            "CSV, TSV, NDJSON or Parquet.",
        )
    return files


def _spread(files: Sequence[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    """One folder after the other would look as if classes had come and gone in the course of time."""
    folders: defaultdict[tuple[str, ...], list[zipfile.ZipInfo]] = defaultdict(list)
    for file in sorted(files, key=lambda file: file.filename):
        folders[tuple(_parts(file)[:-1])].append(file)
    places = [((at + 0.5) / len(own), file.filename) for own in folders.values() for at, file in enumerate(own)]
    by_name = {file.filename: file for file in files}
    return [by_name[name] for _, name in sorted(places)]


def _wrong(entry: zipfile.ZipInfo) -> str | None:
    path = entry.filename.replace("\\", "/")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if not path:
        return "has no name"
    if path.startswith("/") or ".." in path.split("/") or ":" in path.split("/")[0]:
        return "points out of the archive"
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is a link or a device, not a file"
    if entry.flag_bits & _ENCRYPTED:
        return "is encrypted: send it in the clear, over TLS"
    return None if entry.compress_type in _METHODS else "is packed in another way than stored or deflated"


def _check_sizes(files: Sequence[zipfile.ZipInfo], images: Sequence[zipfile.ZipInfo], limits: Limits) -> None:
    check_size(len(images), 2, limits)
    if len(files) > limits.max_images:
        raise TooLarge("too-large", f"The archive has {len(files):,} files; at most {limits.max_images:,} are allowed.")
    total = sum(file.file_size for file in files)
    if total > limits.max_bytes:
        raise TooLarge("too-large", f"The archive unpacks to {total:,} bytes; {limits.max_bytes:,} are allowed.")
    large = next((file for file in images if file.file_size > MOST_BYTES), None)
    if large:
        raise TooLarge("too-large", f"{large.filename!r} has {large.file_size:,} bytes; {MOST_BYTES:,} are allowed.")


def _images(archive: zipfile.ZipFile, files: Sequence[zipfile.ZipInfo]) -> list[bytes]:
    images: list[bytes] = []
    faults: list[Fault] = []
    for row, (file, image) in enumerate(zip(files, normal_images(map(archive.read, files)), strict=True)):
        if isinstance(image, bytes):
            images.append(image)
        elif isinstance(image, BrokenImage) and len(faults) < _MOST_FAULTS:
            faults.append(Fault(f"{file.filename[:200]!r} {image}", row=row, column=IMAGE))
    if faults:
        raise InvalidData("broken-image", f"{faults[0].detail}.", faults)
    return images


def _passed_over(names: Sequence[str]) -> list[Finding]:
    if not names:
        return []
    listed = ", ".join(repr(name[:100]) for name in names[:_NAMED])
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    detail = (
        f"Without an image's ending, and so passed over: {listed}{more}. The class of an image is its folder's name, "
        "and is read from no file."
    )
    return [Finding("passed-over-files", IMAGE, detail)]


def _ends(entry: zipfile.ZipInfo, endings: tuple[str, ...]) -> bool:
    return entry.filename.lower().endswith(endings)


def _parts(entry: zipfile.ZipInfo) -> list[str]:
    return entry.filename.replace("\\", "/").split("/")


def _is_litter(part: str) -> bool:
    return part.startswith(".") or part in _LITTER


def _corrupt(error: Exception) -> InvalidData:
    return InvalidData("corrupt-zip", f"The zip archive is damaged ({str(error)[:200]}): make it anew.")
