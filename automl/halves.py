"""Numbers of half precision, stored as little-endian bytes in base 64: two bytes are enough for a learnt weight."""

import base64
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from automl.types import Json

_STORED: Final = "<f2"


def halved(numbers: NDArray[np.floating]) -> NDArray[np.float16]:
    """The nearest numbers of half precision, as far as that reaches."""
    reach = np.finfo(np.float16).max
    return np.asarray(np.clip(numbers, -reach, reach), dtype=np.float16)


def pack_halves(numbers: NDArray[np.floating]) -> str:
    """As they are stored."""
    return base64.b64encode(np.ascontiguousarray(numbers).astype(_STORED).tobytes()).decode()


def unpack_halves(text: Json, shape: Sequence[int]) -> NDArray[Any]:
    """Finite numbers in this shape. Raises `ValueError` for anything else."""
    if not isinstance(text, str):
        raise ValueError("weights must be text")  # noqa: TRY004 - the document is wrong, not the call
    data = base64.b64decode(text, validate=True)
    if len(data) != np.dtype(_STORED).itemsize * int(np.prod(shape)):
        raise ValueError("weights do not fill their shape")
    numbers = np.frombuffer(data, dtype=_STORED).reshape(shape)
    if not np.isfinite(numbers).all():
        raise ValueError("weights must be finite")
    return numbers
