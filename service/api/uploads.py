"""Tables in request bodies: raw or as a form's file, plain or gzip-encoded, spooled to disk and hashed."""

import hashlib
from pathlib import Path
from typing import IO

from flask import Request
from werkzeug.datastructures import FileStorage
from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_options_header

from automl.ingest import MEDIA_TYPES, gunzip
from service.api.bodies import Environ, spool_body
from service.errors import BadRequest, UnsupportedMedia
from service.mediatypes import of_path
from service.usecases.datasets import Upload

FORM = "multipart/form-data"
_FORM_MARGIN = 1 << 16  # what boundaries, headers and the name may add to the file
_GZIP_TYPES = frozenset({"application/gzip", "application/x-gzip"})
_VAGUE_TYPES = frozenset({"", "application/octet-stream", *_GZIP_TYPES})


def receive_table(request: Request, directory: Path, limit: int, *, multipart: bool) -> Upload:
    """The table in a request's body.

    Args:
        request: not read yet.
        directory: where to spool to, and where the table is then.
        limit: most bytes, before and after gzip.
        multipart: whether a form with a file is taken, too; its field `name`, or its file's name, is the table's.

    Raises:
        UnsupportedMedia: a content type or encoding that is not read here.
        BadRequest, TooLarge, InvalidData: the body did not arrive whole, is no form, is too long, is no gzip.
    """
    gzipped = _is_gzip(request.headers.get("Content-Encoding", "identity"))
    name = None
    if multipart and request.mimetype == FORM:
        if gzipped:
            raise UnsupportedMedia("unsupported-encoding", "Gzip the file in the form, not the form.")
        path, media_type, gzipped, name = _receive_file(request, directory, limit)
    else:
        media_type, path = media_type_of(request), directory / "body"
        spool_body(request.environ, path, limit)
    if gzipped:
        path = _gunzipped(path, limit)
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return Upload(path, media_type, sha256, name)


def media_type_of(request: Request) -> str:
    """The table type that the header says. Raises `UnsupportedMedia`."""
    media_type, options = parse_options_header(request.headers.get("Content-Type"))
    if media_type not in MEDIA_TYPES:
        raise UnsupportedMedia("unsupported-media-type", f"Send one of {', '.join(MEDIA_TYPES)}.")
    if options.get("charset", "utf-8").lower() not in ("utf-8", "utf8", "us-ascii"):
        raise UnsupportedMedia("unsupported-media-type", "Text must be UTF-8.")
    return media_type


def _receive_file(request: Request, directory: Path, limit: int) -> tuple[Path, str, bool, str | None]:
    """A form's one file: where it is, what it is, whether it is gzip, what it is called."""
    form = directory / "form"
    spool_body(request.environ, form, limit + _FORM_MARGIN)
    path = directory / "body"
    fields, file = _parse_form(request.environ, form, path)
    filename = Path(file.filename or "").name
    guessed, packed = of_path(Path(filename))
    declared = (file.mimetype or "").lower()
    media_type = guessed if declared in _VAGUE_TYPES else declared
    if media_type not in MEDIA_TYPES:
        raise UnsupportedMedia("unsupported-media-type", f"The file must be one of {', '.join(MEDIA_TYPES)}.")
    called = fields.get("name") or "".join(char for char in filename if char.isprintable())[:200]
    return path, media_type, packed or declared in _GZIP_TYPES, called or None


def _parse_form(environ: Environ, form: Path, target: Path) -> tuple[dict[str, str], FileStorage]:
    def place_file(  # the names are the parser's own
        total_content_length: int | None,  # noqa: ARG001
        content_type: str | None,  # noqa: ARG001
        filename: str | None,  # noqa: ARG001
        content_length: int | None = None,  # noqa: ARG001
    ) -> IO[bytes]:
        return target.open("w+b")

    options = parse_options_header(environ.get("CONTENT_TYPE"))[1]
    parser = FormDataParser(place_file, max_form_memory_size=_FORM_MARGIN, max_form_parts=4, silent=False)
    try:
        with form.open("rb") as stream:
            _, fields, files = parser.parse(stream, FORM, form.stat().st_size, options)
    except ValueError as error:
        raise BadRequest("malformed-body", f"The body is not the form that it says it is: {error}.") from None
    items = list(files.items(multi=True))
    for _, file in items:
        file.close()
    if [key for key, _ in items] != ["file"] or set(fields) - {"name"}:
        raise BadRequest("malformed-body", "Send one file in the form's field `file`, and its `name` if it has one.")
    return fields.to_dict(), items[0][1]


def _is_gzip(encoding: str) -> bool:
    if encoding.strip().lower() not in ("identity", "gzip", "x-gzip"):
        raise UnsupportedMedia("unsupported-encoding", "Send the body as it is, or with Content-Encoding: gzip.")
    return "gzip" in encoding.lower()


def _gunzipped(path: Path, limit: int) -> Path:
    target = path.with_suffix(".plain")
    with path.open("rb") as packed, target.open("wb") as plain:
        gunzip(packed, plain, limit)
    path.unlink()
    return target
