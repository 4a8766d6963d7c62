"""Images of strangers, decoded under limits and brought to one small form, in which datasets and models have them.

The form is an upright PNG in red, green and blue, on white, whose longer side has at most 64 pixels. A text in it tells
what it was made of. An image of that form stays as it is, byte for byte, however often it is read.
"""

import re
import warnings
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import cache
from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from automl.machine import cores

if TYPE_CHECKING:
    from PIL.Image import Image

Pixels = NDArray[np.uint8]
"""Height, width, and red, green, blue."""

SIDE: Final = 64
MOST_BYTES: Final = 32 << 20
"""Of an encoded image."""
MOST_PIXELS: Final = 25_000_000
SIGNATURES: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"RIFF")
"""What the formats that are read begin with."""

_FORMATS: Final = ("PNG", "JPEG", "GIF", "WEBP")
_NO_IMAGE: Final = "is no image that can be read: send PNG, JPEG, WebP or GIF"
_TOO_LARGE: Final = f"has more than the {MOST_PIXELS:,} pixels allowed: make it smaller"
_MOST_OF_FORM: Final = SIDE * SIDE * 3 + 1024
_MANY_PIXELS: Final = 4_000_000
_one_large_at_a_time = Lock()
_FEW: Final = 16
_TOLD: Final = "Source"
_ORIGIN: Final = re.compile(r"(png|jpeg|gif|webp) ([1-9]\d{0,7}) ([1-9]\d{0,7})", re.ASCII)


class BrokenImage(ValueError):
    """The bytes are no image that is read here; the message continues a sentence that begins with it."""


class Origin(NamedTuple):
    """What an image was before it was brought to form: `png`, `jpeg`, `gif` or `webp`, of so many pixels."""

    format: str
    width: int
    height: int


def normal_image(data: bytes) -> bytes:
    """An image in the form that all have; of an animation the first frame.

    Raises:
        BrokenImage: it is none, of another format, damaged or too large.
    """
    if len(data) > MOST_BYTES:
        raise BrokenImage(f"has more than the {MOST_BYTES >> 20} MiB allowed: make it smaller")
    if not data.startswith(SIGNATURES):
        raise BrokenImage(_NO_IMAGE)
    try:
        return _decoded(data)
    except (BrokenImage, MemoryError):
        raise
    except Exception:  # noqa: BLE001 - the decoders raise whatever they stumble over: OSError, SyntaxError, IndexError …
        raise BrokenImage("is damaged or cut short: write it anew") from None


def normal_images(images: Iterable[bytes | None]) -> Iterator[bytes | BrokenImage | None]:
    """Each image as `normal_image` gives it, or what is wrong with it, in order; some are decoded side by side."""
    batch: list[bytes | None] = []
    with ThreadPoolExecutor(cores()) as pool:
        for image in images:
            batch.append(image)
            if len(batch) == _FEW:
                yield from pool.map(_attempt, batch)
                batch.clear()
        yield from map(_attempt, batch)


def origin(image: bytes) -> Origin:
    """What an image of the form was made of."""
    with _pillow().open(BytesIO(image), formats=("PNG",)) as opened:
        return _origin(opened)


def area(data: bytes) -> int:
    """How many pixels of an image `normal_image` would have to decode; 0 where it would refuse the image at once."""
    try:
        with _pillow().open(BytesIO(data), formats=_FORMATS) as opened:
            return _area(opened)
    except Exception:  # noqa: BLE001 - as in `normal_image`
        return 0


def pixels(image: bytes) -> Pixels:
    """The pixels of an image of the form."""
    with _pillow().open(BytesIO(image), formats=("PNG",)) as opened:
        return np.asarray(opened)


def drawn(picture: "Image") -> bytes:
    """A picture as an image of the form."""
    return _written(picture, Origin("png", *picture.size))


def _attempt(image: bytes | None) -> bytes | BrokenImage | None:
    try:
        return None if image is None else normal_image(image)
    except BrokenImage as error:
        return error


def _decoded(data: bytes) -> bytes:
    from PIL import Image, ImageOps, UnidentifiedImageError  # noqa: PLC0415 - only tables with images need it

    try:
        opened = _pillow().open(BytesIO(data), formats=_FORMATS)  # reads the header only
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise BrokenImage(_TOO_LARGE) from None
    except UnidentifiedImageError:
        raise BrokenImage(_NO_IMAGE) from None
    with opened:
        count = _area(opened)
        told = _origin(opened)
        with _one_large_at_a_time if count > _MANY_PIXELS else nullcontext():
            opened.draft("RGB", (2 * SIDE, 2 * SIDE))  # JPEG comes smaller for an eighth of the work
            opened.load()
            if _is_of_form(opened, data):
                return data
            picture = _on_white(ImageOps.exif_transpose(opened))
            picture.thumbnail((SIDE, SIDE), reducing_gap=2.0)
    return _written(picture, told)


def _area(opened: "Image") -> int:
    count = int(opened.width * opened.height)
    if count > MOST_PIXELS:
        raise BrokenImage(_TOO_LARGE)
    return count


def _is_of_form(opened: "Image", data: bytes) -> bool:
    """Whether nothing would be gained by writing it anew."""
    told = _ORIGIN.fullmatch(str(opened.info.get(_TOLD, "")))
    plain = opened.format == "PNG" and opened.mode == "RGB" and set(opened.info) == {_TOLD}
    return plain and told is not None and max(opened.size) <= SIDE and len(data) <= _MOST_OF_FORM


def _origin(opened: "Image") -> Origin:
    told = _ORIGIN.fullmatch(str(opened.info.get(_TOLD, ""))) if max(opened.size) <= SIDE else None
    if told:
        return Origin(told[1], int(told[2]), int(told[3]))
    kind = "jpeg" if opened.format == "MPO" else str(opened.format).lower()  # telephones write several JPEGs as one
    return Origin(kind, *opened.size)


def _on_white(picture: "Image") -> "Image":
    from PIL import Image  # noqa: PLC0415 - as above

    if picture.mode.startswith("I"):  # 16 bits of grey, which Pillow would clip
        return Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8)).convert("RGB")
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    there = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", there.size, "white"), there).convert("RGB")


def _written(picture: "Image", told: Origin) -> bytes:
    from PIL.PngImagePlugin import PngInfo  # noqa: PLC0415 - as above

    note = PngInfo()
    note.add_text(_TOLD, f"{told.format} {told.width} {told.height}")
    picture.info.clear()
    target = BytesIO()
    picture.save(target, "PNG", pnginfo=note)
    return target.getvalue()


@cache
def _pillow():  # type: ignore[no-untyped-def]  # noqa: ANN202 - the module
    from PIL import Image  # noqa: PLC0415 - as above

    warnings.simplefilter("error", Image.DecompressionBombWarning)
    return Image
