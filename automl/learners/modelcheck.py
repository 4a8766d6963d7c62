"""A check of LightGBM's text model before LightGBM parses it.

LightGBM trusts its own files: most truncated or changed ones kill the process, hang it, or predict something else. So
each line must be the one that LightGBM writes there, arrays must be as long as the header says, and every index must
stay inside what it points into. Only what predictions need is stored and let through: the header and the trees.
"""

import re
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from automl.archive import invalid
from automl.types import Family, Floats, Task

_MOST_TREES = 100_000
_MOST_LEAVES = 131_072
_END = "end of trees\n"
_OBJECTIVES: dict[Task, str] = {
    "binary": "binary sigmoid:1",
    "multiclass": "multiclass num_class:{outputs}",
    "regression": "regression(?:_l1)?",
}
_HEADER = (
    r"tree\nversion=v4\nnum_class={outputs}\nnum_tree_per_iteration={outputs}\nlabel_index=0\n"
    r"max_feature_idx={last}\nobjective={objective}\n{average}feature_names=(?P<names>[^\n]*)\n"
    r"(?:monotone_constraints=(?P<monotone>[^\n]*)\n)?feature_infos=(?P<infos>[^\n]*)\n"
    r"tree_sizes=(?P<sizes>[1-9][0-9]{{0,8}}(?: [1-9][0-9]{{0,8}})*)\n\n"
)
_INFO = re.compile(r"none|\[[-+.e0-9]+:[-+.e0-9]+\]|-?[0-9]+(?::-?[0-9]+)*")
_REAL = r"-?[0-9]{1,17}(?:\.[0-9]{1,24})?(?:e[+-][0-9]{1,3})?"
_SIGNS = re.compile(r"(?:-?1|0)(?: (?:-?1|0))*")
_INTEGERS, _FINITE, _NUMBERS = (
    re.compile(rf"(?:{number}(?: {number})*)?") for number in (r"-?[0-9]{1,10}", _REAL, rf"(?:{_REAL}|-?inf|-?nan)")
)
_LIMITS = np.iinfo(np.int32)

_PER_SPLIT = ("split_feature", "split_gain", "threshold", "decision_type", "left_child", "right_child")
_PER_LEAF = ("leaf_value", "leaf_weight", "leaf_count")
_PER_SPLIT_TOO = ("internal_value", "internal_weight", "internal_count")
_CATEGORICAL_LINES = ("cat_boundaries", "cat_threshold")
_LARGEST_DECISION = 0b1011
"""Bit 0: categorical, bit 1: missing goes left, bits 2 and 3: the kind of missing, of which there are 0, 1 and 2."""


def bare_model(text: str) -> str:
    """LightGBM's text without what follows the trees: its parameters and importances are of no use to a prediction."""
    return text[: text.index(_END) + len(_END)]


def check_model(text: str, *, task: Task, n_classes: int, n_features: int, family: Family = "boosted") -> None:
    """Raises `InvalidBundle` unless LightGBM can parse the text safely, and gets the trees that it seems to hold.

    Args:
        text: from `bare_model`, for features named `Column_0`, `Column_1`, … and without linear trees.
        task: what the model must predict.
        n_classes: of a multiclass task.
        n_features: that the model takes.
        family: a forest's header says that its answers are a mean, not a sum.
    """
    outputs = n_classes if task == "multiclass" else 1
    pattern = _HEADER.format(
        outputs=outputs,
        last=n_features - 1,
        objective=_OBJECTIVES[task].format(outputs=outputs),
        average="average_output\n" if family == "forest" else "",
    )
    header = re.match(pattern, text)
    if header is None or not text.isascii():
        raise invalid("a model's header is not what LightGBM writes for this task")
    infos = header["infos"].split(" ")
    names = [f"Column_{i}" for i in range(n_features)]
    if header["names"].split(" ") != names or len(infos) != n_features or not all(map(_INFO.fullmatch, infos)):
        raise invalid("a model's header does not describe the features that its encoders give")
    monotone = header["monotone"]
    if monotone is not None and (len(monotone.split(" ")) != n_features or not _SIGNS.fullmatch(monotone)):
        raise invalid("a model's header does not have one constraint a feature")
    sizes = [int(size) for size in header["sizes"].split(" ")]
    if len(sizes) > _MOST_TREES or len(sizes) % outputs:
        raise invalid("a model has an impossible number of trees")
    _check_trees(text, header.end(), sizes, n_features)


def _check_trees(text: str, start: int, sizes: list[int], n_features: int) -> None:
    for number, size in enumerate(sizes):
        prefix = f"Tree={number}\n"
        chunk = text[start : start + size]
        if not chunk.startswith(prefix) or len(chunk) != size:
            raise invalid(f"tree {number} does not begin where the model's header says")
        try:
            _check_tree(chunk[len(prefix) :], n_features)
        except ValueError as error:
            raise invalid(f"tree {number} {error}") from None
        start += size
    if text[start:] != _END:
        raise invalid("a model does not end after its last tree")


def _check_tree(body: str, n_features: int) -> None:
    """Raises `ValueError` with the rest of a sentence that begins with the tree."""
    lines = _lines(body)
    (leaves,), (categories,) = _integers(lines, "num_leaves", 1), _integers(lines, "num_cat", 1)
    if not (1 <= leaves <= _MOST_LEAVES and 0 <= categories < leaves):
        raise ValueError("has an impossible size")
    if lines["is_linear"] != "0":
        raise ValueError("is linear, which bundles do not hold")
    if (categories > 0) != (_CATEGORICAL_LINES[0] in lines):
        raise ValueError("has lines on categories that do not suit it")
    _finite(lines, "shrinkage", 1)
    _finite(lines, "leaf_value", leaves)
    _check_statistics(lines, int(leaves))
    features = _integers(lines, "split_feature", leaves - 1)
    if features.size and not 0 <= features.min() <= features.max() < n_features:
        raise ValueError("splits on a feature that there is not")
    _check_shape(_integers(lines, "left_child", leaves - 1), _integers(lines, "right_child", leaves - 1))
    _check_decisions(lines, int(leaves), int(categories))


def _lines(body: str) -> dict[str, str]:
    """The tree's lines by key, which must be all that LightGBM writes, in its order, then two blank ones."""
    pairs = [line.partition("=") for line in body.split("\n")]
    keys = tuple(key for key, _, _ in pairs)
    front = ("num_leaves", "num_cat", *_PER_SPLIT, *_PER_LEAF, *_PER_SPLIT_TOO)
    back = ("is_linear", "shrinkage", "", "", "")
    if keys not in ((*front, *back), (*front, *_CATEGORICAL_LINES, *back)):
        raise ValueError("has other lines than LightGBM writes")
    if any(bool(key) != bool(equals) or (value and not key) for key, equals, value in pairs):
        raise ValueError("has a line that is not a key and a value")
    return {key: value for key, _, value in pairs}


def _check_shape(left: NDArray[np.int64], right: NDArray[np.int64]) -> None:
    """Each split but the first, and each leaf, is the child of one split before it: so there are no cycles."""
    splits = len(left)
    children = np.concatenate([left, right])
    parents = np.tile(np.arange(splits), 2)
    inner = children >= 0
    expected = np.concatenate([np.arange(-splits - 1, 0), np.arange(1, splits)])
    if splits and not (np.array_equal(np.sort(children), expected) and np.all(children[inner] > parents[inner])):
        raise ValueError("is not a tree")


def _check_decisions(lines: Mapping[str, str], leaves: int, categories: int) -> None:
    decisions = _integers(lines, "decision_type", leaves - 1)
    thresholds = _numbers(lines, "threshold", (leaves - 1,), _NUMBERS)
    if np.isnan(thresholds).any():  # while infinity is what parts any value from a missing one
        raise ValueError("has a threshold that is not a number")
    if decisions.size and not 0 <= decisions.min() <= decisions.max() <= _LARGEST_DECISION:
        raise ValueError("decides in a way that there is not")
    sets = thresholds[decisions % 2 == 1]
    if not np.array_equal(np.sort(sets), np.arange(categories)):
        raise ValueError("decides by sets of categories that it does not have")
    if categories:
        bounds = _integers(lines, "cat_boundaries", categories + 1)
        if bounds[0] != 0 or np.any(np.diff(bounds) <= 0):
            raise ValueError("has sets of categories without order")
        words = _integers(lines, "cat_threshold", bounds[-1], most=2**32 - 1)
        if words.min() < 0:
            raise ValueError("has a negative set of categories")


def _check_statistics(lines: Mapping[str, str], leaves: int) -> None:
    """What trees remember of their training: not used to predict, but parsed. A tree of one leaf has only some."""
    stump = (0, 1) if leaves == 1 else ()
    _integers(lines, "leaf_count", leaves, *stump)
    _integers(lines, "internal_count", leaves - 1)
    _numbers(lines, "leaf_weight", (leaves, *stump), _NUMBERS)
    for key in ("split_gain", "internal_value", "internal_weight"):
        _numbers(lines, key, (leaves - 1,), _NUMBERS)


def _integers(lines: Mapping[str, str], key: str, *lengths: int, most: int = _LIMITS.max) -> NDArray[np.int64]:
    numbers = _numbers(lines, key, lengths, _INTEGERS).astype(np.int64)
    if numbers.size and not _LIMITS.min <= numbers.min() <= numbers.max() <= most:
        raise ValueError(f"has a {key} that is too large")
    return numbers


def _finite(lines: Mapping[str, str], key: str, length: int) -> Floats:
    numbers = _numbers(lines, key, (length,), _FINITE)
    if not np.all(np.isfinite(numbers)):
        raise ValueError(f"has a {key} that is not finite")
    return numbers


def _numbers(lines: Mapping[str, str], key: str, lengths: tuple[int, ...], pattern: re.Pattern[str]) -> Floats:
    """Integers of up to 10 digits stay exact as floats."""
    if pattern.fullmatch(lines[key]) is None:
        raise ValueError(f"has a {key} that is not of numbers")
    numbers = np.array([float(number) for number in lines[key].split()])
    if len(numbers) not in lengths:
        raise ValueError(f"has {len(numbers)} numbers as its {key}")
    return numbers
