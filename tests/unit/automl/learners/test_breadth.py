"""Tables of many features and classes."""

import numpy as np
import pytest

from automl.learners.boosting import TrainingData, fit
from automl.learners.breadth import most_bins, most_features
from automl.learners.params import check_params
from automl.spaces.companions import forest_space
from automl.spaces.space import build_space, defaults


@pytest.mark.parametrize(("features", "outputs"), [(73, 1), (64, 10), (35, 19), (1000, 1)])
def test_most_tables_are_seen_whole(features: int, outputs: int) -> None:
    assert (most_bins(features, outputs), most_features(features, outputs)) == (255, 1.0)


def test_of_broad_tables_a_tree_sees_as_much_as_of_others() -> None:
    assert most_bins(784, 10) == 63
    assert most_features(784, 10) * 784 * 10 == pytest.approx(1000)
    assert most_features(1001, 1) > 0.99, "and nothing changes at once"


def test_models_are_searched_among_those_that_see_so_much() -> None:
    space = build_space(5000, categories=False, most_features=0.125)
    assert (space["feature_fraction"].high, defaults(space)["feature_fraction"]) == (0.125, 0.125)
    assert 0 < space["feature_fraction"].low < 0.125
    assert defaults(forest_space(5000, categories=False, most_features=0.125))["feature_fraction"] == 0.125
    assert "feature_fraction" not in forest_space(5000, categories=False)


@pytest.mark.parametrize(("features", "outputs"), [(784, 100), (5000, 1000), (1_000_000, 2)])
def test_however_broad_a_table_is_its_space_holds_what_may_be(features: int, outputs: int) -> None:
    space = build_space(1000, categories=False, most_features=most_features(features, outputs))
    for end in (space["feature_fraction"].low, space["feature_fraction"].high):
        check_params({"feature_fraction": end})


def test_a_broad_table_is_learnt_from_its_few_bins() -> None:
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(200, 501))
    data = TrainingData(matrix, rng.integers(0, 2, 200), task="multiclass", n_classes=2)
    assert data.whole.get_params()["max_bin"] == 63
    fitted = fit(data, data.part(np.arange(150)), data.part(np.arange(150, 200)), {}, rounds=5, patience=5)
    assert fitted.outputs is not None
    assert fitted.outputs.shape == (50, 2)
