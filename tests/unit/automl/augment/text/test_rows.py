"""Rows with changed texts."""

from dataclasses import replace

import numpy as np
import pytest

from automl.augment import Mix, TrainingRows, augment
from automl.augment.text import rows as module
from automl.clock import Unfinished
from automl.features.encoder import FeatureEncoder
from automl.types import Augmentation, Column

TEXTS = ["We buy a big house", None, "the film was long and very bad", "please help", ""] * 8


def _rows() -> TrainingRows:
    frame = {"note": np.array(TEXTS, dtype=object), "size": np.arange(40.0)}
    encoder = FeatureEncoder.fit(frame, [Column("size", "numeric"), Column("note", "text")])
    target = np.arange(40) % 2
    texts = encoder.texts(frame)
    return TrainingRows.of(encoder.transform(frame), target, categorical=(), task="binary", n_classes=2, texts=texts)


def test_features_follow_the_text() -> None:
    rows = _rows()
    after = augment(rows, Mix(("word_deletion",), 1.0), [0])
    (column,) = after.texts
    assert after.origin[40:].tolist() == [row for row in range(40) if TEXTS[row]], "copies tell nothing"
    np.testing.assert_array_equal(after.matrix[:, 0], np.arange(40.0)[after.origin])
    for row in range(40, len(after)):
        text, old = column.values[row], TEXTS[after.origin[row]]
        assert after.matrix[row, 2] == max(2, len(text.split())) or len(text.split()) < 2
        assert len(text.split()) == len(old.split()) - 1


def test_what_is_missing_stays_missing() -> None:
    rows = _rows()
    after = augment(rows, Mix(("noise", "word_deletion"), 1.0), [0])
    (column,) = after.texts
    assert len(after) > 80
    for row in range(len(after)):
        assert (
            (column.values[row] is None) == (TEXTS[after.origin[row]] is None) == bool(np.isnan(after.matrix[row, 2]))
        )


def test_words_without_synonyms_have_no_copies() -> None:
    frame = {
        "note": np.array(["Wir kaufen heute ein gro\u00dfes Haus", "\u6211\u4eec\u4e70\u623f\u5b50"] * 4, dtype=object)
    }
    encoder = FeatureEncoder.fit(frame, [Column("note", "text")])
    matrix, texts = encoder.transform(frame), encoder.texts(frame)
    rows = TrainingRows.of(matrix, np.arange(8) % 2, categorical=(), task="binary", n_classes=2, texts=texts)
    assert len(augment(rows, Mix(("synonyms",), 1.0), [0])) == 8


@pytest.mark.parametrize("name", ["synonyms", "typos"])
def test_it_ends_where_it_is_told_to(name: Augmentation) -> None:
    asked = iter([False, False, False, True])
    with pytest.raises(Unfinished):
        augment(replace(_rows(), told_to_stop=lambda: next(asked)), Mix((name,)), [0])


def test_texts_go_with_their_rows_through_others() -> None:
    after = augment(_rows(), Mix(("random_under", "noise", "typos"), 0.5), [0])
    (column,) = after.texts
    assert len(column.values) == len(after)
    assert [value is None for value in column.values] == [TEXTS[row] is None for row in after.origin]


def test_only_so_many_characters_are_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_CHARACTERS", 100)
    after = augment(_rows(), Mix(("synonyms",), 1.0), [0])
    assert 40 < len(after) < 60


def test_rows_without_texts_stay_as_they_are() -> None:
    rows = TrainingRows.of(np.ones((4, 1)), np.arange(4.0), categorical=(), task="regression", n_classes=0)
    assert augment(rows, Mix(("typos",), 1.0), [0]) is rows
