"""A column of texts: a few counts in the matrix, and terms beside it."""

from collections.abc import Mapping
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from automl.ranking import thin
from automl.text.index import TermIndex, Terms
from automl.types import Floats, Json

_NAN: Final = float("nan")
_LOOKED_AT: Final = 1000

WORDS: Final = 1
"""Which of a text's counts is of its words, and stands for all that is made of them."""
_DIGITS: Final = b"0123456789"
_CAPITALS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_PUNCTUATION: Final = b"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"


class Texts:
    """Counts that tell texts apart cheaply; digits, capitals and punctuation are ASCII's.

    Attributes:
        index: of the terms.
    """

    def __init__(self, index: TermIndex) -> None:
        self.index = index

    @property
    def parts(self) -> tuple[str, ...]:
        """As `Encoder` has it."""
        return (".characters", ".words", ".digits", ".capital_share", ".punctuation")

    @classmethod
    def fit(cls, values: NDArray[Any]) -> Self:
        """As `Encoder` has it."""
        return cls(TermIndex.fit(values.tolist()))

    @classmethod
    def learn(cls, values: NDArray[Any]) -> tuple[Self, Terms]:
        """What `fit` gives, and the terms of the texts, which are taken apart only once."""
        index, terms = TermIndex.learn(values.tolist())
        return cls(index), terms

    def write(self, values: NDArray[Any], out: Floats) -> None:
        """As `Encoder` has it."""
        for row, text in enumerate(values.tolist()):
            out[row] = _NAN if text is None else _counts(text)

    def terms(self, values: NDArray[Any]) -> Terms:
        """Of texts (n,), None for missing."""
        return self.index.transform(values.tolist())

    def to_json(self) -> dict[str, Json]:
        """As `Encoder` has it."""
        return {"terms": self.index.to_json()}

    @classmethod
    def from_json(cls, entry: Mapping[str, Json]) -> Self:
        """As `Encoder` has it. Bundles were made before there were terms."""
        return cls(
            TermIndex.from_json(entry["terms"]) if "terms" in entry else TermIndex([], [], [], np.empty(0, np.int64), 1)
        )


def mean_letters(values: NDArray[Any]) -> float:
    """Of some texts (n,), about."""
    some = values[thin(len(values), _LOOKED_AT)].tolist()
    return sum(len(text) for text in some if text) / max(1, len(some))


def _counts(text: str) -> tuple[float, ...]:
    plain = text.encode("ascii", "ignore")
    # Deleting and comparing lengths is the quickest count of a set of characters that CPython offers.
    digits, capitals, punctuation = (
        len(plain) - len(plain.translate(None, some)) for some in (_DIGITS, _CAPITALS, _PUNCTUATION)
    )
    return len(text), len(text.split()), digits, capitals / max(len(text), 1), punctuation
