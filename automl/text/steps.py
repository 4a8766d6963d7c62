"""What texts tell, as columns: pure functions of their terms, stored as JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, Final, Literal, Protocol, Self, get_args

import numpy as np
from numpy.typing import NDArray

from automl.halves import halved, pack_halves, unpack_halves
from automl.text.index import Terms
from automl.types import Floats, Json

Kind = Literal["ratios", "scores", "topics"]
"""Naive-Bayes log-count ratios; what a linear model says; components of a truncated singular-value decomposition."""

_MOST_COLUMNS: Final = 100
_BLOCKS: Final = 2


class TextStep(Protocol):
    """One or more columns that are made of one column of texts."""

    @property
    def columns(self) -> int:
        """How many they are."""

    def apply(self, terms: Terms) -> Floats:
        """The columns of n texts (n, columns)."""

    def to_json(self) -> dict[str, Json]:
        """What was learnt; `step_from_json` gives back a step that applies alike."""


@dataclass(frozen=True)
class Projection:
    """Weighted sums of terms.

    Attributes:
        kind: what they mean.
        block: of `Terms`.
        width: how many terms that has; the first of them have weights.
        halves: these (terms, columns), in units of
            scale: this.
        biases: added to each column (columns,).
    """

    kind: Kind
    block: int
    width: int
    halves: NDArray[np.float16]
    scale: float
    biases: Floats

    @classmethod
    def of(cls, kind: Kind, block: int, width: int, weights: Floats, biases: Floats) -> Self:
        """Weights as they can be stored."""
        scale = float(np.abs(weights).max(initial=0.0)) or 1.0
        return cls(kind, block, width, halved(weights / scale), scale, biases)

    @property
    def columns(self) -> int:
        """As `TextStep` has it."""
        return int(self.halves.shape[1])

    @cached_property
    def _weights(self) -> Floats:
        return self._unpacked()

    def _unpacked(self) -> Floats:
        weights = np.zeros((self.width, self.columns))
        weights[: len(self.halves)] = self.halves
        return weights * self.scale

    def apply(self, terms: Terms, *, kept: bool = True) -> Floats:
        """As `TextStep` has it; what is applied once need not keep its weights unpacked."""
        weights = self._weights if kept else self._unpacked()
        return np.asarray(terms[self.block] @ weights) + self.biases

    def to_json(self) -> dict[str, Json]:
        """As `TextStep` has it."""
        return {
            "kind": self.kind,
            "block": self.block,
            "shape": list(self.halves.shape),
            "weights": pack_halves(self.halves),
            "scale": self.scale,
            "biases": self.biases.tolist(),
        }

    @classmethod
    def from_json(cls, entry: Json, widths: Sequence[int]) -> Self:
        """Raises `ValueError` for what `to_json` cannot have written for blocks of such widths."""
        block, shape = entry["block"], entry["shape"]
        if type(block) is not int or not 0 <= block < _BLOCKS:
            raise ValueError("there is no such block of terms")
        if not isinstance(shape, list) or len(shape) != 2 or not all(type(it) is int for it in shape):  # noqa: PLR2004
            raise ValueError("weights must have a shape")
        if not 0 < shape[0] <= widths[block] or not 0 < shape[1] <= _MOST_COLUMNS:
            raise ValueError("weights do not have the shape of their terms")
        scale, biases = _numbers([entry["scale"]], 1), _numbers(entry["biases"], shape[1])
        return cls(entry["kind"], block, widths[block], unpack_halves(entry["weights"], shape), float(scale[0]), biases)


@dataclass(frozen=True, slots=True)
class Selection:
    """Some terms themselves.

    Attributes:
        chosen: of the block of words, ascending (columns,).
    """

    chosen: NDArray[np.int64]

    @property
    def columns(self) -> int:
        """As `TextStep` has it."""
        return len(self.chosen)

    def apply(self, terms: Terms) -> Floats:
        """As `TextStep` has it."""
        words: Any = terms.words
        at = np.searchsorted(self.chosen, words.indices)
        at[at == len(self.chosen)] = 0
        there = self.chosen[at] == words.indices
        rows = np.repeat(np.arange(words.shape[0]), np.diff(words.indptr))
        columns = np.zeros((words.shape[0], self.columns))
        columns[rows[there], at[there]] = words.data[there]
        return columns

    def to_json(self) -> dict[str, Json]:
        """As `TextStep` has it."""
        return {"kind": "terms", "chosen": self.chosen.tolist()}

    @classmethod
    def from_json(cls, entry: Json, widths: Sequence[int]) -> Self:
        """Raises `ValueError` for what `to_json` cannot have written for blocks of such widths."""
        chosen = entry["chosen"]
        if not isinstance(chosen, list) or not 0 < len(chosen) <= _MOST_COLUMNS:
            raise ValueError("a selection must be of some terms, and not too many")
        if not all(type(it) is int and 0 <= it < widths[0] for it in chosen):
            raise ValueError("there is no such term")
        if any(one >= other for one, other in pairwise(chosen)):
            raise ValueError("chosen terms must ascend")
        return cls(np.array(chosen, dtype=np.int64))


_PARTS: Final = {"kind", "block", "shape", "weights", "scale", "biases"}


def step_from_json(entry: Json, widths: Sequence[int]) -> TextStep:
    """Raises `ValueError` for what no step's `to_json` can have written for blocks of such widths."""
    if isinstance(entry, dict) and entry.keys() == _PARTS and entry["kind"] in get_args(Kind):
        return Projection.from_json(entry, widths)
    if isinstance(entry, dict) and entry.keys() == {"kind", "chosen"} and entry["kind"] == "terms":
        return Selection.from_json(entry, widths)
    raise ValueError("a step of no known form")


def _numbers(value: Json, length: int) -> Floats:
    if not isinstance(value, list) or len(value) != length or not all(isinstance(it, float) for it in value):
        raise ValueError(f"not {length} numbers")
    numbers = np.array(value, dtype=np.float64)
    if not np.isfinite(numbers).all():
        raise ValueError("numbers must be finite")
    return numbers
