"""Changes of one image that mostly leave what it shows (Shorten & Khoshgoftaar 2019)."""

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from PIL.Image import Image

_DEGREES: Final = 30.0
_CUT: Final = 0.4
"""Of each side, at the most, at strength 1."""
_LIGHT: Final = 0.6


def rotated(picture: "Image", strength: float, rng: np.random.Generator) -> "Image":
    """Turned by up to 30 degrees to either side; the corners have the colour of its rim."""
    from PIL.Image import Resampling  # noqa: PLC0415 - only tables with images need it

    angle = float(rng.uniform(-_DEGREES, _DEGREES)) * strength
    return picture.rotate(angle, Resampling.BILINEAR, fillcolor=_rim(picture))


def mirrored(picture: "Image", strength: float, rng: np.random.Generator) -> "Image":  # noqa: ARG001 - one signature for all
    """Left for right."""
    from PIL import ImageOps  # noqa: PLC0415 - as above

    return ImageOps.mirror(picture)


def cropped(picture: "Image", strength: float, rng: np.random.Generator) -> "Image":
    """A window of it, from anywhere, as large as it was."""
    share = 1 - _CUT * strength * rng.random()
    width, height = (max(1, round(share * side)) for side in picture.size)
    left, top = (int(rng.integers(side - kept + 1)) for side, kept in zip(picture.size, (width, height), strict=True))
    return picture.resize(picture.size, box=(left, top, left + width, top + height))


def lit(picture: "Image", strength: float, rng: np.random.Generator) -> "Image":
    """Darker or brighter, and of less or more contrast."""
    from PIL import ImageEnhance  # noqa: PLC0415 - as above

    brightness, contrast = (1 + _LIGHT * strength * rng.uniform(-1, 1, size=2)).tolist()
    return ImageEnhance.Contrast(ImageEnhance.Brightness(picture).enhance(brightness)).enhance(contrast)


def _rim(picture: "Image") -> tuple[int, ...]:
    """The median colour of its outermost pixels."""
    pixels = np.asarray(picture)
    rim = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    return tuple(np.median(rim, axis=0).astype(int).tolist())
