"""Another model, asked about rows that judged this one."""

from collections.abc import Callable

import numpy as np
import pytest

from automl.decisions.decision import Decision, decide
from automl.evaluation.judged import Judged
from automl.evaluation.judgement import Judgement
from automl.predictor import Predictor
from automl.reporting.rival import answered, columns_learnt, learnt_from, order_of
from automl.types import Column, Frame, Json, Task


@pytest.mark.parametrize(("ours", "theirs", "order"), [
    (["no", "yes"], ["yes", "no"], [1, 0]),
    ([1, 2, 3], [1.0, 3.0, 2.0], [0, 2, 1]),
    (["1", "2"], [1, 2], [0, 1]),
    ([False, True], [False, True], [0, 1]),
    ([], [], []),
    ([0, 1], [False, True], None),
    (["no", "yes"], ["no", "yes", "maybe"], None),
    (["no", "yes"], ["no", "never"], None),
])  # fmt: skip
def test_classes_are_the_same_in_any_order_and_type(ours: list[Json], theirs: list[Json], order: list[int]) -> None:
    assert order_of(ours, theirs) == order


def test_rows_of_its_table_are_known_whatever_their_place() -> None:
    cells = {"n": np.array([1.0, np.nan, 3.0, 1.0]), "c": np.array(["a", None, "c", "b"], dtype=object)}
    table = {"n": np.array([9.0, 1.0, 3.0, np.nan]), "c": np.array(["a", "b", "x", None], dtype=object)}
    halves = [{name: values[part] for name, values in table.items()} for part in (slice(0, 2), slice(2, 4))]
    found = learnt_from(cells, halves)
    assert found is not None
    assert found.tolist() == [False, True, False, True]
    assert learnt_from(cells, halves, over=lambda: True) is None


def ours_of(task: Task, rows: int, predictor: Predictor) -> Judgement:
    """Answers of no interest, of every other row of a table."""
    rng = np.random.default_rng(0)
    k = len(predictor.classes)
    target = rng.integers(0, k, rows) if k else rng.normal(size=rows)
    outputs = np.full((rows, k), 1 / k) if k else np.zeros(rows)
    predicted = outputs.argmax(axis=1) if k else outputs
    judged = Judged(task=task, classes=predictor.classes, target=target, outputs=outputs, predicted=predicted)
    return Judgement(2 * np.arange(rows), np.ones(rows), judged)


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_it_answers_in_our_order_of_classes_and_by_its_own_rule(
    frame: Frame, make_predictor: Callable[[Task], Predictor], task: Task
) -> None:
    rival = make_predictor(task)
    ours = ours_of(task, len(next(iter(frame.values()))), rival)
    k = len(rival.classes)
    order = list(reversed(range(k)))
    fresh = np.arange(1, len(ours.rows), 3)
    said = answered(rival, ours, frame, order, fresh=fresh)
    expected = rival.outputs(frame)[fresh]
    assert said.rows.tolist() == (2 * fresh).tolist()
    np.testing.assert_array_equal(said.judged.target, ours.judged.target[fresh])
    np.testing.assert_allclose(said.judged.outputs, expected[:, order] if k else expected)
    if k:
        called = decide(rival.outputs(frame), rival.decision)
        assert [order[number] for number in said.judged.predicted] == called[fresh].tolist()


def test_it_is_asked_by_the_rule_that_was_set(frame: Frame, make_predictor: Callable[[Task], Predictor]) -> None:
    rival = make_predictor("binary")
    ours = ours_of("binary", len(next(iter(frame.values()))), rival)
    everything = Decision(threshold=0.0)
    said = answered(rival, ours, frame, [0, 1], fresh=np.arange(len(ours.rows)), decision=everything)
    assert set(said.judged.predicted) == {1}


def test_without_time_some_rows_are_answered_all_the_same(
    frame: Frame, make_predictor: Callable[[Task], Predictor]
) -> None:
    rival = make_predictor("regression")
    rows = len(next(iter(frame.values())))
    many = {name: np.tile(values, 1 + 2000 // rows) for name, values in frame.items()}
    ours = ours_of("regression", len(next(iter(many.values()))), rival)
    said = answered(rival, ours, many, [], fresh=np.arange(len(ours.rows)), over=lambda: True)
    assert len(said.rows) == 250
    assert (np.diff(said.rows) > 0).all()
    assert len(answered(rival, ours, many, [], fresh=np.arange(len(ours.rows))).rows) == len(ours.rows)


def test_its_target_is_among_what_makes_rows_the_same(make_predictor: Callable[[Task], Predictor]) -> None:
    for task, kind in (("regression", "numeric"), ("multiclass", "categorical")):
        assert columns_learnt(make_predictor(task))[-1] == Column("outcome", kind)
