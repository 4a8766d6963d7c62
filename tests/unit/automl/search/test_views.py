"""Augmented folds: what judges stays as it was, and nothing that is learnt from comes of it."""

from dataclasses import replace

import numpy as np
import pytest

from automl.augment import KINDS, Mix
from automl.metrics import measure
from automl.search import Attempt, Brake, Evaluator, Material, Proposal, Views
from automl.splits.split import split_folds
from automl.types import Augmentation, Json, Metric

OPEN = Brake.after(3600)
CLASSES: list[Augmentation] = [name for name, kind in KINDS.items() if "binary" in kind.tasks and not kind.texts]


def material(rows: int = 300, *, metric: Metric = "roc_auc") -> Material:
    """A target by the toss of a coin, beside numbers and a wide category."""
    rng = np.random.default_rng(3)
    matrix = np.column_stack([rng.normal(size=(rows, 4)), rng.integers(0, 60, rows)])
    target = (rng.random(rows) < 0.2).astype(np.int64)
    folds = split_folds(target, np.arange(len(target)), 3, 0)
    return Material(
        matrix=matrix, target=target, folds=folds, task="binary", metric=metric, n_classes=2, categorical=(4,)
    )


def out_of_fold_auc(it: Material, **params: Json) -> float:
    evaluator = Evaluator(Views(it), cores=1)
    outcome = evaluator.attempt(
        Attempt(0, Proposal({"learning_rate": 0.2, "min_data_in_leaf": 2, **params}, "t")), OPEN
    )
    assert outcome.trial.state == "succeeded"
    return measure("roc_auc", it.target[outcome.rows], outcome.outputs)


@pytest.mark.parametrize("name", CLASSES)
def test_rows_that_validate_are_the_originals_and_no_other_row_is_made_of_them(name: Augmentation) -> None:
    it = replace(material(), weights=np.linspace(1, 2, 300))
    views = Views(it)
    for fold, (train, valid) in enumerate(it.folds):
        view = views.view(fold, mix=Mix((name,), 1.0))
        assert view.augmented is not None
        np.testing.assert_array_equal(view.valid.get_label(), it.target[valid])
        np.testing.assert_allclose(view.valid.get_weight(), it.weights[valid], rtol=1e-6)
        np.testing.assert_array_equal(view.train.get_label(), view.augmented.target)
        assert set(train[view.augmented.origin]) <= set(train) - set(valid)


def test_what_a_recipe_makes_of_a_column_is_swapped_with_it() -> None:
    it = replace(material(), sources=("a", "b", "c", "d", "city"))
    view = Views(it).view(0, "encodings", mix=Mix(("column_swap",), 1.0))
    assert view.augmented
    assert view.extension
    of_city = [place for place, features in enumerate(view.extension.sources) if set(features) == {4}]
    assert len(of_city) > 1
    own, new = np.split(view.augmented.matrix[:, of_city], [len(view.train_rows)])
    assert {*map(tuple, new)} <= {*map(tuple, own)}
    assert len(new) > len(own) / 2


@pytest.mark.parametrize("recipe", ["plain", "encodings"])
def test_wide_categories_are_ranks_to_trees_and_categories_to_augmentations(recipe: str) -> None:
    wide = material()
    wide.matrix[:, 4] = np.arange(300) % 100
    for it, sets in ((material(), {4}), (wide, set[int]())):
        view = Views(it).view(0, recipe, mix=Mix(("smote",)))
        assert view.augmented is not None
        assert view.augmented.categorical == (4,)
        assert set(view.augmented.matrix[:, 4]) <= set(it.matrix[:, 4])
        assert set(view.data.whole.categorical_feature) == sets
        assert set(Views(it).whole().whole.categorical_feature) == sets


@pytest.mark.parametrize("name", CLASSES)
def test_nothing_is_learnt_of_a_coin(name: Augmentation) -> None:
    assert 0.35 < out_of_fold_auc(material(), augmentation=name, augmentation_strength=1.0) < 0.65


@pytest.mark.parametrize("name", ["random_over", "column_swap"])
def test_a_recipe_does_not_tell_a_copy_its_own_target(name: str) -> None:
    assert 0.35 < out_of_fold_auc(material(), recipe="encodings", augmentation=name) < 0.65


def test_a_linear_model_learns_from_augmented_rows_too() -> None:
    it = material(metric="log_loss")
    evaluator = Evaluator(Views(it), cores=1)

    def shares(**params: Json) -> float:
        outcome = evaluator.attempt(Attempt(0, Proposal({"family": "linear", **params}, "t")), OPEN)
        return float(outcome.outputs[:, 1].mean())

    plain, balanced = shares(), shares(augmentation="class_weights", augmentation_strength=1.0)
    assert plain == pytest.approx(it.target.mean(), abs=0.03)
    assert balanced == pytest.approx(0.5, abs=0.08)


def test_an_augmented_trial_is_the_same_again_and_on_more_cores() -> None:
    it = material()
    params = Proposal(
        {"augmentation": "smote+noise", "recipe": "encodings", "bagging_fraction": 0.7, "bagging_freq": 1}, "t"
    )
    one, two = (Evaluator(Views(it), cores=cores).attempt(Attempt(0, params), OPEN) for cores in (1, 3))
    assert one.texts == two.texts
    assert Evaluator(Views(it), cores=2).refit(one.trial, OPEN).texts == one.texts
