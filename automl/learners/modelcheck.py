"""A check of LightGBM's text model before LightGBM parses it.

LightGBM trusts its own files: most truncated or changed ones kill the process, hang it, or predict something else. So
each line must be the one that LightGBM writes there, arrays must be as long as the header says, and every index must
stay inside what it points into. Only what predictions need is stored and let through: the header and the trees.
"""

import re
from collections.abc import Sequence
from itertools import accumulate, groupby

from automl.archive import invalid
from automl.learners.treecheck import Lines, check_trees, read_tree
from automl.types import Family, Task

_MOST_TREES = 100_000
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
_SIGNS = re.compile(r"(?:-?1|0)(?: (?:-?1|0))*")
_AT_ONCE = 500_000
"""Bytes of text whose trees are checked together: enough to be fast, and the memory stays small."""


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
        objective=_objective(task, family).format(outputs=outputs),
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


def _objective(task: Task, family: Family) -> str:
    """Under a log link there are boosted trees of values alone."""
    linked = task == "regression" and family == "boosted"
    return f"(?:{_OBJECTIVES[task]}|tweedie)" if linked else _OBJECTIVES[task]


def _check_trees(text: str, start: int, sizes: list[int], n_features: int) -> None:
    starts = list(accumulate(sizes, initial=start))
    for _, run in groupby(range(len(sizes)), lambda number: starts[number] // _AT_ONCE):
        numbers = list(run)
        trees = [_read_tree(text, number, starts[number], starts[number + 1]) for number in numbers]
        _check_together(trees, numbers[0], n_features)
    if text[starts[-1] :] != _END:
        raise invalid("a model does not end after its last tree")


def _read_tree(text: str, number: int, start: int, end: int) -> Lines:
    prefix = f"Tree={number}\n"
    if not text.startswith(prefix, start):
        raise invalid(f"tree {number} does not begin where the model's header says")
    try:
        return read_tree(text, start + len(prefix), end)
    except ValueError as error:
        raise invalid(f"tree {number} {error}") from None


def _check_together(trees: Sequence[Lines], first: int, n_features: int) -> None:
    """What is wrong with some of them is looked for in one after the other, to name the tree."""
    try:
        check_trees(trees, n_features)
    except ValueError as error:
        for number, tree in enumerate(trees if len(trees) > 1 else (), first):
            _check_together([tree], number, n_features)
        raise invalid(f"tree {first} {error}") from None
