"""Images beside the features that are made of them, for what changes images."""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from automl.features.images import Images
from automl.splits.split import Rows
from automl.types import Floats


@dataclass(frozen=True, slots=True)
class ImageColumn:
    """One column of images of some rows.

    Attributes:
        name: of the column.
        values: its images, None for missing `(n,)`.
        features: indices of the base features that are made of it.
        encoder: makes them.
    """

    name: str
    values: NDArray[Any]
    features: tuple[int, ...]
    encoder: Images

    def taken(self, rows: Rows) -> Self:
        """Only these rows, in this order."""
        return replace(self, values=self.values[rows])

    def joined(self, values: NDArray[Any]) -> Self:
        """With more images below."""
        return replace(self, values=np.concatenate([self.values, values]))

    def encoded(self, values: NDArray[Any]) -> Floats:
        """Features of other images `(m, len(features))`."""
        out = np.empty((len(values), len(self.features)))
        self.encoder.write(values, out)
        return out
