"""What is wrong in one tree is tested with `modelcheck`: here, that many trees at a time are kept apart."""

import re

import pytest

from automl.errors import InvalidBundle
from automl.learners.modelcheck import check_model
from automl.learners.treecheck import check_trees, read_tree

NUMERIC = """num_leaves=3
num_cat=0
split_feature=0 1
split_gain=2 inf
threshold=0.5 -inf
decision_type=2 2
left_child=1 -1
right_child=-2 -3
leaf_value=0.1 0.2 1e+30
leaf_weight=1 1 nan
leaf_count=5 5 5
internal_value=0 0
internal_weight=2 1
internal_count=15 10
is_linear=0
shrinkage=0.1


"""
CATEGORICAL = (
    NUMERIC.replace("num_cat=0", "num_cat=2")
    .replace("threshold=0.5 -inf", "threshold=1 0")
    .replace("decision_type=2 2", "decision_type=1 1")
    .replace("is_linear=0", "cat_boundaries=0 1 3\ncat_threshold=5 4294967295 0\nis_linear=0")
)
STUMP = re.sub(r"(?<==)(\S*) [^\n]*", "", NUMERIC.replace("num_leaves=3", "num_leaves=1")).replace(
    "leaf_value=", "leaf_value=0.1"
)


def _check(*trees: str) -> None:
    check_trees([read_tree(tree, 0, len(tree)) for tree in trees], 2)


def test_trees_of_all_kinds_pass_together() -> None:
    _check(STUMP, CATEGORICAL, STUMP, NUMERIC, CATEGORICAL, STUMP)
    _check(STUMP)


@pytest.mark.parametrize("line", re.findall(r"\n\w+=(?=\S+ )", CATEGORICAL))
def test_a_value_that_moves_to_the_tree_beside_is_refused(line: str) -> None:
    """The line of all trees together is as before, whichever tree has the value."""
    found = re.search(rf"{line}(.*) (\S+)\n", CATEGORICAL)
    assert found is not None
    fewer = CATEGORICAL.replace(found[0], f"{line}{found[1]}\n")
    more = CATEGORICAL.replace(line, f"{line}{found[2]} ")
    _check(CATEGORICAL, CATEGORICAL)
    with pytest.raises(ValueError, match=r"numbers as its|categories"):
        _check(fewer, more)


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("num_cat=2", "num_cat=1"),
        ("threshold=1 0", "threshold=1 1"),
        ("threshold=1 0", "threshold=1 2"),
        ("decision_type=1 1", "decision_type=1 0"),
        ("left_child=1 -1", "left_child=1 -2"),
        ("left_child=1 -1", "left_child=0 -1"),
        ("left_child=1 -1", "left_child=2 -1"),
        ("left_child=1 -1", "left_child=1 -4"),
        ("right_child=-2 -3", "right_child=-2 -2"),
        ("cat_boundaries=0 1 3", "cat_boundaries=0 2 2"),
        ("cat_boundaries=0 1 3", "cat_boundaries=1 2 3"),
        ("cat_boundaries=0 1 3", "cat_boundaries=0 1 4"),
    ],
)
def test_no_tree_makes_up_for_what_is_wrong_in_another(line: str, instead: str, place: int) -> None:
    assert f"\n{line}\n" in CATEGORICAL
    trees = [CATEGORICAL, CATEGORICAL, CATEGORICAL]
    trees[place] = CATEGORICAL.replace(f"\n{line}\n", f"\n{instead}\n")
    with pytest.raises(ValueError, match=r"has|decides|is not a tree"):
        _check(*trees)


@pytest.mark.parametrize("wrong", [0, 1, 4000, 7999])
def test_the_tree_that_is_wrong_is_named(wrong: int) -> None:
    """Of so many that they are not all checked at once."""
    bodies = [NUMERIC] * 8000
    bodies[wrong] = STUMP.replace("leaf_value=0.1", "leaf_value=1e+999")
    trees = [f"Tree={number}\n{body}" for number, body in enumerate(bodies)]
    text = (
        "tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx=1\n"
        "objective=binary sigmoid:1\nfeature_names=Column_0 Column_1\nfeature_infos=[0:1] [0:1]\n"
        f"tree_sizes={' '.join(str(len(tree)) for tree in trees)}\n\n{''.join(trees)}end of trees\n"
    )
    with pytest.raises(InvalidBundle, match=rf"tree {wrong} has a leaf_value that is not finite"):
        check_model(text, task="binary", n_classes=2, n_features=2)
    check_model(text.replace("1e+999", "1e+099"), task="binary", n_classes=2, n_features=2)
