"""Small images of things that can be told apart, and the bytes of their files."""

import io
import zipfile
from collections.abc import Iterable, Mapping

import numpy as np
from PIL import Image, ImageDraw

SHAPES = ("disc", "stripes")


def shape(kind: str, rng: np.random.Generator, size: tuple[int, int] = (96, 72)) -> Image.Image:
    """A disc or stripes somewhere, in any colour on any other."""
    ground, ink = (tuple(int(part) for part in rng.integers(0, 255, 3)) for _ in range(2))
    picture = Image.new("RGB", size, ground)
    draw = ImageDraw.Draw(picture)
    left, top = (int(place) for place in rng.integers(2, 30, 2))
    if kind == "disc":
        draw.ellipse([left, top, left + 40, top + 40], fill=ink)
    else:
        for line in range(0, 40, 8):
            draw.rectangle([left, top + line, left + 40, top + line + 3], fill=ink)
    return picture


def file_of(picture: Image.Image, kind: str = "PNG", **how: object) -> bytes:
    """The picture's file."""
    target = io.BytesIO()
    picture.save(target, kind, **how)
    return target.getvalue()


def shapes(rows: int, seed: int = 0, kinds: Iterable[str] = ("PNG", "JPEG", "WEBP", "GIF")) -> list[tuple[str, bytes]]:
    """What is shown and the file, of as many of each shape, in every format."""
    rng, formats = np.random.default_rng(seed), tuple(kinds)
    return [
        (SHAPES[row % 2], file_of(shape(SHAPES[row % 2], rng), formats[row // 2 % len(formats)])) for row in range(rows)
    ]


def zip_of(files: Mapping[str, bytes]) -> bytes:
    """An archive of files by name."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)  # without the time of day
    return target.getvalue()


def shapes_zip(rows: int, seed: int = 0) -> bytes:
    """An archive of shapes in folders of their own."""
    return zip_of(
        {f"shapes/{kind}/{row:03}.png": data for row, (kind, data) in enumerate(shapes(rows, seed))}
        | {".DS_Store": b"x"}
    )
