"""More rows where a target is rare."""

from collections.abc import Callable

import numpy as np

from automl.augment import Mix, TrainingRows, augment

Make = Callable[..., TrainingRows]


def test_most_new_rows_are_where_few_were(make_rows: Make) -> None:
    rows = make_rows("regression", 1000)
    after = augment(rows, Mix(("rare_targets",), 1.0), [0])
    new = after.target[1000:]
    assert len(new) == 500
    middle = np.abs(rows.target - np.median(rows.target)) < rows.target.std()
    assert middle.mean() > 0.6
    assert (np.abs(new - np.median(rows.target)) < rows.target.std()).mean() < 0.3


def test_a_constant_target_has_nothing_rare(make_rows: Make) -> None:
    rows = make_rows("regression", 50)
    rows.target[:] = 3.0
    assert len(augment(rows, Mix(("rare_targets",), 1.0), [0])) == 50


def test_categories_alone_are_copied(make_rows: Make) -> None:
    rows = make_rows("regression", 400, gaps=0.0)
    codes = TrainingRows.of(rows.matrix[:, [3]], rows.target, categorical=(0,), task="regression", n_classes=0)
    after = augment(codes, Mix(("rare_targets",), 1.0), [0])
    assert len(after) == 600
    np.testing.assert_array_equal(after.matrix[400:], codes.matrix[after.origin[400:]])
    np.testing.assert_array_equal(after.target[400:], codes.target[after.origin[400:]])


def test_counts_stay_counts(make_rows: Make) -> None:
    rows = make_rows("regression", 400)
    rows.target[:] = np.rint(4 * np.exp(rows.target))
    after = augment(rows, Mix(("rare_targets",), 1.0), [0])
    new = after.target[400:]
    np.testing.assert_array_equal(new, np.rint(new))
    assert (new != rows.target[after.origin[400:]]).any()
