"""What a network is given of a row: its numbers, what of them is missing, its categories, and bins of its numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from automl.learners.bins import Bins
from automl.learners.scaling import Scaled, Scaling
from automl.types import Floats

Singles = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Inputs:
    """How rows become inputs: d numbers, g flags, s slots and b bins, in this order.

    Attributes:
        scaling: of d numeric features and of s slots of the categorical ones.
        gaps: which of the numbers have an input that says whether they are missing (g,).
        bins: of the numbers.
    """

    scaling: Scaling
    gaps: NDArray[np.int64]
    bins: Bins

    @classmethod
    def fit(cls, matrix: Floats, categorical: Sequence[int], most_bins: int) -> tuple[Self, Scaled]:
        """Learn from the base matrix of training rows (n, d + c), which come back scaled; 0 is no bins."""
        scaling = Scaling.fit(matrix, categorical)
        rows = in_singles(scaling.apply(matrix))
        bins = Bins.fit(rows.numbers, rows.missing, most_bins)
        return cls(scaling, np.flatnonzero(rows.missing.any(axis=0)), bins), rows

    def __len__(self) -> int:
        return len(self.scaling.numeric) + len(self.gaps) + self.scaling.slots + len(self.bins)

    @property
    def active(self) -> int:
        """Inputs that are not 0 in a row without gaps."""
        return len(self.scaling.numeric) + len(self.scaling.categorical) + len(self.bins)

    def __call__(self, scaled: Scaled) -> Singles:
        """Inputs `(n, d + g + s + b)` of scaled rows."""
        numbers, missing, places = scaled
        d, slots = numbers.shape[1], numbers.shape[1] + len(self.gaps)
        inputs = np.zeros((len(numbers), len(self)), dtype=np.float32)
        inputs[:, :d] = numbers
        inputs[:, d:slots] = missing[:, self.gaps]
        inputs[np.arange(len(inputs))[:, np.newaxis], slots + places] = 1
        if len(self.bins):
            inputs[:, slots + self.scaling.slots :] = self.bins.apply(numbers, missing)
        return inputs

    def usual(self) -> Floats:
        """The mean inputs of the training rows."""
        shares = self.scaling.missing[self.gaps], self.scaling.shares
        return np.concatenate([np.zeros(len(self.scaling.numeric)), *shares, np.zeros(len(self.bins))])

    def owners(self) -> NDArray[np.int64]:
        """The feature that each input is of."""
        numeric = self.scaling.numeric
        return np.concatenate([numeric, numeric[self.gaps], self.scaling.owners(), numeric[self.bins.feature]])


def in_singles(scaled: Scaled) -> Scaled:
    """Numbers in half the memory, and all that a network sees."""
    return scaled._replace(numbers=scaled.numbers.astype(np.float32))
