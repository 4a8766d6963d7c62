"""Texts taken apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.augment.text.sentence import Sentence


@given(st.text())
def test_put_together_it_is_what_it_was(text: str) -> None:
    assert str(Sentence.of(text)) == text


@pytest.mark.parametrize(
    "word", ["not", "Never", "don't", "won\u2019t", "without", "dont", "CANT", "no-one", "not-so-good", "unable"]
)
def test_negations(word: str) -> None:
    assert Sentence.of(f"I {word} go").turns(1)


def test_names_have_a_capital_inside_a_sentence_or_a_digit() -> None:
    sentence = Sentence.of("Yesterday Anna met eBay. They gave R2D2 a big hug")
    assert [word for place, word in enumerate(sentence.words) if sentence.names(place)] == ["Anna", "eBay", "R2D2"]


@pytest.mark.parametrize(("place", "text"), [(0, "new A b."), (1, "A new b."), (2, "A b new.")])
def test_a_word_is_put_in(place: int, text: str) -> None:
    sentence = Sentence.of("A b.")
    sentence.insert(place, "new")
    assert str(sentence) == text


@pytest.mark.parametrize(("place", "text"), [(0, "b, c."), (1, "A, c."), (2, "A b.")])
def test_a_word_is_taken_out(place: int, text: str) -> None:
    sentence = Sentence.of("A b, c.")
    sentence.remove(place)
    assert str(sentence) == text
