"""Texts to tokens: words and other signs, in small letters."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

_PATTERN: Final = r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u9fff]+(?:['\u2019][^\W_]+)*|[^\w\s]+"
"""Chinese and Japanese leave no space between words: there each sign is one. Elsewhere a word, or signs in a row."""
_LONG_NUMBER: Final = re.compile(r"\d{5,}")
_LONGEST: Final = 40

STOP_WORDS: Final = frozenset(
    "a an and are as at be been by for from had has have in into is it its of on or that the their there these they "  # noqa: SIM905
    "this those to was were which with".split()
)
"""English words that tell nothing alone. A short list: negations and persons tell much."""


@cache
def _tokenizer() -> Any:  # noqa: ANN401 - nltk is untyped
    from nltk.tokenize.regexp import RegexpTokenizer  # noqa: PLC0415 - takes a second, and only texts need it

    return RegexpTokenizer(_PATTERN)


def tokenize(text: str) -> list[str]:
    """Its words without stop words, each with at most 40 letters; of long numbers only how long they are."""
    plain = _LONG_NUMBER.sub(lambda found: "0" * min(len(found.group()), _LONGEST), text.lower())
    return [token[:_LONGEST] for token in _tokenizer().tokenize(plain) if token not in STOP_WORDS]


def without(text: str, token: str) -> str:
    """The text without a token, wherever that stands in it."""
    plain = text.lower()
    kept = text if len(plain) == len(text) else plain  # a few capitals are longer when small
    for start, end in reversed(list(_tokenizer().span_tokenize(plain))):
        if _shortened(plain[start:end]) == token:
            kept = f"{kept[:start]} {kept[end:]}"
    return kept


def _shortened(text: str) -> str:
    return _LONG_NUMBER.sub(lambda found: "0" * min(len(found.group()), _LONGEST), text)[:_LONGEST]


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of n texts, each distinct one by its number.

    Attributes:
        distinct: by number, as they came up.
        numbers: of all tokens, one text after the other (t,).
        texts: the text of each (t,).
        count: n.
    """

    distinct: tuple[str, ...]
    numbers: NDArray[np.int64]
    texts: NDArray[np.int64]
    count: int

    @classmethod
    def of(cls, texts: Sequence[str | None]) -> Self:
        """A missing text has none."""
        known: dict[str, int] = {}
        numbers: list[int] = []
        lengths: list[int] = []
        for text in texts:
            tokens = tokenize(text) if text else []
            numbers += [known.setdefault(token, len(known)) for token in tokens]
            lengths.append(len(tokens))
        places = np.repeat(np.arange(len(lengths)), lengths)
        return cls(tuple(known), np.array(numbers, dtype=np.int64), places, len(lengths))
