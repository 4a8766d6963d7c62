"""Texts changed a little."""

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automl.augment.text import edits
from automl.augment.text.sentence import Sentence
from automl.augment.text.synonyms import synonyms

Edit = Callable[[str, float, np.random.Generator], str]
ALL: list[Edit] = [
    edits.synonym_replacement,
    edits.word_insertion,
    edits.word_swap,
    edits.word_deletion,
    edits.typos,
]
TEXT = "Please cancel my subscription, I do not want to buy another big movie from Acme in this year."


def _words(text: str) -> list[str]:
    return Sentence.of(text).words


def _many(edit: Edit, strength: float = 1.0) -> list[str]:
    return [edit(TEXT, strength, np.random.default_rng(seed)) for seed in range(40)]


@pytest.mark.parametrize("edit", ALL)
def test_the_text_changes_by_the_seed(edit: Edit) -> None:
    assert _many(edit) == _many(edit)
    assert len(set(_many(edit))) > 4
    assert any(text != TEXT for text in _many(edit, 0.1))


@pytest.mark.parametrize("edit", ALL)
@settings(deadline=None, max_examples=40)
@given(text=st.text(max_size=60) | st.lists(st.sampled_from(TEXT.split())).map(" ".join), seed=st.integers(0, 99))
def test_any_text_may_come(edit: Edit, text: str, seed: int) -> None:
    changed = edit(text, 1.0, np.random.default_rng(seed))
    assert bool(_words(changed)) == bool(_words(text))


def test_synonyms_are_of_the_same_part_of_speech_and_spare_names_and_negations() -> None:
    found = synonyms(Sentence.of(TEXT))
    places = {_words(TEXT)[place]: set(words) for place, words in found.items()}
    assert places["buy"] == {"purchase"}
    assert places["big"] == {"large"}
    assert "film" in places["movie"]
    assert not {"not", "Acme", "I"} & places.keys()


@pytest.mark.parametrize("text", ["I do not like it", "they have never been here", "I dont and cant do it"])
def test_neither_negations_nor_their_verbs_have_synonyms(text: str) -> None:
    found = {_words(text)[place] for place in synonyms(Sentence.of(text))}
    assert not found & {"do", "not", "have", "never", "been", "dont", "cant"}


def test_a_word_is_read_by_the_words_around_it() -> None:
    assert 4 in synonyms(Sentence.of("She gave me a quick answer"))
    noun = synonyms(Sentence.of("the film was long"))
    assert "movie" in noun[1]
    for text, place in (("I want to film the river", 3), ("they film the river", 1), ("we will film it", 2)):
        assert set(synonyms(Sentence.of(text))[place]) == {"shoot", "take"}
    assert set(synonyms(Sentence.of("my help was late"))[1]) == {"aid", "assist", "assistance"}


def test_replacement_keeps_all_but_a_few_words_and_all_punctuation() -> None:
    for text in _many(edits.synonym_replacement):
        pairs = list(zip(_words(TEXT), _words(text), strict=True))
        assert 1 <= sum(old != new for old, new in pairs) <= 4
        assert Sentence.of(text).between == Sentence.of(TEXT).between


def test_a_capital_stays() -> None:
    changed = {edits.synonym_replacement("Help is near", 1.0, np.random.default_rng(seed)) for seed in range(20)}
    assert all(text[0].isupper() for text in changed)


def test_swapping_keeps_the_words() -> None:
    assert all(Counter(_words(text)) == Counter(_words(TEXT)) for text in _many(edits.word_swap))


def test_deletion_leaves_negations_and_at_least_a_word() -> None:
    assert all("not" in _words(text) for text in _many(edits.word_deletion))
    assert all(len(_words(text)) < len(_words(TEXT)) for text in _many(edits.word_deletion))
    assert edits.word_deletion("alone", 1.0, np.random.default_rng(0)) == "alone"


def test_insertion_adds_synonyms_of_words_that_are_there() -> None:
    known = {word for words in synonyms(Sentence.of(TEXT)).values() for word in words}
    for text in _many(edits.word_insertion):
        new = Counter(_words(text)) - Counter(_words(TEXT))
        assert new
        assert set(new) <= known


def test_a_typo_is_one_slip_inside_a_word() -> None:
    for text in _many(edits.typos, 0.1):
        pairs = [(old, new) for old, new in zip(_words(TEXT), _words(text), strict=True) if old != new]
        assert len(pairs) <= 1
        for old, new in pairs:
            assert (old[0], abs(len(old) - len(new)) <= 1) == (new[0], True)
            assert len(old) >= 4


@pytest.mark.parametrize("edit", [edits.typos, edits.word_deletion, edits.synonym_replacement])
def test_a_negation_stays(edit: Edit) -> None:
    text = "We never cannot dont without hardly fail"
    kept = {"never", "cannot", "dont", "without", "hardly", "fail"}
    assert all(kept <= set(_words(edit(text, 1.0, np.random.default_rng(seed)))) for seed in range(20))
