"""Numbers as networks see steps in them best: how far each has come through every bin of its feature."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from automl.learners.scaling import integers, quantiles, table
from automl.ranking import thin
from automl.types import Floats, Json

MOST_INPUTS: Final = 1_000
"""For more a network would learn too slowly: where features are many, each has fewer bins."""
_FEWEST: Final = 3
"""Of a feature with fewer bins they say no more than the number."""
_MOST_ROWS: Final = 20_000
_FEW_ROWS: Final = 2_000
_LEAST_WIDTH: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Bins:
    """Bins between quantiles of scaled numbers; each bin's input is 0 below it, 1 above it, and linear in between.

    As Gorishniy et al. have it (2022: On embeddings for numerical features in tabular deep learning), but standardised.

    Attributes:
        feature: which of the numbers each bin is of, (b,).
        low: its lower end.
        width: above 0.
        mean: of its input, over the training rows in which the number is not missing.
        deviation: likewise, above 0.
    """

    feature: NDArray[np.int64]
    low: Floats
    width: Floats
    mean: Floats
    deviation: Floats

    @classmethod
    def none(cls) -> Self:
        """Of no number."""
        return cls(np.empty(0, dtype=np.int64), *(np.empty(0) for _ in range(4)))

    @classmethod
    def fit(cls, numbers: NDArray[np.floating], missing: NDArray[np.bool_], most: int) -> Self:
        """Learn from training rows (n, d), at most so many bins of a number."""
        most = min(most, MOST_INPUTS // max(1, numbers.shape[1]))
        rows, feature, columns = thin(len(numbers), _MOST_ROWS), list[int](), list[_Column]()
        for place in range(numbers.shape[1] if most >= _FEWEST else 0):
            present = numbers[rows, place][~missing[rows, place]].astype(np.float64)
            low, width = _bins_of(present, most)
            if len(low) >= _FEWEST:
                inputs = _through(present[:, np.newaxis], low, width)
                feature += [place] * len(low)
                columns.append(_Column(low, width, inputs.mean(axis=0), inputs.std(axis=0)))
        parts = (np.concatenate([np.empty(0), *each]) for each in zip(*columns, strict=True))
        return cls(np.array(feature, dtype=np.int64), *parts) if columns else cls.none()

    def __len__(self) -> int:
        return len(self.feature)

    def apply(self, numbers: NDArray[np.floating], missing: NDArray[np.bool_]) -> NDArray[np.floating]:
        """Inputs (n, b) of scaled numbers (n, d); 0, as their mean, for what is missing."""
        inputs = (_through(numbers[:, self.feature], self.low, self.width) - self.mean) / self.deviation
        inputs[missing[:, self.feature]] = 0.0
        return np.asarray(inputs)

    def to_json(self) -> dict[str, Json]:
        """All that was learnt; `from_json` gives back bins that apply alike."""
        return {field.name: getattr(self, field.name).tolist() for field in fields(self)}

    @classmethod
    def from_json(cls, entry: Json, numbers: int) -> Self:
        """Raises `ValueError` for what `to_json` cannot have written for so many numbers."""
        names = [field.name for field in fields(cls)]
        if not isinstance(entry, Mapping) or entry.keys() != set(names):
            raise ValueError("it does not have the parts of bins")
        feature = integers(entry["feature"])
        if len(feature) > MOST_INPUTS or not np.all((feature >= 0) & (feature < numbers)):
            raise ValueError("its bins are not of numbers of the table")
        bins = cls(feature, *(table(entry[name], (len(feature),)) for name in names[1:]))
        if not np.all((bins.width >= _LEAST_WIDTH) & (bins.deviation > 0)):
            raise ValueError("a bin has no width, or an input that is always the same")
        return bins


class _Column(NamedTuple):
    """The bins of one number."""

    low: Floats
    width: Floats
    mean: Floats
    deviation: Floats


def _bins_of(present: Floats, most: int) -> tuple[Floats, Floats]:
    """Where the bins of a number begin, and their widths; fewer where values repeat."""
    ends = np.quantile(present, np.linspace(0, 1, most + 1)) if len(present) else np.empty(0)
    ends = ends[np.diff(ends, prepend=-np.inf) >= _LEAST_WIDTH]
    return ends[:-1], np.diff(ends)


def many_valued(matrix: Floats, categorical: Sequence[int] = ()) -> int:
    """How many features that hold no codes have so many values that bins of them say more, as far as some rows tell.

    None where there are too many of them for bins.
    """
    some = np.delete(matrix[thin(len(matrix), _FEW_ROWS)], np.array(categorical, dtype=np.int64), axis=1)
    if _FEWEST * some.shape[1] > MOST_INPUTS or not some.size:
        return 0
    some.sort(axis=0)
    ends = [*map(quantiles(some), np.linspace(0, 1, 9))]
    steps = np.count_nonzero(np.diff(ends, axis=0) > 0, axis=0)
    return int(np.count_nonzero(steps >= _FEWEST))


def _through(numbers: NDArray[np.floating], low: Floats, width: Floats) -> Floats:
    return np.asarray(np.clip((numbers - low) / width, 0.0, 1.0), dtype=np.float64)
