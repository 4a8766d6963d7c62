"""Words that an answer rests on are told, by what it would be without them."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.explanations.words import word_effects
from automl.features.encoder import FeatureEncoder
from automl.features.textcolumns import TextColumn
from automl.text.tokens import tokenize, without
from automl.types import Column, Floats, Frame, Task

COLUMNS = (Column("note", "text"), Column("size", "numeric"))
NOTES = ["Good food, good mood", "bad food", "bad mood, good food", "nothing", None]


def frame() -> Frame:
    return {"note": np.array(NOTES, dtype=object), "size": np.arange(5.0)}


def goodness(matrix: Floats, texts: Sequence[TextColumn]) -> Floats:
    """A value: twice the mentions of good, less those of bad, and the size."""
    notes = [(text or "").lower() for text in texts[0].values]
    counts = [2 * text.count("good") - text.count("bad") for text in notes]
    assert matrix[:, 1].tolist() == pytest.approx([len(text.split()) or np.nan for text in notes], nan_ok=True)
    return np.array(counts, dtype=np.float64) + matrix[:, 5]


def chances(matrix: Floats, texts: Sequence[TextColumn]) -> Floats:
    positive = 1 / (1 + np.exp(-goodness(matrix, texts)))
    return np.column_stack([1 - positive, positive])


@pytest.mark.parametrize("task", ["regression", "binary", "multiclass"])
def test_words_are_told_by_what_their_absence_changes(task: Task) -> None:
    rows = frame()
    encoder = FeatureEncoder.fit(rows, COLUMNS)
    matrix, texts = encoder.transform(rows), encoder.texts(rows)
    answer = goodness if task == "regression" else chances
    called = None if task == "regression" else np.ones(5, dtype=np.int64)
    first, second, third, *others = word_effects(answer, matrix, texts, task=task, called=called)
    if task == "multiclass":
        assert first["note"]["good"] > 0 > second["note"]["bad"]
    else:
        assert first["note"] == pytest.approx({"good": 4.0, "food": 0.0, "mood": 0.0, ",": 0.0})
        assert second["note"] == pytest.approx({"bad": -1.0, "food": 0.0})
        assert third["note"]["good"] == pytest.approx(2.0)
    assert others == [{}, {}]


@given(st.text("ab1 -'!\u0130\u4e2dXY", max_size=30), st.integers(0, 9))
def test_a_text_without_a_word_has_all_others(text: str, which: int) -> None:
    tokens = tokenize(text)
    if tokens:
        word = tokens[which % len(tokens)]
        assert tokenize(without(text, word)) == [token for token in tokens if token != word]
