"""The terms of one column of texts: words, pairs of neighbouring words, and letters in a row; and how rare each is.

A text becomes two rows of weights, TF-IDF with logarithmic counts (Salton & Buckley 1988: Term-weighting approaches in
automatic text retrieval), each of length 1: of words and pairs, and of grams, three to five letters inside a word.
No target has any part in it.
"""

from collections.abc import Iterable, Sequence
from itertools import chain, pairwise
from typing import Any, Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from automl.text.tokens import Tokens
from automl.types import Floats, Json

Counts = NDArray[np.int64]

_MOST_WORDS, _MOST_PAIRS, _MOST_GRAMS = 20_000, 15_000, 15_000
"""The most frequent ones."""
_FEWEST_TEXTS: Final = 2
_SHORTEST, _LONGEST = 3, 5
_MOST_LETTERS: Final = 3_000_000
"""Of all texts, up to which there are grams: they help where texts are short, and cost much where they are long."""
_FIELDS: Final = {"texts", "words", "pairs", "grams", "counts"}


class Terms(NamedTuple):
    """Weights of n texts, sparse `csr_array`s.

    Attributes:
        words: of words, then of pairs `(n, words)`.
        grams: `(n, grams)`, without columns where texts are long.
    """

    words: Any
    grams: Any

    def taken(self, rows: NDArray[Any]) -> "Terms":
        """Only these rows, in this order."""
        return Terms(self.words[rows], self.grams[rows])


class TermIndex:
    """Which terms there are. Safe to share between threads.

    Attributes:
        names: of the terms of each block of `Terms`.
        widths: how many they are.
    """

    def __init__(
        self, words: Sequence[str], pairs: Sequence[tuple[int, int]], grams: Sequence[str], counts: Counts, texts: int
    ) -> None:
        """Use `fit` or `from_json`.

        Args:
            words: each once.
            pairs: numbers of the words, ascending, each once.
            grams: each once.
            counts: for each term how many texts have it `(words + pairs + grams,)`.
            texts: how many there were.
        """
        self._words = {word: number for number, word in enumerate(words)}
        self._pairs = np.array([one * len(words) + other for one, other in pairs], dtype=np.int64)
        self._grams = {gram: number for number, gram in enumerate(grams)}
        self._counts, self._texts = counts, texts
        self.names = (*words, *(f"{words[one]} {words[other]}" for one, other in pairs)), tuple(grams)
        self.widths = len(self.names[0]), len(grams)
        rarity = np.log((1 + texts) / (1 + counts)) + 1
        self._rarity = rarity[: self.widths[0]], rarity[self.widths[0] :]

    @classmethod
    def fit(cls, texts: Sequence[str | None]) -> Self:
        """The most frequent terms of those that more than one text has."""
        return cls._of(Tokens.of(texts), sum(len(text) for text in texts if text))

    @classmethod
    def learn(cls, texts: Sequence[str | None]) -> tuple[Self, Terms]:
        """What `fit` gives, and what `transform` gives of the same texts, which are taken apart only once."""
        tokens = Tokens.of(texts)
        index = cls._of(tokens, sum(len(text) for text in texts if text))
        return index, index.terms_of(tokens)

    @classmethod
    def _of(cls, tokens: Tokens, letters: int) -> Self:
        counts = _texts_with(tokens.texts, tokens.numbers, len(tokens.distinct))
        chosen = _frequent(counts, tokens.distinct, _MOST_WORDS)
        words = [tokens.distinct[number] for number in chosen]
        place = np.full(len(tokens.distinct), -1)
        place[chosen] = np.arange(len(chosen))
        pairs, pair_counts = _frequent_pairs(place[tokens.numbers], tokens.texts, len(words))
        grams, gram_counts = _frequent_grams(tokens) if letters <= _MOST_LETTERS else ([], np.empty(0, dtype=np.int64))
        return cls(words, pairs, grams, np.concatenate([counts[chosen], pair_counts, gram_counts]), tokens.count)

    def transform(self, texts: Sequence[str | None]) -> Terms:
        """The weights of texts, whether they were learnt from or not."""
        return self.terms_of(Tokens.of(texts))

    def terms_of(self, tokens: Tokens) -> Terms:
        """The weights of texts that have been taken apart."""
        place = np.array([self._words.get(token, -1) for token in tokens.distinct], dtype=np.int64)
        numbers = place[tokens.numbers]
        keys, places = _neighbours(numbers, tokens.texts, len(self._words))
        at = np.searchsorted(self._pairs, keys)
        at[at == len(self._pairs)] = 0
        there = self._pairs[at] == keys if len(self._pairs) else np.zeros(len(keys), dtype=bool)
        terms = np.concatenate([numbers[numbers >= 0], at[there] + len(self._words)])
        rows = np.concatenate([tokens.texts[numbers >= 0], places[there]])
        words = _counted(rows, terms, (tokens.count, self.widths[0]))
        grams = csr_array((tokens.count, self.widths[1]))
        if self._grams:
            known = [
                [g for gram in grams_of(token) if (g := self._grams.get(gram, -1)) >= 0] for token in tokens.distinct
            ]
            grams = _occurrences(tokens) @ _listed(known, self.widths[1])
        return Terms(*(_weighted(block, rare) for block, rare in zip((words, grams), self._rarity, strict=True)))

    def to_json(self) -> dict[str, Json]:
        """All that was learnt; `from_json` gives back an index that transforms alike."""
        width = len(self._words)
        return {
            "texts": self._texts,
            "words": list(self._words),
            "pairs": [list(divmod(key, width)) for key in self._pairs.tolist()],
            "grams": list(self._grams),
            "counts": self._counts.tolist(),
        }

    @classmethod
    def from_json(cls, document: Json) -> Self:
        """Raises `ValueError` for what `to_json` cannot have written."""
        if not isinstance(document, dict) or document.keys() != _FIELDS:
            raise ValueError("an index must have words, pairs, grams, counts and the number of texts")
        words, grams = (
            _distinct(document[name], most) for name, most in (("words", _MOST_WORDS), ("grams", _MOST_GRAMS))
        )
        pairs, counts, texts = document["pairs"], document["counts"], document["texts"]
        if not isinstance(pairs, list) or len(pairs) > _MOST_PAIRS or not all(_is_pair(it, len(words)) for it in pairs):
            raise ValueError("pairs must be of two words each")
        if any(one >= other for one, other in pairwise(pairs)):
            raise ValueError("pairs must ascend")
        if not isinstance(counts, list) or len(counts) != len(words) + len(pairs) + len(grams):
            raise ValueError("each term must have a count")
        if type(texts) is not int or not all(type(it) is int and 0 < it <= texts for it in counts):
            raise ValueError("counts must be of the texts")
        return cls(words, [tuple(pair) for pair in pairs], grams, np.array(counts, dtype=np.int64), texts)


def grams_of(token: str) -> list[str]:
    """Three to five letters in a row, its beginning and end told by a space."""
    whole = f" {token} "
    return [
        whole[start : start + size]
        for size in range(_SHORTEST, min(_LONGEST, len(whole)) + 1)
        for start in range(len(whole) - size + 1)
    ]


def _frequent(counts: Counts, names: Sequence[str], most: int) -> Counts:
    """Numbers of the terms to keep, the most frequent first, in the order of their names where they are as frequent."""
    enough = np.flatnonzero(counts >= _FEWEST_TEXTS)
    ranked = sorted(enough.tolist(), key=lambda number: (-counts[number], names[number]))
    return np.array(ranked[:most], dtype=np.int64)


def _neighbours(numbers: Counts, texts: Counts, width: int) -> tuple[Counts, Counts]:
    """Keys of known words that follow each other in a text, and the texts."""
    one, other = numbers[:-1], numbers[1:]
    both = (one >= 0) & (other >= 0) & (texts[:-1] == texts[1:])
    return one[both] * width + other[both], texts[:-1][both]


def _frequent_pairs(numbers: Counts, texts: Counts, width: int) -> tuple[list[tuple[int, int]], Counts]:
    keys, places = _neighbours(numbers, texts, width)
    distinct, inverse = np.unique(keys, return_inverse=True)
    counts = _texts_with(places, inverse, len(distinct))
    ranked = np.lexsort((distinct, -counts))
    kept = np.sort(ranked[counts[ranked] >= _FEWEST_TEXTS][:_MOST_PAIRS])
    return [(key // width, key % width) for key in distinct[kept].tolist()], counts[kept]


def _frequent_grams(tokens: Tokens) -> tuple[list[str], Counts]:
    known: dict[str, int] = {}
    lists = [[known.setdefault(gram, len(known)) for gram in grams_of(token)] for token in tokens.distinct]
    there = _occurrences(tokens) @ _listed(lists, len(known))
    counts = np.bincount(there.indices, minlength=len(known))
    names = list(known)
    chosen = _frequent(counts, names, _MOST_GRAMS)
    return [names[number] for number in chosen], counts[chosen]


def _texts_with(texts: Counts, terms: Counts, width: int) -> Counts:
    """For each term how many texts have it."""
    once = np.unique(texts * width + terms)
    return np.bincount(once % width, minlength=width) if width else np.empty(0, dtype=np.int64)


def _occurrences(tokens: Tokens) -> Any:  # noqa: ANN401 - scipy is untyped
    """How often each text has each distinct token."""
    return _counted(tokens.texts, tokens.numbers, (tokens.count, len(tokens.distinct)))


def _counted(rows: Counts, columns: Counts, shape: tuple[int, int]) -> Any:  # noqa: ANN401
    return csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)


def _listed(lists: Sequence[Sequence[int]], width: int) -> Any:  # noqa: ANN401
    """A row a list, which counts its numbers."""
    rows = np.repeat(np.arange(len(lists)), [len(each) for each in lists])
    columns: Iterable[int] = chain.from_iterable(lists)
    return _counted(rows, np.fromiter(columns, dtype=np.int64, count=len(rows)), (len(lists), width))


def _weighted(counts: Any, rarity: Floats) -> Any:  # noqa: ANN401
    """Counts as weights, in rows of length 1."""
    counts.sort_indices()
    weights = (1 + np.log(counts.data)) * rarity[counts.indices]
    rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    lengths = np.sqrt(np.bincount(rows, weights=weights**2, minlength=counts.shape[0]))
    counts.data = weights / lengths[rows]
    return counts


def _distinct(value: Json, most: int) -> list[str]:
    if not isinstance(value, list) or len(value) > most or not all(isinstance(item, str) and item for item in value):
        raise ValueError("terms must be texts, and not too many")
    if len(set(value)) != len(value):
        raise ValueError("a term stands twice")
    return value


def _is_pair(value: Json, words: int) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(type(it) is int and 0 <= it < words for it in value)  # noqa: PLR2004
