"""Texts there and back, by the real engine where it is installed."""

import subprocess
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automl.augment import Mix, TrainingRows, augment
from automl.augment.text import apertium, backtranslation
from automl.augment.text.apertium import Apertium
from automl.augment.text.backtranslation import back_translated
from automl.checks.augmentation import check_augmentation
from automl.clock import Over, Unfinished, go_on
from automl.errors import InvalidRequest, TranslationFailed
from automl.features.encoder import FeatureEncoder
from automl.types import Column, TrainRequest

TEXTS = ["Please cancel my subscription before the next billing date.", "The house is very big.", None, "", "zzz"]
installed = pytest.mark.skipif(Apertium().missing() is not None, reason="Apertium is not installed")


def _rows() -> TrainingRows:
    frame = {"note": np.array(TEXTS, dtype=object)}
    encoder = FeatureEncoder.fit(frame, [Column("note", "text")])
    target = np.array([0, 1, 0, 1, 0])
    return TrainingRows.of(
        encoder.transform(frame), target, categorical=(), task="binary", n_classes=2, texts=encoder.texts(frame)
    )


@installed
def test_the_same_is_said_otherwise() -> None:
    one, two = back_translated(
        ["Please cancel my subscription before the next billing date.", "The house is very big."], Apertium()
    )
    assert "subscription" in one
    assert one != TEXTS[0]
    assert one.endswith(".")
    assert "house" in two.lower()


@installed
def test_a_batch_gives_what_each_text_gives_alone() -> None:
    texts = ["The red car.", "", "A dog & a cat [2] cost $5.00 / day", "two\nlines", "Ünïcode 日本語"]
    assert apertium.translate(texts, "eng-spa") == [apertium.translate([text], "eng-spa")[0] for text in texts]
    assert apertium.translate([], "eng-spa") == []


@installed
@settings(deadline=None, max_examples=15)
@given(texts=st.lists(st.text(max_size=30), min_size=1, max_size=5))
def test_any_text_may_come(texts: list[str]) -> None:
    assert len(back_translated(texts, Apertium())) == len(texts)


@installed
def test_only_rows_whose_text_has_changed_are_added() -> None:
    after = augment(_rows(), Mix(("back_translation",), 1.0), [0])
    (column,) = after.texts
    assert after.origin[5:].tolist() in ([0], [0, 1])
    assert all(column.values[row] != TEXTS[after.origin[row]] for row in range(5, len(after)))
    words = after.matrix[5:, 1]
    assert words.tolist() == [len(text.split()) for text in column.values[5:]]


@installed
def test_what_is_known_is_not_translated_again(monkeypatch: pytest.MonkeyPatch) -> None:
    first = back_translated(["A quick answer."], Apertium())

    def refuse(*_: object) -> list[str]:
        raise subprocess.SubprocessError

    monkeypatch.setattr(apertium, "translate", refuse)
    assert back_translated(["A quick answer."], Apertium()) == first
    with pytest.raises(TranslationFailed, match="SubprocessError") as failed:
        back_translated(["Another answer."], Apertium())
    assert failed.value.code == "no-translator"


def test_a_translation_of_another_length_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backtranslation, "back_translated", lambda texts, *_: [text * 3 for text in texts])
    assert len(augment(_rows(), Mix(("back_translation",), 1.0), [0])) == 5


def test_without_the_engine_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apertium, "installed", lambda mode: False)
    with pytest.raises(InvalidRequest) as refused:
        check_augmentation(TrainRequest(target="y", augmentation=["back_translation"]), "binary", texts=True)
    assert refused.value.code == "no-translator"
    assert "apt-get install" in refused.value.detail


@dataclass(frozen=True, slots=True)
class Slow:
    """An engine that has begun and does not end until it is told to."""

    begun: Event
    name: str = "slow"
    most_characters: int = 1000

    def missing(self) -> None:
        return None

    def there_and_back(self, texts: Sequence[str], told_to_stop: Over) -> list[str]:
        self.begun.set()
        while True:
            go_on(told_to_stop)
            time.sleep(0.01)


def test_a_fold_that_translates_and_one_that_waits_for_it_both_hear_of_the_end() -> None:
    slow, over = Slow(Event()), Event()
    with ThreadPoolExecutor(2) as pool:
        folds = [pool.submit(back_translated, ["One."], slow, over.is_set)]
        assert slow.begun.wait(10)
        folds.append(pool.submit(back_translated, ["Two."], slow, over.is_set))
        over.set()
        for fold in folds:
            with pytest.raises(Unfinished):
                fold.result(10)
