"""Rows with changed texts."""

import numpy as np
import pytest

from automl.augment import Mix, TrainingRows, augment
from automl.augment.text import rows as module
from automl.features.encoder import FeatureEncoder
from automl.types import Column

TEXTS = ["We buy a big house", None, "the film was long and very bad", "please help", ""] * 8


def _rows() -> TrainingRows:
    frame = {"note": np.array(TEXTS, dtype=object), "size": np.arange(40.0)}
    encoder = FeatureEncoder.fit(frame, [Column("size", "numeric"), Column("note", "text")])
    target = np.arange(40) % 2
    texts = encoder.texts(frame)
    return TrainingRows.of(encoder.transform(frame), target, categorical=(), task="binary", n_classes=2, texts=texts)


def test_features_follow_the_text_and_what_is_missing_stays_missing() -> None:
    rows = _rows()
    after = augment(rows, Mix(("word_deletion",), 1.0), [0])
    (column,) = after.texts
    assert len(after) == 80
    np.testing.assert_array_equal(after.matrix[:, 0], np.tile(np.arange(40.0), 2))
    for row in range(40, 80):
        text, old = column.values[row], TEXTS[after.origin[row]]
        assert (text is None) == (old is None) == bool(np.isnan(after.matrix[row, 2]))
        if text is not None:
            assert after.matrix[row, 2] == max(2, len(text.split())) or len(text.split()) < 2
            assert len(text.split()) == max(len(old.split()) - 1, min(1, len(old.split())))


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
