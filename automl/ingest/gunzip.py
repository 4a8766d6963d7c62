"""Gzip, decoded without trusting how much it says it holds."""

import zlib
from typing import BinaryIO

from automl.errors import InvalidData, TooLarge

_CHUNK = 1 << 20
_GZIP = zlib.MAX_WBITS | 16


def gunzip(source: BinaryIO, target: BinaryIO, max_bytes: int) -> int:
    """Decode one or more gzip members to `target`, and count what was written.

    Raises:
        TooLarge: `too-large` as soon as there are more than `max_bytes`.
        InvalidData: `truncated-gzip` when it ends within a member, `corrupt-gzip` when it is no gzip or was changed.
    """
    written = 0
    member = zlib.decompressobj(_GZIP)
    data = source.read(_CHUNK)
    while data:
        try:
            part = member.decompress(data, _CHUNK)
        except zlib.error:
            raise InvalidData("corrupt-gzip", "The data are not gzip, or were changed on the way.") from None
        written += len(part)
        if written > max_bytes:
            raise TooLarge("too-large", f"The data decode to more than the {max_bytes:,} bytes allowed.")
        target.write(part)
        data = member.unconsumed_tail
        if member.eof:
            data = member.unused_data.lstrip(b"\x00") or source.read(_CHUNK).lstrip(b"\x00")
            if not data:
                return written
            member = zlib.decompressobj(_GZIP)
        elif not data:
            data = source.read(_CHUNK)
    raise InvalidData("truncated-gzip", "The gzip data end too early: send them again, whole.")
