"""Some rows of a frame, without a copy of it."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.types import Frame


class Taken(Mapping[str, NDArray[Any]]):
    """Rows of a frame, taken a column at a time and each time anew: a wide or long table is then held but once."""

    def __init__(self, frame: Frame, rows: NDArray[np.int64]) -> None:
        """Use `take`, which keeps this from nesting."""
        self.frame = frame
        self.rows = rows

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.frame[name][self.rows]

    def __contains__(self, name: object) -> bool:
        return name in self.frame

    def __iter__(self) -> Iterator[str]:
        return iter(self.frame)

    def __len__(self) -> int:
        return len(self.frame)


def take(frame: Frame, rows: NDArray[np.int64]) -> Frame:
    """The frame of these rows, in their order."""
    return Taken(frame.frame, frame.rows[rows]) if isinstance(frame, Taken) else Taken(frame, rows)
