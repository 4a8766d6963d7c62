"""Splits along time."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from automl.splits.moments import expanding_folds, split_latest
from automl.types import Floats

moments = st.lists(st.integers(0, 40), min_size=2, max_size=120).filter(lambda found: len(set(found)) > 1)
times = moments.map(lambda found: np.array(found, dtype=np.float64))


@given(times, st.floats(0.05, 0.5), st.integers(0, 5))
def test_what_is_held_out_is_later_by_the_gap(moments: Floats, share: float, gap: int) -> None:
    train, holdout = split_latest(moments, share, gap)
    assert len(holdout)
    begin = moments[holdout].min()
    assert (moments[train] < begin).all()
    assert (begin - moments[train] >= gap).all()
    left = np.setdiff1d(np.arange(len(moments)), np.concatenate([train, holdout]))
    assert (begin - moments[left] < gap).all()
    assert (moments[left] < begin).all()


@given(times, st.integers(1, 8), st.integers(0, 5))
def test_folds_learn_from_the_past_and_validate_each_row_once(moments: Floats, count: int, gap: int) -> None:
    folds = expanding_folds(moments, count, gap)
    assert len(folds) <= count
    for train, valid in folds:
        assert len(train)
        assert len(valid)
        assert (moments[valid].min() - moments[train] >= max(gap, 1)).all()  # a moment is on one side only
    validated = np.concatenate([valid for _, valid in folds]) if folds else np.empty(0)
    assert len(set(validated)) == len(validated)
    if folds and gap == 0:
        assert set(validated) == set(np.flatnonzero(moments >= moments[folds[0][1]].min()))


def test_the_window_expands_over_the_later_half() -> None:
    shuffled = np.random.default_rng(0).permutation(100)
    folds = expanding_folds(shuffled.astype(np.float64), 5, 0)
    assert [(len(train), len(valid)) for train, valid in folds] == [(50 + 10 * i, 10) for i in range(5)]
    assert sorted(shuffled[folds[-1][1]]) == list(range(90, 100))


def test_one_fold_validates_the_last_fifth() -> None:
    ((train, valid),) = expanding_folds(np.arange(50.0), 1, 0)
    assert (len(train), len(valid)) == (40, 10)


def test_the_cut_is_where_the_share_is_nearest() -> None:
    years = np.repeat([2020.0, 2021, 2022, 2023], [10, 60, 20, 10])
    assert np.unique(years[split_latest(years, 0.2, 0)[1]]).tolist() == [2023]
    assert np.unique(years[split_latest(years, 0.28, 0)[1]]).tolist() == [2022, 2023]
    assert np.unique(years[split_latest(years, 0.2, 2)[0]]).tolist() == [2020, 2021]


def test_two_moments_are_left_to_learn_from() -> None:
    years = np.repeat([2021.0, 2022, 2023], [80, 10, 10])
    train, holdout = split_latest(years, 0.2, 0)
    assert np.unique(years[holdout]).tolist() == [2023]
    assert [np.unique(years[train][valid]).tolist() for _, valid in expanding_folds(years[train], 5, 0)] == [[2022]]


def test_one_moment_makes_no_fold() -> None:
    assert expanding_folds(np.ones(9), 5, 0) == []
    assert expanding_folds(np.empty(0), 5, 0) == []


def test_a_gap_that_is_too_long_leaves_no_fold() -> None:
    assert expanding_folds(np.arange(50.0), 5, 100) == []
