"""Rows in their turn."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from automl.reporting.turns import MOST_LETTERS, affordable, in_turn

SIZES = st.lists(st.integers(1, 300), min_size=1, max_size=5)


@given(SIZES, st.integers(0, 9), st.data())
def test_each_beginning_has_each_stratum_in_its_share(sizes: list[int], seed: int, data: st.DataObject) -> None:
    spread = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(sizes)), sizes))
    turn = in_turn(spread, seed)
    assert sorted(turn.tolist()) == list(range(sum(sizes)))
    cut = data.draw(st.integers(1, len(turn)))
    found = np.bincount(spread[turn[:cut]], minlength=len(sizes))
    assert (found > 0).sum() == min(cut, len(sizes))
    wanted = cut * np.array(sizes) / sum(sizes)
    assert (np.abs(found - wanted) <= len(sizes)).all()


def test_of_many_rows_some_are_in_turn_and_those_of_a_rare_class_too() -> None:
    spread = np.zeros(100_000, dtype=np.int64)
    spread[:15] = 1
    turn = in_turn(spread, 0)
    assert 2000 <= len(turn) <= 2020
    assert (spread[turn] == 1).sum() == 15
    assert not np.array_equal(turn, in_turn(spread, 1))


@given(st.lists(st.integers(1, 2 * MOST_LETTERS), max_size=30))
def test_letters_are_never_more_than_allowed(letters: list[int]) -> None:
    turn = np.random.default_rng(0).permutation(len(letters))
    rows = affordable(turn, np.array(letters, dtype=np.int64)[turn])
    assert sum(letters[row] for row in rows) <= MOST_LETTERS
    assert rows.tolist() == sorted(set(rows.tolist()))
    assert len(rows) or all(each > MOST_LETTERS for each in letters)
