"""Mixtures of rows."""

from collections.abc import Callable

import numpy as np
import pytest

from automl.augment import Mix, TrainingRows, augment

Make = Callable[..., TrainingRows]


def test_a_mixed_class_is_two_rows_that_share_one_rows_weight(make_rows: Make) -> None:
    rows = make_rows("multiclass", 300, gaps=0.0)
    after = augment(rows, Mix(("mixup",), 0.5), [0])
    new, weights, target = after.matrix[300:], after.weights[300:], after.target[300:]
    distinct, place = np.unique(new, axis=0, return_inverse=True)
    assert len(distinct) == 150
    np.testing.assert_allclose(np.bincount(place, weights), 1.0)
    for mixture in np.flatnonzero(np.bincount(place) == 2):
        assert len(set(target[place == mixture])) == 2


def test_a_mixed_value_stays_between_its_rows(make_rows: Make) -> None:
    rows = make_rows("regression", 300)
    after = augment(rows, Mix(("mixup",), 1.0), [0])
    assert len(after) == 600
    assert after.target.min() >= rows.target.min()
    assert after.target.max() <= rows.target.max()
    # mostly of the base row, which is the one that is told
    assert np.corrcoef(after.target, rows.target[after.origin])[0, 1] > 0.9


@pytest.mark.parametrize("task", ["binary", "multiclass"])
def test_columns_are_swapped_inside_a_class(make_rows: Make, task: str) -> None:
    rows = make_rows(task, 300, gaps=0.0)
    after = augment(rows, Mix(("column_swap",), 1.0), [0])
    for label in range(rows.n_classes):
        own, new = rows.matrix[rows.target == label], after.matrix[300:][after.target[300:] == label]
        assert all(set(new[:, column]) <= set(own[:, column]) for column in range(own.shape[1]))


def test_what_is_made_of_one_column_stays_together() -> None:
    day = np.arange(200.0)
    matrix = np.column_stack([day, 10 * day, np.random.default_rng(0).normal(size=200)])
    sources = ("when", "when", "size")
    rows = TrainingRows.of(matrix, day, categorical=(), sources=sources, task="regression", n_classes=0)
    new = augment(rows, Mix(("column_swap",), 1.0), [0]).matrix[200:]
    np.testing.assert_array_equal(new[:, 1], 10 * new[:, 0])
    assert len(np.unique(new[:, :2] @ [1, 1] + 1e6 * new[:, 2])) > 100, "and yet columns are swapped"


def test_columns_are_swapped_among_near_values(make_rows: Make) -> None:
    rows = make_rows("regression", 500, gaps=0.0)
    after = augment(rows, Mix(("column_swap",), 1.0), [0])
    came_from = dict(zip(rows.matrix[:, 0], rows.target, strict=True))
    place = np.argsort(np.argsort(rows.target))
    rank = dict(zip(rows.target, place, strict=True))
    for value, target in zip(after.matrix[500:, 0], after.target[500:], strict=True):
        assert abs(rank[came_from[value]] - rank[target]) <= 10
