"""Texts beside the features that are made of them, for what changes texts or reads their words."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import vstack

from automl.features.texts import Texts
from automl.splits.split import Rows
from automl.text.index import Terms
from automl.types import Floats


@dataclass(frozen=True, slots=True)
class TextColumn:
    """One text column of some rows.

    Attributes:
        name: of the column.
        values: its texts, None for missing `(n,)`.
        features: indices of the base features that are made of it.
        encoder: makes them.
        terms: of the texts.
    """

    name: str
    values: NDArray[Any]
    features: tuple[int, ...]
    encoder: Texts
    terms: Terms

    def taken(self, rows: Rows) -> Self:
        """Only these rows, in this order."""
        return replace(self, values=self.values[rows], terms=self.terms.taken(rows))

    def unknown(self) -> Iterator[tuple[int, str]]:
        """Row and text of each text in which no word is known."""
        for row in np.flatnonzero(np.diff(self.terms.words.indptr) == 0).tolist():
            text = self.values[row]
            if text is not None and text.strip():
                yield row, text

    def joined(self, values: NDArray[Any], base: Rows) -> Self:
        """With more texts below, made of those in the rows `base`; terms are found anew of what was changed."""
        terms = self.terms.taken(base)
        changed = np.flatnonzero(values != self.values[base])
        if len(changed):
            place = np.arange(len(values))
            place[changed] = len(values) + np.arange(len(changed))
            terms = _stacked(terms, self.encoder.terms(values[changed])).taken(place)
        return replace(self, values=np.concatenate([self.values, values]), terms=_stacked(self.terms, terms))

    def encoded(self, values: NDArray[Any]) -> Floats:
        """Features of other texts `(m, len(features))`."""
        out = np.empty((len(values), len(self.features)))
        self.encoder.write(values, out)
        return out


def _stacked(above: Terms, below: Terms) -> Terms:
    return Terms(*(vstack(blocks, format="csr") for blocks in zip(above, below, strict=True)))
