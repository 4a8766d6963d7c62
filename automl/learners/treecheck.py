"""A check of the trees in LightGBM's text model, many at a time.

One pattern says which lines a tree has and how their numbers are spelt. Then the same line of all trees is one array,
of which each tree has a stretch: its length is checked against the tree's leaves before anything relies on it.
"""

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Lines = tuple[str, ...]
"""What stands in each line of a tree; or, in the same line of each tree."""
_Ints = NDArray[np.int64]

# Numbers end in one place only, so hardly anything is tried twice. Python before 3.11.5 gets possessive repeats wrong.
_INTEGER = r"-?[0-9]{1,10}"
_FINITE = r"-?[0-9]{1,17}(?:\.[0-9]{1,24})?(?:e[+-][0-9]{1,3})?"
_ORDERED = rf"(?:{_FINITE}|-?inf)"  # infinity is what parts any value from a missing one
_NUMBER = rf"(?:{_FINITE}|-?inf|-?nan)"
_PER_SPLIT = {
    "split_feature": _INTEGER,
    "split_gain": _NUMBER,
    "threshold": _ORDERED,
    "decision_type": _INTEGER,
    "left_child": _INTEGER,
    "right_child": _INTEGER,
}
_PER_LEAF = {"leaf_value": _FINITE, "leaf_weight": _NUMBER, "leaf_count": _INTEGER}
_PER_SPLIT_TOO = {"internal_value": _NUMBER, "internal_weight": _NUMBER, "internal_count": _INTEGER}
_MAY_BE_EMPTY = ("leaf_weight", "leaf_count")
"""In a tree of one leaf."""


def _line(key: str, values: str) -> str:
    return rf"{key}=(?P<{key}>{values})\n"


def _series(number: str) -> str:
    return rf"{number}(?: {number})*"


_TREE = re.compile(
    "".join(
        [
            _line("num_leaves", _INTEGER),
            _line("num_cat", _INTEGER),
            *(_line(key, f"(?:{_series(of)})?") for key, of in (_PER_SPLIT | _PER_LEAF | _PER_SPLIT_TOO).items()),
            f"(?:{_line('cat_boundaries', _series(_INTEGER))}{_line('cat_threshold', _series(_INTEGER))})?",
            r"is_linear=0\n",
            _line("shrinkage", _FINITE),
            r"\n\n",
        ]
    )
)
_MOST_LEAVES = 131_072
_LIMITS = np.iinfo(np.int32)
_LARGEST_DECISION = 0b1011
"""Bit 0: categorical, bit 1: missing goes left, bits 2 and 3: the kind of missing, of which there are 0, 1 and 2."""


def read_tree(text: str, start: int, end: int) -> Lines:
    """What stands in the lines of one tree, without that of its number.

    Raises:
        ValueError: with the rest of a sentence that begins with the tree.
    """
    found = _TREE.fullmatch(text, start, end)
    if found is None:
        raise ValueError("has other lines than bundles hold, or a line that is not of numbers")
    return found.groups("")


def check_trees(trees: Sequence[Lines], n_features: int) -> None:
    """Raises `ValueError` as `read_tree` does if any of the trees is wrong, without telling which.

    Args:
        trees: from `read_tree`, at least one.
        n_features: that the model takes.
    """
    lines = dict(zip(_TREE.groupindex, zip(*trees, strict=True), strict=True))
    splits = _integers(lines, "num_leaves", 1, _MOST_LEAVES) - 1
    categories = _integers(lines, "num_cat", 0)
    if np.any(categories > splits):
        raise ValueError("has more sets of categories than splits")
    _check_lengths(lines, splits)
    _check_finite(lines)
    _integers(lines, "split_feature", 0, n_features - 1)
    _check_shape(np.stack([_integers(lines, "left_child"), _integers(lines, "right_child")]), splits)
    _check_decisions(lines, splits, categories)
    _check_categories(lines, categories)


def _check_lengths(lines: Mapping[str, Lines], splits: _Ints) -> None:
    for key in _PER_SPLIT | _PER_LEAF | _PER_SPLIT_TOO:
        lengths = _lengths(lines[key])
        right = lengths == splits + (key in _PER_LEAF)
        if key in _MAY_BE_EMPTY:
            right |= (splits == 0) & (lengths == 0)
        if not np.all(right):
            raise ValueError(f"has more or fewer numbers as its {key} than its leaves ask for")


def _check_finite(lines: Mapping[str, Lines]) -> None:
    """Also counts, which are parsed, but not used to predict."""
    for key in ("leaf_count", "internal_count"):
        _integers(lines, key)
    for key in ("leaf_value", "shrinkage"):
        # Nothing else of this spelling reaches infinity, and to read all takes longer than the rest of the check.
        large = " ".join(values for values in lines[key] if "e+" in values)
        if not np.all(np.isfinite(np.fromstring(large, sep=" "))):
            raise ValueError(f"has a {key} that is not finite")


def _check_shape(children: _Ints, splits: _Ints) -> None:
    """Each split but the first, and each leaf, is the child of one split before it: so there are no cycles.

    Args:
        children: `(2, all splits)`, numbers of splits from 0, or of leaves from -1 downwards.
        splits: how many each tree has.
    """
    sizes, nodes = np.repeat(splits, splits), 2 * splits + 1
    inner = (children > _places(splits)) & (children < sizes)
    inside = np.where(children < 0, children >= -sizes - 1, inner)
    places = children + np.repeat(_starts(nodes) + splits + 1, splits)
    if not np.all(inside) or np.any(np.bincount(places.ravel()) > 1):
        raise ValueError("is not a tree")


def _check_decisions(lines: Mapping[str, Lines], splits: _Ints, categories: _Ints) -> None:
    """Of the splits by categories, each has a set of its own, whose number stands as its threshold."""
    by_sets = np.flatnonzero(_integers(lines, "decision_type", 0, _LARGEST_DECISION) % 2)
    thresholds = " ".join(lines["threshold"]).split()
    sets = np.array([float(thresholds[split]) for split in by_sets])
    owners = np.repeat(np.arange(len(splits)), splits)[by_sets]
    counts = np.bincount(owners, minlength=len(splits))
    ordered = sets[np.lexsort((sets, owners))]
    if not (np.array_equal(counts, categories) and np.array_equal(ordered, _places(categories))):
        raise ValueError("decides by sets of categories that it does not have")


def _check_categories(lines: Mapping[str, Lines], categories: _Ints) -> None:
    """Each set is a stretch of a tree's words of 32 bits, from one bound to the next."""
    some = categories > 0
    lengths = _lengths(lines["cat_boundaries"])
    if not np.array_equal(lengths, np.where(some, categories + 1, 0)):
        raise ValueError("has lines on categories that do not suit it")
    bounds = _integers(lines, "cat_boundaries")
    firsts = _places(lengths) == 0
    if np.any(bounds[firsts] != 0) or np.any((np.diff(bounds) <= 0) & ~firsts[1:]):
        raise ValueError("has sets of categories without order")
    ends = bounds[(_starts(lengths) + categories)[some]]
    if not np.array_equal(_lengths(lines["cat_threshold"])[some], ends):
        raise ValueError("has sets of categories of another size than it says")
    _integers(lines, "cat_threshold", 0, 2**32 - 1)


def _integers(lines: Mapping[str, Lines], key: str, least: int = _LIMITS.min, most: int = _LIMITS.max) -> _Ints:
    """Those of all trees in a row."""
    numbers = np.fromstring(" ".join(lines[key]), dtype=np.int64, sep=" ")
    if not np.all((numbers >= least) & (numbers <= most)):
        raise ValueError(f"has an impossible {key}")
    return numbers


def _lengths(values: Lines) -> _Ints:
    """How many numbers each tree has there."""
    return np.array([value.count(" ") + (value != "") for value in values])


def _starts(lengths: _Ints) -> _Ints:
    """Where each stretch begins."""
    return np.cumsum(lengths) - lengths


def _places(lengths: _Ints) -> _Ints:
    """0, 1, … along each stretch."""
    return np.arange(lengths.sum()) - np.repeat(_starts(lengths), lengths)
