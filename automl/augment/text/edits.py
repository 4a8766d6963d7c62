"""Changes of one text that mostly leave its meaning: EDA (Wei & Zou 2019), and slips of the keyboard."""

from typing import Final

import numpy as np

from automl.augment.text.sentence import Sentence
from automl.augment.text.synonyms import synonyms

_MOST: Final = 0.2
"""Of its words that are changed at strength 1; one at least."""
_LEAST_LETTERS: Final = 4
_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def synonym_replacement(text: str, strength: float, rng: np.random.Generator) -> str:
    """Some words give way to synonyms of the same part of speech."""
    sentence = Sentence.of(text)
    found = synonyms(sentence)
    for place in _some(list(found), len(sentence.words), strength, rng):
        word, new = sentence.words[place], str(rng.choice(found[place]))
        sentence.words[place] = new.capitalize() if word[0].isupper() else new
    return str(sentence)


def word_insertion(text: str, strength: float, rng: np.random.Generator) -> str:
    """Synonyms of some words are put in somewhere."""
    sentence = Sentence.of(text)
    found = synonyms(sentence)
    new = [str(rng.choice(found[place])) for place in _some(list(found), len(sentence.words), strength, rng)]
    for word in new:
        sentence.insert(int(rng.integers(len(sentence.words) + 1)), word)
    return str(sentence)


def word_swap(text: str, strength: float, rng: np.random.Generator) -> str:
    """Some words change places with others."""
    sentence = Sentence.of(text)
    places = range(len(sentence.words))
    for place in _some(list(places), len(places), strength, rng):
        other = int(rng.integers(len(places)))
        sentence.words[place], sentence.words[other] = sentence.words[other], sentence.words[place]
    return str(sentence)


def word_deletion(text: str, strength: float, rng: np.random.Generator) -> str:
    """Some words are left out: no negations, and never the last one."""
    sentence = Sentence.of(text)
    places = [place for place in range(len(sentence.words)) if not sentence.turns(place)]
    gone = _some(places, len(sentence.words), strength, rng)
    for place in sorted(gone, reverse=True)[: len(sentence.words) - 1]:
        sentence.remove(place)
    return str(sentence)


def typos(text: str, strength: float, rng: np.random.Generator) -> str:
    """Some words of four letters and more are mistyped: a key beside, two keys swapped, one twice or not at all.

    No negations: of "can't" there would be "cant", and of "never" "ever".
    """
    sentence = Sentence.of(text)
    long = [place for place, word in enumerate(sentence.words) if len(word) >= _LEAST_LETTERS]
    places = [place for place in long if not sentence.turns(place)]
    for place in _some(places, len(sentence.words), strength, rng):
        sentence.words[place] = _mistyped(sentence.words[place], rng)
    return str(sentence)


def _mistyped(word: str, rng: np.random.Generator) -> str:
    at = int(rng.integers(1, len(word) - 1))  # people see their slips at a word's ends
    before, key, after, rest = word[:at], word[at], word[at + 1], word[at + 2 :]
    match int(rng.integers(4)):
        case 0:
            return f"{before}{_beside(key, rng)}{after}{rest}"
        case 1:
            return f"{before}{after}{key}{rest}"
        case 2:
            return f"{before}{key}{key}{after}{rest}"
        case _:
            return f"{before}{after}{rest}"


def _beside(key: str, rng: np.random.Generator) -> str:
    """A key beside it in its row; what is no letter stays."""
    row = next((row for row in _ROWS if key.lower() in row), None)
    if row is None:
        return key
    at = row.index(key.lower())
    near = row[max(0, at - 1) : at] + row[at + 1 : at + 2]
    new = near[int(rng.integers(len(near)))]
    return new.upper() if key.isupper() else new


def _some(places: list[int], words: int, strength: float, rng: np.random.Generator) -> list[int]:
    count = min(len(places), max(1, round(_MOST * strength * words)))
    return [int(place) for place in rng.choice(places, count, replace=False)] if count else []
