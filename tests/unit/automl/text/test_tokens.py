import pytest

from automl.text.tokens import Tokens, tokenize


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("This is NOT a good film!!!", ["not", "good", "film", "!!!"]),
        ("I don't, you don\u2019t", ["i", "don't", ",", "you", "don\u2019t"]),
        ("call 08712300220 or 911", ["call", "00000000000", "911"]),
        ("żółw (ΑΒΓ)", ["żółw", "(", "αβγ", ")"]),
        ("私は学生", ["私", "は", "学", "生"]),
        (" \n", []),
    ],
)
def test_words_and_signs_in_small_letters_without_stop_words(text: str, tokens: list[str]) -> None:
    assert tokenize(text) == tokens


def test_no_token_is_longer_than_forty_letters() -> None:
    assert [len(token) for token in tokenize("x" * 500 + " " + "9" * 500)] == [40, 40]


def test_each_token_is_known_by_its_number_and_its_text() -> None:
    tokens = Tokens.of(["red green red", None, "", "green"])
    assert tokens.distinct == ("red", "green")
    assert tokens.numbers.tolist() == [0, 1, 0, 1]
    assert tokens.texts.tolist() == [0, 0, 0, 3]
    assert tokens.count == 4
