"""What trees can use of an image: where its edges run, its texture, its colours, and itself very small.

Histograms of oriented gradients (Dalal & Triggs 2005) and of uniform local binary patterns (Ojala et al. 2002) are
scikit-image's. Nothing is learnt, so an image has the same features in every table.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import chain, product
from threading import Lock
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from automl.tables.images import SIDE, Pixels, pixels
from automl.types import Floats, Json

SECONDS_AN_IMAGE: Final = 1.5e-3
"""What its features take, about: Python does most of it on one core at a time."""

_CELL, _DIRECTIONS = 16, 8
_SMALL: Final = 8
_PATTERNS: Final = 10
_SHADES: Final = 8
_DECIMALS: Final = 4
"""That are kept: processors and versions of libraries differ beyond."""
_CHANNELS: Final = ("red", "green", "blue")
_PARTS: Final = (
    *(
        f".edges.{row}.{column}.{turn}"
        for row, column, turn in product(range(SIDE // _CELL), range(SIDE // _CELL), range(_DIRECTIONS))
    ),
    *(f".texture.{pattern}" for pattern in range(_PATTERNS)),
    *chain.from_iterable(
        (*(f".{name}.{shade}" for shade in range(_SHADES)), f".{name}.mean", f".{name}.spread") for name in _CHANNELS
    ),
    *(f".grey.{row}.{column}" for row, column in product(range(_SMALL), range(_SMALL))),
    ".aspect",
)

_FEW: Final = 64
"""Images up to which none is looked up or kept: who asks for one pays for it, and sees what it costs."""
_KEPT: Final = 50_000
_known: OrderedDict[bytes, NDArray[np.float32]] = OrderedDict()
"""Features by the images' digests, the oldest first: a run meets its images again when it judges and refits."""
_lock = Lock()


class Images:
    """The encoder of a column of images."""

    @property
    def parts(self) -> tuple[str, ...]:
        return _PARTS

    @classmethod
    def fit(cls, values: NDArray[Any]) -> Self:  # noqa: ARG003 - the protocol's
        return cls()

    def write(self, values: NDArray[Any], out: Floats) -> None:
        images = [image for image in values.tolist() if image is not None]
        found = iter(_look_up(images) if len(images) > _FEW else map(_seen, images))
        for row, image in enumerate(values.tolist()):
            out[row] = np.nan if image is None else next(found)

    def to_json(self) -> dict[str, Json]:
        return {}

    @classmethod
    def from_json(cls, entry: Mapping[str, Json]) -> Self:  # noqa: ARG003 - the protocol's
        return cls()


def _look_up(images: Sequence[bytes]) -> list[NDArray[np.float32]]:
    """The features of each, of those that are known already without looking at them again."""
    keys = [blake2b(image, digest_size=16).digest() for image in images]
    with _lock:
        found = {key: _known[key] for key in keys if key in _known}
    missing = {key: image for key, image in zip(keys, images, strict=True) if key not in found}
    found |= {key: _seen(image) for key, image in missing.items()}
    with _lock:
        _known.update(found)
        while len(_known) > _KEPT:
            _known.popitem(last=False)
    return [found[key] for key in keys]


def _seen(image: bytes) -> NDArray[np.float32]:
    """The features of one image, in the order of `_PARTS`."""
    from PIL.Image import Resampling, fromarray  # noqa: PLC0415 - only tables with images need it

    shape = pixels(image)
    square = fromarray(shape).resize((SIDE, SIDE), Resampling.BILINEAR)
    grey = square.convert("L")
    small = grey.resize((_SMALL, _SMALL), Resampling.BOX)
    parts: tuple[Floats | Pixels, ...] = (
        *_shapes(np.asarray(grey)),
        *map(_colours, np.moveaxis(np.asarray(square), 2, 0)),
        np.asarray(small).ravel(),
        np.array([shape.shape[1] / shape.shape[0]]),
    )
    return np.concatenate(parts).round(_DECIMALS).astype(np.float32)


def _shapes(grey: Pixels) -> Iterator[Floats]:
    from skimage.feature import hog, local_binary_pattern  # noqa: PLC0415 - takes a third of a second to import

    yield hog(grey, orientations=_DIRECTIONS, pixels_per_cell=(_CELL, _CELL), cells_per_block=(1, 1))
    patterns = local_binary_pattern(  # type: ignore[no-untyped-call] # scikit-image is typed in part
        grey, P=8, R=1, method="uniform"
    ).astype(np.int64)
    yield np.bincount(patterns.ravel(), minlength=_PATTERNS) / patterns.size


def _colours(channel: Pixels) -> Floats:
    shades = np.bincount(channel.ravel() // (256 // _SHADES), minlength=_SHADES) / channel.size
    return np.append(shades, (channel.mean() / 255, channel.std() / 255))
