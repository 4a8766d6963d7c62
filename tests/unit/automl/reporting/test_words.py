"""Which words move answers, over a sample of the holdout."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from automl.evaluation.judged import Judged
from automl.reporting.words import tell_words


def asked(task: Any, classes: list[str], predicted: list[int], effects: list[dict[str, float]]) -> Any:
    outputs = np.full((len(predicted), max(1, len(classes))), 0.5)
    target = np.array(predicted)
    judged = Judged(task=task, classes=classes, target=target, outputs=outputs, predicted=target)
    return SimpleNamespace(judged=judged, words=lambda row: {"note": effects[row]})


def test_a_word_is_told_with_its_rows_and_its_mean_effect() -> None:
    found = tell_words(asked("binary", ["n", "y"], [0, 1], [{"good": -1.0}, {"good": -3.0, "bad": 0.5}]), lambda: False)
    assert found["note"] == [
        {"word": "good", "label": None, "rows": 2, "effect": -2.0},
        {"word": "bad", "label": None, "rows": 1, "effect": 0.5},
    ]


def test_of_many_classes_each_has_words_of_its_own() -> None:
    effects = [{"puck": 2.0}, {"puck": -2.0, "car": 1.0}, {"puck": 3.0}]
    found = tell_words(asked("multiclass", ["hockey", "autos", "space"], [0, 1, 0], effects), lambda: False)
    assert [(row["word"], row["label"], row["rows"]) for row in found["note"]] == [
        ("puck", "hockey", 2),
        ("puck", "autos", 1),
        ("car", "autos", 1),
    ]
    assert found["note"][0]["effect"] == pytest.approx(2.5)


def test_a_rare_class_is_asked_about_as_often_as_the_others() -> None:
    labels = [int(row % 50 == 0) for row in range(1_000)]
    effects = [{"win": 2.0} if label else {"hello": -1.0} for label in labels]
    found = tell_words(asked("binary", ["ham", "spam"], labels, effects), lambda: False)
    assert [(row["word"], row["rows"]) for row in found["note"]] == [("hello", 40), ("win", 20)]


def test_without_time_nothing_is_told() -> None:
    assert tell_words(asked("binary", ["n", "y"], [0], [{"good": 1.0}]), lambda: True) == {}
