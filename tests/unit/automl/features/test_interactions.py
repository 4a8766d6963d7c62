import numpy as np
import pytest

from automl.features.interactions import Sample, calculate
from automl.features.levels import FOLDS, Lesson

_ROWS = 4000
_CHANCE = 0.005


def _sample(matrix: np.ndarray, outcome: np.ndarray, categorical: tuple[int, ...] = ()) -> Sample:
    rows = len(matrix)
    folds = np.random.default_rng(0).permutation(rows) % FOLDS
    return Sample.of(matrix, Lesson(outcome[:, np.newaxis].astype(float), np.ones(rows), folds), categorical)


def test_a_feature_scores_by_what_it_explains_and_chance_scores_nothing() -> None:
    rng = np.random.default_rng(0)
    matrix = np.column_stack([rng.normal(size=_ROWS), rng.integers(0, 5, _ROWS), rng.normal(size=_ROWS)])
    matrix[:100, 2] = np.nan
    outcome = matrix[:, 0] ** 2 + np.array([0, 3, -3, 3, 0])[matrix[:, 1].astype(int)]
    sample = _sample(matrix, outcome, (1,))
    scores = [sample.score(feature) for feature in range(3)]
    assert scores[1] > scores[0] > 0.1
    assert scores[2] < _CHANCE


def test_a_constant_outcome_is_explained_by_nothing() -> None:
    assert _sample(np.arange(50.0)[:, np.newaxis], np.ones(50)).score(0) == 0


@pytest.mark.parametrize("operation", ["difference", "product", "ratio"])
def test_the_operation_that_made_the_target_is_found(operation: str) -> None:
    rng = np.random.default_rng(1)
    matrix = rng.uniform(0.5, 10, (_ROWS, 4))
    result = calculate(operation, matrix, (1, 3))
    outcome = np.searchsorted(np.quantile(result, [0.25, 0.5, 0.75]), result) % 2
    best = _sample(matrix, outcome).pairs([0, 1, 2, 3])[0]
    assert (best.kind, best.features) == (operation, (1, 3))


def test_categories_that_tell_only_together_are_found() -> None:
    rng = np.random.default_rng(2)
    matrix = rng.integers(0, 4, (_ROWS, 3)).astype(float)
    outcome = (matrix[:, 0] + matrix[:, 2]) % 2 + rng.normal(size=_ROWS)
    pairs = _sample(matrix, outcome, (0, 1, 2)).pairs([0, 1, 2])
    assert [(pair.kind, pair.features) for pair in pairs] == [("target", (0, 2))]


def test_categories_are_not_paired_for_many_classes() -> None:
    rng = np.random.default_rng(2)
    matrix = rng.integers(0, 4, (_ROWS, 2)).astype(float)
    classes = (matrix.sum(axis=1) % 3)[:, np.newaxis] == np.arange(3)
    folds = np.arange(_ROWS) % FOLDS
    assert Sample.of(matrix, Lesson(classes.astype(float), np.ones(_ROWS), folds), (0, 1)).pairs([0, 1]) == []


def test_what_features_tell_one_by_one_makes_no_pair() -> None:
    rng = np.random.default_rng(3)
    matrix = rng.integers(0, 4, (_ROWS, 3)).astype(float)
    outcome = matrix[:, 0] + matrix[:, 2] + rng.normal(size=_ROWS)
    assert _sample(matrix, outcome, (0, 1, 2)).pairs([0, 1, 2]) == []


def test_a_ratio_divides_by_the_feature_that_is_seldom_zero() -> None:
    rng = np.random.default_rng(4)
    matrix = rng.uniform(1, 10, (_ROWS, 2))
    matrix[::3, 1] = 0
    outcome = matrix[:, 1] / matrix[:, 0] > 0.5
    ratios = [pair for pair in _sample(matrix, outcome).pairs([0, 1]) if pair.kind == "ratio"]
    assert [pair.features for pair in ratios] == [(1, 0)]


def test_what_is_not_finite_is_missing() -> None:
    matrix = np.array([[1, 0], [1e300, 1e-300], [np.nan, 1], [3, 2]])
    np.testing.assert_array_equal(calculate("ratio", matrix, (0, 1)), [np.nan, np.nan, np.nan, 1.5])


def test_only_a_few_pairs_are_taken() -> None:
    rng = np.random.default_rng(5)
    matrix = rng.uniform(1, 10, (_ROWS, 6))
    outcome = sum(matrix[:, i] > matrix[:, j] for i in range(6) for j in range(i))
    assert len(_sample(matrix, outcome).pairs(range(6))) == 3


def test_rows_without_weight_tell_nothing() -> None:
    matrix = np.arange(50.0)[:, np.newaxis]
    lesson = Lesson(matrix, np.zeros(50), np.arange(50) % FOLDS)
    assert Sample.of(matrix, lesson, ()).score(0) == 0


def test_a_large_table_is_ranked_on_a_sample() -> None:
    assert len(_sample(np.zeros((100_000, 3)), np.zeros(100_000)).matrix) <= 10_000
    assert len(_sample(np.zeros((2000, 5000)), np.zeros(2000)).matrix) <= 1000
    assert len(_sample(np.zeros((7, 3)), np.zeros(7)).matrix) == 7
