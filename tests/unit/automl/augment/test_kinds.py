"""What holds for every augmentation, whatever the rows are."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automl.augment import KINDS, Mix, TrainingRows, augment, kinds_for
from automl.clock import Unfinished
from automl.types import Augmentation, Task

Make = Callable[..., TrainingRows]
CASES: list[tuple[Task, Augmentation]] = [
    (task, name) for name, kind in KINDS.items() for task in kind.tasks if not kind.texts and not kind.images
]


@pytest.mark.parametrize(("task", "name"), CASES)
@settings(max_examples=8, deadline=None)
@given(table=st.tuples(st.integers(30, 200), st.integers(0, 10**6)), strength=st.sampled_from([0.1, 0.5, 1.0]))
def test_every_value_is_one_that_the_column_could_have(
    make_rows: Make, task: Task, name: Augmentation, table: tuple[int, int], strength: float
) -> None:
    before = make_rows(task, *table)
    after = augment(before, Mix((name,), strength), table)
    own = before.matrix[after.origin]
    np.testing.assert_array_equal(np.isnan(after.matrix), np.isnan(own))
    low, high = np.nanmin(before.matrix, axis=0), np.nanmax(before.matrix, axis=0)
    there = ~np.isnan(after.matrix)
    assert ((after.matrix >= low) & (after.matrix <= high))[there].all()
    whole = after.matrix[:, [1, 2, 3]]
    np.testing.assert_array_equal(whole, np.rint(whole))
    assert set(np.unique(after.matrix[there[:, 3], 3])) <= set(np.unique(before.matrix[:, 3]))
    assert (after.weights >= 0).all()
    assert np.isfinite(after.weights).all()
    assert len(after.matrix) == len(after.target) == len(after.weights) == len(after.origin)
    assert np.isfinite(after.target).all()


@pytest.mark.parametrize(("task", "name"), CASES)
def test_the_seed_says_what_comes_out(make_rows: Make, task: Task, name: Augmentation) -> None:
    rows, mix = make_rows(task), Mix((name,), 0.7)
    one, two = augment(rows, mix, [1, 2]), augment(rows, mix, [1, 2])
    for part in ("matrix", "target", "weights", "origin"):
        np.testing.assert_array_equal(getattr(one, part), getattr(two, part))


@pytest.mark.parametrize(("task", "name"), CASES)
def test_each_does_something_and_leaves_its_input_alone(make_rows: Make, task: Task, name: Augmentation) -> None:
    rows = make_rows(task)
    was = rows.matrix.copy(), rows.target.copy(), rows.weights.copy()
    after = augment(rows, Mix((name,), 1.0), [0])
    for part, before in zip((rows.matrix, rows.target, rows.weights), was, strict=True):
        np.testing.assert_array_equal(part, before)
    assert len(after) != len(rows) or not np.array_equal(after.weights, rows.weights)


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind.balances])
def test_balance_is_full_at_strength_1_and_by_the_root_at_a_half(make_rows: Make, name: Augmentation) -> None:
    rows = make_rows("binary", 1000)
    for strength in (0.5, 1.0):
        after = augment(rows, Mix((name,), strength), [0])
        mass = np.bincount(after.target, after.weights)
        before = rows.class_counts()
        due = (before[0] / before[1]) ** (1 - strength)
        assert mass[0] / mass[1] == pytest.approx(due, rel=0.1)


def test_names_are_applied_one_after_the_other(make_rows: Make) -> None:
    rows = make_rows("binary", 400)
    both = augment(rows, Mix(("random_over", "noise"), 1.0), [0])
    assert len(both) == 2 * len(augment(rows, Mix(("random_over",), 1.0), [0]))
    assert both.origin.max() < 400


def test_no_augmentation_changes_nothing(make_rows: Make) -> None:
    rows = make_rows()
    assert augment(rows, Mix(), [0]) is rows


def test_even_classes_are_not_balanced() -> None:
    assert kinds_for("binary", [50, 60]) == ("mixup", "noise", "column_swap")
    assert "smote" in kinds_for("binary", [10, 60])
    assert kinds_for("regression", []) == ("rare_targets", "mixup", "noise", "column_swap")


@pytest.mark.parametrize("name", ["smote", "borderline_smote", "adasyn", "mixup", "noise", "column_swap"])
@pytest.mark.parametrize("columns", [[3], [0], [0, 1]])
def test_columns_of_one_kind_only(make_rows: Make, name: Augmentation, columns: list[int]) -> None:
    rows = make_rows()
    some = TrainingRows.of(
        rows.matrix[:, columns],
        rows.target,
        categorical=(0,) if columns == [3] else (),
        task="binary",
        n_classes=2,
    )
    after = augment(some, Mix((name,), 1.0), [0])
    assert len(after) > len(some) or (name == "noise" and columns == [3])
    np.testing.assert_array_equal(np.isnan(after.matrix), np.isnan(some.matrix[after.origin]))


@pytest.mark.parametrize("name", [name for task, name in CASES if task == "multiclass"])
def test_a_class_of_one_row_and_one_of_none(make_rows: Make, name: Augmentation) -> None:
    rows = make_rows("binary", 60)
    target = np.zeros(60, dtype=np.int64)
    target[:20], target[20] = 1, 3  # of class 2 there is no row
    lone = TrainingRows.of(rows.matrix, target, categorical=(3,), task="multiclass", n_classes=4)
    after = augment(lone, Mix((name,), 1.0), [0])
    assert not (after.target == 2).any()
    assert (after.target == 3).any()


@pytest.mark.parametrize(("task", "name"), CASES)
def test_a_column_without_any_value_and_one_that_is_constant(make_rows: Make, task: Task, name: Augmentation) -> None:
    rows = make_rows(task)
    rows.matrix[:, 0], rows.matrix[:, 1] = np.nan, 7.0
    after = augment(rows, Mix((name,), 1.0), [0])
    assert np.isnan(after.matrix[:, 0]).all()
    assert (after.matrix[:, 1] == 7).all()


@pytest.mark.parametrize(("task", "name"), [(task, name) for task, name in CASES if name in ("noise", "column_swap")])
@pytest.mark.parametrize("columns", [1, 2, 5])
def test_no_copy_is_as_its_row(make_rows: Make, task: Task, name: Augmentation, columns: int) -> None:
    rows = make_rows(task)
    rows = TrainingRows.of(rows.matrix[:, :columns], rows.target, categorical=(), task=task, n_classes=rows.n_classes)
    after = augment(rows, Mix((name,), 0.5), [0])
    new, own = after.matrix[300:], rows.matrix[after.origin[300:]]
    assert len(new) > 100
    assert ((new != own) & ~np.isnan(own)).any(axis=1).all()


def test_where_nothing_can_change_nothing_is_added(make_rows: Make) -> None:
    rows = make_rows()
    switches = TrainingRows.of(rows.matrix[:, [2]], rows.target, categorical=(), task="binary", n_classes=2)
    assert len(augment(switches, Mix(("noise",), 0.5), [0])) == 300


@pytest.mark.parametrize(("task", "name"), CASES)
def test_it_ends_where_it_is_told_to(make_rows: Make, task: Task, name: Augmentation) -> None:
    with pytest.raises(Unfinished):
        augment(replace(make_rows(task), told_to_stop=lambda: True), Mix((name,)), [0])


def test_of_a_few_rows_none_is_left_out(make_rows: Make) -> None:
    rows = make_rows("multiclass", 300)
    kept = augment(rows, Mix(("random_under",), 1.0), [0]).class_counts()
    assert rows.class_counts().min() < 20
    assert kept.tolist() == np.minimum(rows.class_counts(), 20).tolist()


def test_texts_are_not_mixed_unless_that_is_asked_for() -> None:
    assert "mixup" in kinds_for("binary", [50, 60])
    assert "mixup" not in kinds_for("binary", [50, 60], texts=True)
