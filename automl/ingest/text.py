"""Text must be UTF-8 without NULs, and is told where it is not."""

import codecs
from typing import BinaryIO

from automl.errors import Fault, InvalidData

_CHUNK = 1 << 20
_SAMPLE = 1024


def check_text(source: BinaryIO) -> int:
    """Read to the end and count the double quotes.

    Raises:
        InvalidData: `not-utf8` or `nul-byte` with the line, and the byte in words.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    offset = lines = quotes = 0
    while chunk := source.read(_CHUNK):
        if offset == 0:
            _refuse_utf16(chunk[:_SAMPLE])
        pending = decoder.getstate()[0]
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError as error:
            at = max(error.start - len(pending), 0)
            raise _not_utf8(chunk[at], lines + _lines(chunk[:at]), offset + at) from None
        nul = chunk.find(0)
        if nul >= 0:
            line = lines + _lines(chunk[:nul]) + 1
            detail = f"Line {line} holds a NUL byte (byte {offset + nul + 1} of the file): save the file as plain text."
            raise InvalidData("nul-byte", detail, [Fault(detail, line=line)])
        offset += len(chunk)
        lines += _lines(chunk)
        quotes += chunk.count(b'"')
    if decoder.getstate()[0]:
        raise _not_utf8(decoder.getstate()[0][0], lines, offset - len(decoder.getstate()[0]))
    return quotes


def _refuse_utf16(sample: bytes) -> None:
    mostly = len(sample) // 4
    wide = (sample[::2].count(0) > mostly) != (sample[1::2].count(0) > mostly)
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or wide:
        detail = "The text is UTF-16 from line 1, byte 1 on: save it as UTF-8."
        raise InvalidData("not-utf8", detail, [Fault(detail, line=1)])


def _not_utf8(byte: int, lines: int, offset: int) -> InvalidData:
    detail = f"Line {lines + 1} is not UTF-8: byte {offset + 1} of the file is 0x{byte:02X}. Save the file as UTF-8."
    return InvalidData("not-utf8", detail, [Fault(detail, line=lines + 1)])


def _lines(chunk: bytes) -> int:
    return chunk.count(b"\n") or chunk.count(b"\r")
