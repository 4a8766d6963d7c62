"""Synonyms by part of speech: WordNet's, tagged with the lexicon that TextBlob brings along.

The lexicon knows each word's commonest tag and does not look around, so of nouns and verbs that look alike the word
before decides.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from threading import Lock
from typing import Any, Final

from automl.augment.text.sentence import Sentence

_NAME: Final = "NNP"
_PARTS: Final[Mapping[str, str]] = {"NN": "N", "VB": "V", "VBP": "V", "JJ": "J", "RB": "R"}
"""Part of speech by tag, of those in which a word stands as the dictionary has it: others would need inflecting."""

_SUBJECTS: Final = ("i", "you", "we", "they")
_AUXILIARY: Final = frozenset("be do have can could may might must shall should will would".split())  # noqa: SIM905
"""Words that are parts of other verbs more often than verbs of their own: "do not" is no "make not"."""
_loading: Final = Lock()


def synonyms(sentence: Sentence) -> dict[int, Sequence[str]]:
    """Synonyms of words by their place: none for names, negations and auxiliaries, which would say another thing."""
    tags = _tags(sentence.words)
    table = _table()
    found = {
        place: table.get((word.lower(), _PARTS.get(tag, "")), ())
        for place, (word, tag) in enumerate(zip(sentence.words, tags, strict=True))
        if not tag.startswith(_NAME)
        and word.lower() not in _AUXILIARY
        and not sentence.turns(place)
        and not sentence.names(place)
    }
    return {place: words for place, words in found.items() if words}


def _tags(words: Sequence[str]) -> list[str]:
    """A tag of the Penn Treebank for each word, `""` where there is none."""
    with _loading:
        tag = _tagger()
    # One list item a word: the tagger splits at white space, and has no other way to take words as they are.
    tagged = [pair[1] or "" for pair in tag(" ".join(words), tokenize=False)]
    if len(tagged) != len(words):
        return [""] * len(words)
    before = ["", *(word.lower() for word in words)]
    return [_read(tag, word, last) for tag, word, last in zip(tagged, before, ["", *tagged], strict=False)]


@cache
def _tagger() -> Any:  # noqa: ANN401 - textblob is untyped
    """TextBlob's, with its lexicon, which other threads would otherwise read while the first one still loads it."""
    from textblob.en import tag  # noqa: PLC0415 - takes a second to import

    tag("word", tokenize=False)
    return tag


def _read(tag: str, last_word: str, last_tag: str) -> str:
    """The tag of a word behind another one."""
    if tag == "NN" and (last_tag in ("TO", "MD") or last_word in _SUBJECTS):
        return "VB"
    if tag in ("VB", "VBP") and last_tag in ("DT", "JJ", "PRP$"):
        return "NN"
    return tag


@cache
def _table() -> Mapping[tuple[str, str], tuple[str, ...]]:
    lines = files("automl.augment.text").joinpath("synonyms.tsv").read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return {(word, part): tuple(others.split()) for word, part, others in rows}
