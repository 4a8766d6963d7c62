"""A text as words with what stands between them, and which of them may be touched."""

import re
from dataclasses import dataclass
from typing import Final, Self

_WORD: Final = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")
_ENDS: Final = ".!?\n"

NEGATIONS: Final = frozenset(
    "no not non never none nobody nothing neither nor nowhere cannot without hardly scarcely barely seldom rarely few "  # noqa: SIM905
    "little lack lacks lacked lacking fail fails failed unable refuse refuses refused aint arent cant couldnt didnt "
    "doesnt dont hadnt hasnt havent isnt mustnt neednt shouldnt wasnt werent wont wouldnt".split()
)
"""Words that turn a text into its opposite, with or without an apostrophe, beside those that end in n't."""


@dataclass(slots=True)
class Sentence:
    """One text, of any number of sentences.

    Attributes:
        words: in order.
        between: what stands before each word, and behind the last: one more than words.
    """

    words: list[str]
    between: list[str]

    @classmethod
    def of(cls, text: str) -> Self:
        """Taken apart; `str` puts it together again."""
        found = list(_WORD.finditer(text))
        ends = [0, *(match.end() for match in found)]
        starts = [*(match.start() for match in found), len(text)]
        return cls([match.group() for match in found], [text[a:b] for a, b in zip(ends, starts, strict=True)])

    def __str__(self) -> str:
        pairs = zip(self.between, [*self.words, ""], strict=True)
        return "".join(part for pair in pairs for part in pair)

    def turns(self, place: int) -> bool:
        """Whether the word, or a part of it between hyphens, is a negation."""
        word = self.words[place].lower().replace("\u2019", "'")
        return word.endswith("n't") or not NEGATIONS.isdisjoint(word.split("-"))

    def names(self, place: int) -> bool:
        """Whether the word looks like a part of a name: it has a capital where no sentence begins, or a digit."""
        word = self.words[place]
        begins = place == 0 or any(end in self.between[place] for end in _ENDS)
        return any(c.isdigit() for c in word) or any(c.isupper() for c in (word[1:] if begins else word))

    def insert(self, place: int, word: str) -> None:
        """Put a word before another one, or behind the last."""
        self.words.insert(place, word)
        self.between.insert(place + 1, " ")
        if place == len(self.words) - 1 and place:
            self.between[place], self.between[place + 1] = " ", self.between[place]

    def remove(self, place: int) -> None:
        """Take a word out with what stands before it."""
        del self.words[place]
        del self.between[place or 1]
