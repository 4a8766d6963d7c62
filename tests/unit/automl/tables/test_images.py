"""Images of strangers: one form for all that can be read, and a reason for all others."""

import base64
import contextlib
import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from automl.tables.cells import Unusable, image
from automl.tables.images import MOST_BYTES, SIDE, BrokenImage, normal_image, normal_images, origin, pixels
from tests.pictures import file_of, shape

PICTURE = shape("disc", np.random.default_rng(0))
MODES = {
    "PNG": ("1", "L", "LA", "P", "RGB", "RGBA"),
    "JPEG": ("L", "RGB", "CMYK"),
    "GIF": ("L", "P"),
    "WEBP": ("RGB", "RGBA"),
}


def _png_header(width: int, height: int) -> bytes:
    chunks = (b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0), b"IDAT")
    packed = (struct.pack(">I", len(it) - 4) + it + struct.pack(">I", zlib.crc32(it)) for it in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


@settings(max_examples=30, deadline=None)
@given(
    kind=st.sampled_from([(name, mode) for name, modes in MODES.items() for mode in modes]),
    size=st.tuples(st.integers(1, 150), st.integers(1, 150)),
)
def test_one_form_whatever_it_was(kind: tuple[str, str], size: tuple[int, int]) -> None:
    data = file_of(PICTURE.resize(size).convert(kind[1]), kind[0])
    normal = normal_image(data)
    assert normal_image(normal) == normal
    assert tuple(origin(normal)) == (kind[0].lower(), *size)
    height, width, channels = pixels(normal).shape
    assert (max(height, width), channels) == (min(SIDE, max(size)), 3)
    if min(size) > 16:
        assert width / height == pytest.approx(size[0] / size[1], rel=0.1)


def test_a_small_picture_keeps_its_pixels() -> None:
    small = PICTURE.resize((40, 30))
    np.testing.assert_array_equal(pixels(normal_image(file_of(small))), np.asarray(small))


def test_upright_on_white_and_not_clipped() -> None:
    turned = Image.new("RGB", (40, 20), "white")
    turned.paste("black", (0, 0, 20, 20))
    exif = Image.Exif()
    exif[0x0112] = 6  # is shown turned by a quarter to the right: left becomes top
    upright = pixels(normal_image(file_of(turned, exif=exif)))
    assert upright.shape == (40, 20, 3)
    assert (upright[5, 10].max(), upright[35, 10].min()) == (0, 255)
    clear = Image.new("RGBA", (8, 8), (255, 0, 0, 0))
    assert pixels(normal_image(file_of(clear))).min() == 255
    deep = Image.fromarray(np.full((8, 8), 0x4000, np.uint16))
    assert set(pixels(normal_image(file_of(deep))).ravel().tolist()) == {0x40}


def test_a_telephone_s_jpeg_of_two_pictures_is_one() -> None:
    both = file_of(PICTURE, "MPO", save_all=True, append_images=[PICTURE.resize((10, 10))])
    assert tuple(origin(normal_image(both))) == ("jpeg", *PICTURE.size)
    assert normal_image(normal_image(both)) == normal_image(both)


def test_of_an_animation_the_first_frame() -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "lime")]
    moving = file_of(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert pixels(normal_image(moving))[0, 0].tolist() == [255, 0, 0]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no image"),
        (b"hello", "no image"),
        (file_of(PICTURE, "BMP"), "no image"),
        (file_of(PICTURE, "TIFF"), "no image"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "no image"),
        (file_of(PICTURE)[:-40], "damaged"),
        (file_of(PICTURE, "JPEG")[:600], "damaged"),
        (_png_header(60_000, 60_000), "pixels"),
        (_png_header(12_000, 8_000), "pixels"),
        (_png_header(6_000, 5_000), "pixels"),
        (b"\x89PNG\r\n\x1a\n" + bytes(MOST_BYTES), "MiB"),
    ],
    ids=["empty", "text", "bmp", "tiff", "wave", "cut png", "cut jpeg", "a bomb", "a warned one", "large", "long"],
)
def test_what_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(BrokenImage, match=why):
        normal_image(data)


@settings(max_examples=150, deadline=None)
@given(kind=st.sampled_from(["PNG", "JPEG", "GIF", "WEBP"]), at=st.integers(0, 10**6), byte=st.integers(0, 255))
def test_a_changed_byte_gives_an_image_or_a_reason(kind: str, at: int, byte: int) -> None:
    data = bytearray(file_of(PICTURE.resize((24, 24)), kind))
    data[at % len(data)] = byte
    with contextlib.suppress(BrokenImage):
        assert max(pixels(normal_image(bytes(data))).shape) <= SIDE


def test_many_keep_their_order() -> None:
    files = [file_of(PICTURE.resize((side, 5))) for side in range(1, 41)]
    found = list(normal_images([None, b"broken", *files]))
    assert found[0] is None
    assert isinstance(found[1], BrokenImage)
    assert found[2:] == [normal_image(data) for data in files]


def test_a_cell_is_bytes_or_base_64() -> None:
    data = file_of(PICTURE)
    text = io.BytesIO()

    base64.encode(io.BytesIO(data), text)  # in lines
    assert image(data) == image(text.getvalue().decode()) == normal_image(data)
    assert image(None) is image("") is None
    for wrong, why in (("?", "base 64"), ("aGVsbG8=", "no image"), (5, "no image"), (["x"], "no image")):
        with pytest.raises(Unusable, match=why):
            image(wrong)
