"""The kinds of columns that a recipe adds: pure functions of the base matrix, stored as JSON."""

from collections.abc import Mapping, Sequence
from typing import Final, Protocol, Self, get_args

import numpy as np

from automl.features.interactions import OPERATIONS, Encoding, Operation, calculate
from automl.features.levels import MOST_LEVELS, Keys, keys_of
from automl.types import Floats, Json

MOST_OUTCOMES: Final = 10
"""Columns of one lookup."""
_ABOVE_ALL: Final = np.iinfo(np.int64).max


class Step(Protocol):
    """One or more new columns."""

    @property
    def features(self) -> tuple[int, ...]:
        """Indices of the base features that they are made of."""

    @property
    def columns(self) -> int:
        """How many they are."""

    def write(self, matrix: Floats, out: Floats) -> None:
        """Fill `out`, (n, columns), from the base matrix."""

    def to_json(self) -> dict[str, Json]:
        """What was learnt; `step_from_json` gives back a step that writes alike."""


class Lookup:
    """Mean targets or frequencies by level of a category, or by joint level of two.

    Args:
        kind: what the values are.
        features: the category, or the two.
        keys: of the levels, ascending, `(levels,)`.
        values: theirs, `(levels + 1, columns)`, the last for any other row.
    """

    def __init__(self, kind: Encoding, features: Sequence[int], keys: Keys, values: Floats) -> None:
        self._kind: Encoding = kind
        self.features = tuple(features)
        self.columns = values.shape[1]
        # A last key that no row has gives every search a place to end.
        self._keys = np.append(keys, _ABOVE_ALL)
        self._values = values

    def write(self, matrix: Floats, out: Floats) -> None:
        keys = keys_of(matrix, self.features)
        at = np.searchsorted(self._keys, keys)
        out[:] = self._values[np.where(self._keys[at] == keys, at, -1)]

    def to_json(self) -> dict[str, Json]:
        keys, values = self._keys[:-1].tolist(), self._values.tolist()
        return {"kind": self._kind, "features": list(self.features), "keys": keys, "values": values}

    @classmethod
    def from_json(cls, entry: Mapping[str, Json], features: Sequence[int]) -> Self:
        keys, values = entry.get("keys"), entry.get("values")
        if not isinstance(keys, list) or len(keys) > MOST_LEVELS or not all(type(key) is int for key in keys):
            raise ValueError("a lookup's keys must be whole numbers")
        if any(low >= high for low, high in zip([-1, *keys], [*keys, _ABOVE_ALL], strict=True)):
            raise ValueError("a lookup's keys must ascend from 0")
        if not isinstance(values, list) or len(values) != len(keys) + 1:
            raise ValueError("a lookup must have one line of values a key, and a last one")
        return cls(entry["kind"], features, np.array(keys, dtype=np.int64), _table(values))


class Calculation:
    """The difference, product or ratio of two numbers."""

    columns = 1

    def __init__(self, operation: Operation, features: Sequence[int]) -> None:
        self.features = tuple(features)
        self._operation: Operation = operation

    def write(self, matrix: Floats, out: Floats) -> None:
        out[:, 0] = calculate(self._operation, matrix, self.features)

    def to_json(self) -> dict[str, Json]:
        return {"kind": self._operation, "features": list(self.features)}


def step_from_json(entry: Json, n_features: int) -> Step:
    """Raises `ValueError` for what no step's `to_json` can have written."""
    if not isinstance(entry, dict) or "kind" not in entry:
        raise ValueError("a step must be an object of some kind")
    kind, features = entry["kind"], feature_indices(entry.get("features"), n_features)
    if (
        kind in get_args(Encoding)
        and entry.keys() == {"kind", "features", "keys", "values"}
        and len(features) in (1, 2)
    ):
        return Lookup.from_json(entry, features)
    if kind in tuple(OPERATIONS) and entry.keys() == {"kind", "features"} and len(features) == 2:  # noqa: PLR2004
        return Calculation(kind, features)
    raise ValueError("a step of no known form")


def feature_indices(value: Json, n_features: int) -> list[int]:
    """Distinct indices below `n_features`. Raises `ValueError` for anything else."""
    if not isinstance(value, list) or not all(type(index) is int and 0 <= index < n_features for index in value):
        raise ValueError("not a list of features")
    if len(set(value)) != len(value):
        raise ValueError("a feature stands twice")
    return value


def _table(lines: list[Json]) -> Floats:
    """Finite numbers, as many in every line. Raises `ValueError` for anything else."""
    if not all(isinstance(line, list) and len(line) == len(lines[0]) for line in lines):
        raise ValueError("a lookup's values must be lists of one length")
    if not 1 <= len(lines[0]) <= MOST_OUTCOMES or not all(isinstance(value, float) for line in lines for value in line):
        raise ValueError("a lookup's values must be a few floats")
    values = np.array(lines, dtype=np.float64)
    if not np.isfinite(values).all():
        raise ValueError("a lookup's values must be finite")
    return values
