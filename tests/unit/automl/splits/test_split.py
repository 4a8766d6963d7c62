"""The holdout and the folds."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from automl.splits.split import Rows, find_copies, fold_count, split_folds, split_holdout, strata

tables = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 60)), min_size=2, max_size=120).map(
    lambda rows: tuple(np.array(rows).T)
)
"""Class and feature of each row, few enough of both for copies and rare classes."""


def copies_within(classes: Rows, features: Rows) -> Rows:
    return find_copies([features.astype(float), classes])


@given(tables, st.floats(0.05, 0.5), st.integers(0, 9))
def test_a_holdout_parts_the_rows_and_no_copies(table: tuple[Rows, Rows], share: float, seed: int) -> None:
    classes, features = table
    copies = copies_within(classes, features)
    train, holdout = split_holdout(classes, copies, share, seed)
    assert sorted([*train, *holdout]) == list(range(len(classes)))
    assert (np.diff(train) > 0).all()
    assert (np.diff(holdout) > 0).all()
    assert not set(copies[train]) & set(copies[holdout])
    for one in set(classes.tolist()):
        if len(set(copies[classes == one])) > 1:
            assert one in classes[train]
            assert one in classes[holdout]


@given(tables, st.integers(2, 6), st.integers(0, 9))
def test_folds_validate_each_row_once_and_part_no_copies(table: tuple[Rows, Rows], folds: int, seed: int) -> None:
    classes, features = table
    copies = copies_within(classes, features)
    found = split_folds(classes, copies, folds, seed)
    assert len(found) == min(folds, len(set(copies)))
    assert sorted(np.concatenate([valid for _, valid in found])) == list(range(len(classes)))
    for train, valid in found:
        assert sorted([*train, *valid]) == list(range(len(classes)))
        assert not set(copies[train]) & set(copies[valid])


def test_the_shares_of_classes_are_kept() -> None:
    classes = np.repeat([0, 1, 2], [700, 250, 50])
    alone = np.arange(1000)
    train, holdout = split_holdout(classes, alone, 0.2, 0)
    assert np.bincount(classes[holdout]).tolist() == [140, 50, 10]
    for _, valid in split_folds(classes[train], alone[train], 5, 0):
        assert np.bincount(classes[train][valid]).tolist() == [112, 40, 8]


def test_the_seed_decides() -> None:
    classes, alone = np.zeros(100, dtype=np.int64), np.arange(100)
    assert split_holdout(classes, alone, 0.2, 1)[1].tolist() == split_holdout(classes, alone, 0.2, 1)[1].tolist()
    assert split_holdout(classes, alone, 0.2, 1)[1].tolist() != split_holdout(classes, alone, 0.2, 2)[1].tolist()


def test_one_fold_is_a_split_of_a_fifth() -> None:
    ((train, valid),) = split_folds(np.zeros(100, dtype=np.int64), np.arange(100), 1, 0)
    assert (len(train), len(valid)) == (80, 20)


def test_a_class_with_fewer_rows_than_folds_is_fine() -> None:
    classes = np.array([0] * 30 + [1] * 2 + [2])
    for train, valid in split_folds(classes, np.arange(33), 5, 0):
        assert len(train) + len(valid) == 33


def test_classes_of_one_row_each_still_leave_a_holdout() -> None:
    train, holdout = split_holdout(np.arange(10), np.arange(10), 0.2, 0)
    assert (len(train), len(holdout)) == (8, 2)


def test_a_regression_target_is_spread_by_its_tenths() -> None:
    target = np.random.default_rng(0).normal(size=500)
    tenths = strata("regression", target)
    assert set(Counter(tenths.tolist()).values()) == {50}
    assert target[tenths == 0].max() < target[tenths == 9].min()


def test_copies_are_found_whatever_their_types() -> None:
    numbers = np.array([0.0, -0.0, np.nan, np.nan, 1.0])
    words = np.array(["a", "a", None, None, "a"], dtype=object)
    copies = find_copies([numbers, words, np.zeros(5, dtype=np.int64)])
    assert copies[0] == copies[1] != copies[2] == copies[3] != copies[4] != copies[0]


def test_a_missing_word_is_not_an_empty_one() -> None:
    copies = find_copies([np.array(["", None], dtype=object)])
    assert copies[0] != copies[1]


def test_a_common_case_is_not_a_copy() -> None:
    copies = find_copies([np.repeat([0.0, 1.0], [95, 5])])
    assert len(set(copies[:95])) == 95
    assert len(set(copies[95:])) == 1


def test_more_rows_get_fewer_folds() -> None:
    assert [fold_count(rows) for rows in (100, 50_000, 50_001, 200_000, 200_001)] == [5, 5, 3, 3, 1]
