import re
from collections.abc import Callable

import lightgbm as lgb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automl.errors import InvalidBundle
from automl.learners.booster import load_booster
from automl.learners.modelcheck import bare_model, check_model
from automl.predictor import Predictor
from automl.types import Family, Floats, Frame, Task

TREE = """num_leaves=3
num_cat=1
split_feature=0 1
split_gain=2 1
threshold=0 0.5
decision_type=1 2
left_child=1 -1
right_child=-2 -3
leaf_value=0.1 0.2 0.3
leaf_weight=1 1 1
leaf_count=5 5 5
internal_value=0 0
internal_weight=2 1
internal_count=15 10
cat_boundaries=0 1
cat_threshold=5
is_linear=0
shrinkage=0.1


"""


def _model(tree: str = TREE, head: str = "") -> str:
    text = f"Tree=0\n{tree}"
    return (
        "tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx=1\n"
        f"objective=binary sigmoid:1\n{head}feature_names=Column_0 Column_1\nfeature_infos=0:1:2 [0:1]\n"
        f"tree_sizes={len(text)}\n\n{text}end of trees\n"
    )


def _check(text: str, family: Family = "boosted") -> None:
    check_model(text, task="binary", n_classes=2, n_features=2, family=family)


def test_the_model_that_the_changes_below_start_from_is_good() -> None:
    _check(_model())
    load_booster(_model(), "binary", 2)


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("num_leaves=3", "num_leaves=4"),
        ("num_leaves=3", "num_leaves=0"),
        ("num_leaves=3", "num_leaves=-3"),
        ("num_leaves=3", "num_leaves=99999999999"),
        ("num_leaves=3", "num_leaves=3 3"),
        ("num_leaves=3", "num_leaves="),
        ("num_cat=1", "num_cat=0"),
        ("num_cat=1", "num_cat=2"),
        ("num_cat=1", "num_cat=3"),
        ("split_feature=0 1", "split_feature=0 2"),
        ("split_feature=0 1", "split_feature=-1 1"),
        ("split_feature=0 1", "split_feature=0 4294967297"),
        ("split_feature=0 1", "split_feature=0"),
        ("split_feature=0 1", "split_feature=0  1"),
        ("split_gain=2 1", "split_gain=2"),
        ("split_gain=2 1", "split_gain=2 x"),
        ("threshold=0 0.5", "threshold=0 nan"),
        ("threshold=0 0.5", "threshold=0 0x10"),
        ("threshold=0 0.5", "threshold=1 0.5"),
        ("threshold=0 0.5", "threshold=-1 0.5"),
        ("threshold=0 0.5", "threshold=0.5 0.5"),
        ("threshold=0 0.5", "threshold=inf 0.5"),
        ("decision_type=1 2", "decision_type=1 12"),
        ("decision_type=1 2", "decision_type=1 -1"),
        ("decision_type=1 2", "decision_type=0 2"),
        ("decision_type=1 2", "decision_type=1 3"),
        ("left_child=1 -1", "left_child=2 -1"),
        ("left_child=1 -1", "left_child=0 -1"),
        ("left_child=1 -1", "left_child=1 1"),
        ("left_child=1 -1", "left_child=1 -4"),
        ("left_child=1 -1", "left_child=1 -2"),
        ("right_child=-2 -3", "right_child=-2 0"),
        ("right_child=-2 -3", "right_child=-2 -2147483648"),
        ("leaf_value=0.1 0.2 0.3", "leaf_value=0.1 0.2"),
        ("leaf_value=0.1 0.2 0.3", "leaf_value=0.1 0.2 inf"),
        ("leaf_value=0.1 0.2 0.3", "leaf_value=0.1 0.2 nan"),
        ("leaf_value=0.1 0.2 0.3", "leaf_value=0.1 0.2 1e999"),
        ("leaf_weight=1 1 1", "leaf_weight="),
        ("leaf_count=5 5 5", "leaf_count=5 5 5.5"),
        ("internal_value=0 0", "internal_value=0"),
        ("internal_weight=2 1", "internal_weight=2 1 1"),
        ("internal_count=15 10", "internal_count=15"),
        ("cat_boundaries=0 1", "cat_boundaries=0 2"),
        ("cat_boundaries=0 1", "cat_boundaries=1 1"),
        ("cat_boundaries=0 1", "cat_boundaries=0 0"),
        ("cat_boundaries=0 1", "cat_boundaries=0 -1"),
        ("cat_boundaries=0 1", "cat_boundaries=0 2000000000"),
        ("cat_threshold=5", "cat_threshold=4294967296"),
        ("cat_threshold=5", "cat_threshold=-1"),
        ("cat_boundaries=0 1\ncat_threshold=5\n", ""),
        ("is_linear=0", "is_linear=1"),
        ("shrinkage=0.1", "shrinkage=inf"),
        ("shrinkage=0.1\n", ""),
        ("shrinkage=0.1\n", "shrinkage=0.1\nmore=1\n"),
        ("is_linear=0", "is_linear 0"),
        ("\n\n\n", "\n\n=\n"),
        ("\n\n\n", "\n\n"),
    ],
)
def test_a_tree_that_lightgbm_would_trust_is_refused(line: str, instead: str) -> None:
    assert line in TREE
    with pytest.raises(InvalidBundle, match="tree 0"):
        _check(_model(TREE.replace(line, instead, 1)))


@pytest.mark.parametrize(
    ("part", "instead"),
    [
        ("tree\n", ""),
        ("version=v4", "version=v3"),
        ("num_class=1", "num_class=1000000"),
        ("num_tree_per_iteration=1", "num_tree_per_iteration=0"),
        ("max_feature_idx=1", "max_feature_idx=2"),
        ("objective=binary sigmoid:1", "objective=regression"),
        ("objective=binary sigmoid:1", "objective=binary sigmoid:0"),
        ("Column_0 Column_1", "Column_0"),
        ("feature_infos=0:1:2 [0:1]", "feature_infos=0:1:2"),
        ("feature_infos=0:1:2 [0:1]", "feature_infos=0:1:2 (0:1)"),
        ("feature_names", "monotone_constraints=1 1\nfeature_names"),
        ("Tree=0", "Tree=1"),
        ("end of trees\n", ""),
        ("end of trees\n", "end of trees\nTree=1\n"),
        ("end of trees\n", "end of trees\n\nparameters:\n[machines: 10.0.0.1]\nend of parameters\n"),
        ("tree_sizes=", "tree_sizes=1 "),
        ("tree_sizes=", "tree_sizes=9"),
        ("tree_sizes=", "tree_sizes=-"),
        ("tree_sizes=", "forest_sizes="),
    ],
)
def test_a_header_or_an_end_that_lies_is_refused(part: str, instead: str) -> None:
    assert part in _model()
    with pytest.raises(InvalidBundle):
        _check(_model().replace(part, instead, 1))


def test_digits_beyond_ascii_are_refused() -> None:
    with pytest.raises(InvalidBundle):
        _check(_model().replace("leaf_count=5 5 5", "leaf_count=5 5 \N{ARABIC-INDIC DIGIT FIVE}"))


def test_random_forests_say_so_in_the_header() -> None:
    _check(_model(head="average_output\n"), "forest")
    with pytest.raises(InvalidBundle, match="header"):
        _check(_model(head="average_output\n"))
    with pytest.raises(InvalidBundle, match="header"):
        _check(_model(), "forest")


def test_constraints_on_features_pass_if_there_is_one_for_each() -> None:
    names = "feature_names=Column_0 Column_1\n"
    _check(_model().replace(names, f"{names}monotone_constraints=-1 0\n"))
    for wrong in ("", "1", "1 0 0", "1 2", "1  0", "1 -0", "1 x"):
        with pytest.raises(InvalidBundle, match="constraint"):
            _check(_model().replace(names, f"{names}monotone_constraints={wrong}\n"))


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_trained_models_pass_and_predict_without_what_was_cut_off(
    make_predictor: Callable[[Task], Predictor], frame: Frame, task: Task
) -> None:
    predictor = make_predictor(task)
    encoder, n_classes = predictor.spec.encoder, len(predictor.classes)
    matrix = encoder.transform(frame)
    for _, booster, _ in predictor.boosters():
        bare = bare_model(booster.to_text())
        assert "parameters" not in bare
        check_model(bare, task=task, n_classes=n_classes, n_features=len(encoder.names))
        np.testing.assert_array_equal(load_booster(bare, task, n_classes).predict(matrix), booster.predict(matrix))


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    boosting=st.sampled_from(["gbdt", "dart", "rf"]),
    leaves=st.integers(2, 40),
    scale=st.sampled_from([1e-30, 1.0, 1e30]),
    extra=st.booleans(),
    constrained=st.booleans(),
    hopeless=st.booleans(),
)
def test_whatever_lightgbm_trains_passes(  # noqa: PLR0917
    seed: int,
    boosting: str,
    leaves: int,
    scale: float,
    extra: bool,  # noqa: FBT001
    constrained: bool,  # noqa: FBT001
    hopeless: bool,  # noqa: FBT001
) -> None:
    matrix, target = _table(seed, scale)
    params = {
        "objective": "regression",
        "verbosity": -1,
        "boosting": boosting,
        "num_leaves": leaves,
        "min_data_in_leaf": 200 if hopeless else 2,
        "bagging_fraction": 0.7,
        "bagging_freq": 1,
        "extra_trees": extra,
        "monotone_constraints": [-1, 1, 0] if constrained else None,
        "min_data_per_group": 2,
        "num_threads": 1,
        "seed": seed % 1000,
    }
    booster = lgb.train(params, lgb.Dataset(matrix, target, categorical_feature=[2]), 5)
    family: Family = "forest" if boosting == "rf" else "boosted"
    check_model(bare_model(booster.model_to_string()), task="regression", n_classes=0, n_features=3, family=family)


def test_linear_trees_are_refused() -> None:
    matrix, target = _table(1, 1.0)
    params = {"objective": "regression", "linear_tree": True, "verbosity": -1}
    booster = lgb.train(params, lgb.Dataset(matrix, target), 2)
    with pytest.raises(InvalidBundle):
        check_model(bare_model(booster.model_to_string()), task="regression", n_classes=0, n_features=3)


def test_the_source_of_every_index_is_checked(make_predictor: Callable[[Task], Predictor]) -> None:
    """Each integer array that is an index somewhere: one step beyond either end is refused."""
    predictor = make_predictor("regression")
    text = bare_model(next(predictor.boosters())[1].to_text())
    n_features = len(predictor.spec.encoder.names)
    for key in ("split_feature", "left_child", "right_child"):
        for value in (-1000, 1000):
            changed = _same_length(text, key, value)
            with pytest.raises(InvalidBundle, match="tree 0"):
                check_model(changed, task="regression", n_classes=0, n_features=n_features)


def _same_length(text: str, key: str, value: int) -> str:
    """The model with the first number under `key` replaced, and the header's size of the first tree put right."""
    changed = re.sub(rf"(?<=\n{key}=)\S+", str(value), text, count=1)
    grown = len(changed) - len(text)
    return re.sub(r"(?<=tree_sizes=)\d+", lambda size: str(int(size[0]) + grown), changed, count=1)


def _table(seed: int, scale: float) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(150, 3)) * scale
    matrix[:, 2] = rng.integers(0, 30, 150)
    matrix[rng.random(150) < 0.2, 0] = np.nan
    return matrix, (np.nan_to_num(matrix[:, 0]) / scale + matrix[:, 2] % 4) * scale
