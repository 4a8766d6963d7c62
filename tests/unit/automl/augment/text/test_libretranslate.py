"""Translation by a service: what it is asked, and what becomes of answers that are none."""

import pickle
from collections.abc import Iterator

import pytest

from automl.augment.text import libretranslate
from automl.augment.text.backtranslation import back_translated
from automl.augment.text.libretranslate import LibreTranslate, NoAnswer
from tests.servers.translation import Libre, libre_translate


@pytest.fixture
def libre(monkeypatch: pytest.MonkeyPatch) -> Iterator[Libre]:
    monkeypatch.setattr(libretranslate, "_PAUSE_S", 0.0)
    with libre_translate() as service:
        yield service


def test_texts_go_there_and_back_in_batches(libre: Libre) -> None:
    texts = [f"text {number}" for number in range(60)] + ["long " * 2000, "after it", ""]
    engine = LibreTranslate(libre.url, "secret")
    assert engine.there_and_back(texts) == [f"{text} es en" for text in texts]
    assert [len(asked["q"]) for asked in libre.asked] == [50, 10, 1, 2] * 2
    assert {(asked["source"], asked["target"]) for asked in libre.asked} == {("en", "es"), ("es", "en")}
    assert all((asked["format"], asked["api_key"]) == ("text", "secret") for asked in libre.asked)
    assert engine.there_and_back([]) == []


def test_it_is_asked_once_for_each_text(libre: Libre) -> None:
    engine = pickle.loads(pickle.dumps(LibreTranslate(libre.url)))  # as it comes to a cluster's worker
    for _ in range(2):
        assert back_translated(["one", "two", "one"], engine) == ["one es en", "two es en", "one es en"]
    assert [asked["q"] for asked in libre.asked] == [["one", "two"], ["one es", "two es"]]
    assert "api_key" not in libre.asked[0]


def test_who_is_busy_is_asked_again(libre: Libre) -> None:
    libre.statuses = [429, 503]
    assert LibreTranslate(libre.url).there_and_back(["a"]) == ["a es en"]


@pytest.mark.parametrize(("seconds", "statuses"), [(0.2, []), (5.0, []), (0.2, [503, 503, 503])])
def test_a_run_does_not_wait_for_who_is_slow(
    libre: Libre, monkeypatch: pytest.MonkeyPatch, seconds: float, statuses: list[int]
) -> None:
    monkeypatch.setattr(libretranslate, "_MOST_S", 0.3)
    libre.seconds, libre.statuses = seconds, statuses
    with pytest.raises(NoAnswer, match="too long"):
        LibreTranslate(libre.url).there_and_back([f"text {number}" for number in range(500)])
    assert 1 <= len(libre.asked) <= 2


@pytest.mark.parametrize(
    ("statuses", "reply", "why"),
    [
        ([503, 503, 503], None, "status 503"),
        ([400], None, "status 400"),
        ([302], None, "status 302"),
        ([], b"<html>", "otherwise"),
        ([], b'{"translatedText": "a"}', "otherwise"),
        ([], b'{"translatedText": ["a", "b"]}', "otherwise"),
        ([], b'{"translatedText": [7]}', "otherwise"),
        ([], b"[]", "otherwise"),
    ],
)
def test_what_is_no_translation_fails(libre: Libre, statuses: list[int], reply: bytes | None, why: str) -> None:
    libre.statuses, libre.reply = statuses, reply
    with pytest.raises(NoAnswer, match=why) as failed:
        LibreTranslate(libre.url, "secret").there_and_back(["a"])
    assert "127.0.0.1" not in str(failed.value)
    assert "secret" not in repr(LibreTranslate(libre.url, "secret"))


def test_what_it_is_missing(libre: Libre) -> None:
    engine = LibreTranslate(libre.url)
    assert engine.missing() is None
    libre.targets = {"en": ["es"], "es": ["fr"]}
    assert "Spanish" in (engine.missing() or "")
    for url in (f"{libre.url}/else", "http://127.0.0.1:1", "http://[::1"):
        missing = LibreTranslate(url).missing()
        assert missing
        assert "127.0.0.1" not in missing
