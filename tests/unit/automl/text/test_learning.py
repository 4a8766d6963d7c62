"""What texts tell: stored alike, nothing of a row's own target, and nothing half learnt."""

import json
from typing import Any, get_args

import numpy as np
import pytest

from automl.clock import Unfinished
from automl.text.index import TermIndex, Terms
from automl.text.learning import Taught, TextLesson, teach
from automl.text.levels import Piece, columns_of, seconds_of
from automl.text.steps import step_from_json
from automl.types import Floats, Task

ROWS = 240
WORDS = np.array([f"word{number}" for number in range(60)])
PIECES = get_args(Piece)
TARGETED: list[Piece] = ["ratios", "gram_ratios", "word_scores", "gram_scores"]


def _texts(signal: np.ndarray) -> list[str | None]:
    """Words at random, and one that goes with the signal."""
    rng = np.random.default_rng(2)
    made = [" ".join([*rng.choice(WORDS, 6), f"mark{int(value)}"]) for value in signal]
    return [None, *made[1:]]


def _target(task: Task, signal: np.ndarray) -> Any:
    return signal + 0.1 * np.arange(ROWS) / ROWS if task == "regression" else signal


def _lesson(task: Task, target: np.ndarray, **more: Any) -> TextLesson:
    options = {"n_classes": {"binary": 2, "multiclass": 3}.get(task, 0), "count": 4, "columns": 1, "seed": 3} | more
    return TextLesson.of(target, None, task=task, **({"told_to_stop": lambda: False} | options))


def _taught(piece: Piece, task: Task, told: bool = True) -> tuple[Taught, Terms, TextLesson]:  # noqa: FBT001, FBT002
    rng = np.random.default_rng(1)
    signal = rng.integers(0, 3 if task == "multiclass" else 2, ROWS)
    terms = TermIndex.learn(_texts(signal if told else rng.permutation(signal)))[1]
    lesson = _lesson(task, _target(task, signal))
    taught = teach(piece, terms, lesson)
    assert taught is not None
    return taught, terms, lesson


def _told(taught: Taught, terms: Terms, lesson: TextLesson) -> float:
    """How much the last column goes with the last class, or the value, of the rows that it was learnt of."""
    columns = taught.columns(terms, lesson.parts)
    value = lesson.target == lesson.target.max() if lesson.task == "multiclass" else lesson.target
    return float(np.corrcoef(columns[:, -1], value)[0, 1])


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
@pytest.mark.parametrize("piece", PIECES)
def test_what_is_stored_applies_alike(piece: Piece, task: Task) -> None:
    taught, terms, lesson = _taught(piece, task)
    widths = [block.shape[1] for block in terms]
    again = step_from_json(json.loads(json.dumps(taught.step.to_json(), allow_nan=False)), widths)
    applied: Floats = taught.step.apply(terms)
    assert applied.shape == (ROWS, again.columns)
    assert np.isfinite(applied).all()
    np.testing.assert_array_equal(again.apply(terms), applied)
    np.testing.assert_array_equal(again.apply(terms.taken(np.array([5]))), applied[[5]])
    assert taught.columns(terms, lesson.parts).shape == applied.shape


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
@pytest.mark.parametrize("piece", TARGETED)
def test_a_word_that_goes_with_the_target_is_found(piece: Piece, task: Task) -> None:
    assert _told(*_taught(piece, task)) > (0.6 if piece.endswith("ratios") else 0.9)


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
@pytest.mark.parametrize("piece", TARGETED)
def test_no_row_is_told_its_own_target(piece: Piece, task: Task) -> None:
    taught, terms, lesson = _taught(piece, task, told=False)
    assert _told(taught, terms, lesson) < 0.25
    applied = taught.step.apply(terms)[:, -1]
    value = lesson.target == lesson.target.max() if task == "multiclass" else lesson.target
    assert np.corrcoef(applied, value)[0, 1] > 0.3, "learnt of all rows it would be told: the leak, planted"


def test_a_class_that_a_part_lacks_does_no_harm() -> None:
    target = np.zeros(ROWS, dtype=np.int64)
    target[:2] = 1
    terms = TermIndex.learn(_texts(target))[1]
    for piece in PIECES:
        taught = teach(piece, terms, _lesson("binary", target))
        assert taught is None or np.isfinite(taught.columns(terms, np.arange(ROWS) % 4)).all()


def test_of_no_terms_nothing_is_learnt() -> None:
    terms = TermIndex.learn([None, "once only"])[1]
    assert [teach(piece, terms, _lesson("binary", np.array([0, 1]))) for piece in PIECES] == [None] * len(PIECES)


@pytest.mark.parametrize("piece", PIECES)
def test_who_is_told_to_stop_leaves_nothing_half_learnt(piece: Piece) -> None:
    terms = TermIndex.learn(_texts(np.arange(ROWS) % 2))[1]
    with pytest.raises(Unfinished):
        teach(piece, terms, _lesson("binary", np.arange(ROWS) % 2, told_to_stop=lambda: True))


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_no_more_columns_than_were_foreseen(task: Task) -> None:
    terms = TermIndex.learn(_texts(np.arange(ROWS) % 2))[1]
    target = _target(task, np.arange(ROWS) % (3 if task == "multiclass" else 2))
    for columns in (1, 4):
        lesson = _lesson(task, target, columns=columns)
        made = sum(it.step.columns for piece in PIECES if (it := teach(piece, terms, lesson)) is not None)
        assert columns * made <= columns_of("all", task, lesson.n_classes, columns)
    assert columns_of("none", task, 3, 1) == columns_of("all", task, 3, 0) == 0
    assert seconds_of("ratios", [terms], task, 3) < seconds_of("all", [terms], task, 3)


@pytest.mark.parametrize(
    "entry",
    [
        {"kind": "terms", "chosen": []},
        {"kind": "terms", "chosen": [3, 3]},
        {"kind": "terms", "chosen": [3, 10]},
        {"kind": "terms", "chosen": [True]},
        {"kind": "scores", "block": 0, "shape": [2, 1], "weights": "AAA=", "scale": 1.0, "biases": [0.0]},
        {"kind": "scores", "block": 2, "shape": [2, 1], "weights": "AAAAAA==", "scale": 1.0, "biases": [0.0]},
        {"kind": "scores", "block": 0, "shape": [20, 1], "weights": "AAAAAA==", "scale": 1.0, "biases": [0.0]},
        {"kind": "scores", "block": 0, "shape": [2, 1], "weights": "AAAAAA==", "scale": 1, "biases": [0.0]},
        {"kind": "scores", "block": 0, "shape": [2, 1], "weights": "AAAAAA==", "scale": 1.0, "biases": []},
        {"kind": "votes", "block": 0, "shape": [2, 1], "weights": "AAAAAA==", "scale": 1.0, "biases": [0.0]},
        {"kind": "terms"},
        [],
    ],
)
def test_what_no_step_has_written_is_refused(entry: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        step_from_json(entry, (10, 0))
