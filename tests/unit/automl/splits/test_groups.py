"""Groups dealt out to parts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.splits.groups import deal
from automl.splits.split import Rows

tables = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 3)), min_size=1, max_size=150).map(
    lambda rows: tuple(np.array(rows).T)
)
"""Group and stratum of each row."""


@given(tables, st.integers(2, 6), st.integers(0, 9))
def test_no_group_is_in_two_parts_and_no_part_is_empty_without_need(
    table: tuple[Rows, Rows], parts: int, seed: int
) -> None:
    groups, strata = table
    part = deal(groups, strata, (1 / parts,) * parts, seed)
    assert all(len(set(part[groups == group])) == 1 for group in set(groups.tolist()))
    assert len(set(part)) == min(parts, len(set(groups)))


@given(tables, st.floats(0.05, 0.5), st.integers(0, 9))
def test_the_rarest_stratum_is_on_both_sides_if_two_groups_have_it(
    table: tuple[Rows, Rows], share: float, seed: int
) -> None:
    groups, strata = table
    part = deal(groups, strata, (1 - share, share), seed)
    rarest = np.argmin(np.where(np.bincount(strata), np.bincount(strata), len(strata) + 1))
    if len(set(groups[strata == rarest])) > 1:
        assert set(part[strata == rarest]) == {0, 1}


def test_many_small_groups_come_near_to_their_shares() -> None:
    rng = np.random.default_rng(0)
    groups, strata = rng.integers(0, 2000, 6000), (rng.random(6000) < 0.05).astype(np.int64)
    for shares in ((0.8, 0.2), (0.2,) * 5):
        part = deal(groups, strata, shares, 0)
        np.testing.assert_allclose(np.bincount(part) / 6000, shares, atol=0.002)
        np.testing.assert_allclose(np.bincount(part, weights=strata) / strata.sum(), shares, atol=0.01)


def test_large_groups_are_dealt_first() -> None:
    groups = np.repeat([0, 1, 2, 3], [50, 30, 10, 10])
    part = deal(groups, np.zeros(100, dtype=np.int64), (0.8, 0.2), 0)
    assert np.bincount(part).tolist() == [80, 20]


@pytest.mark.parametrize(("one", "other", "same"), [(1, 1, True), (1, 2, False)])
def test_the_seed_decides_among_equals(one: int, other: int, *, same: bool) -> None:
    groups, strata = np.arange(200) // 2, np.zeros(200, dtype=np.int64)
    first, second = (deal(groups, strata, (0.5, 0.5), seed) for seed in (one, other))
    assert (first == second).all() == same
