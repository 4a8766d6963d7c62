import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.features.levels import FOLDS, MOST_LEVELS, Keys, Lesson, encode, find_levels, keys_of

_ROWS = 60


def _lesson(outcome: np.ndarray, weights: np.ndarray | None = None, seed: int = 0) -> Lesson:
    rows = len(outcome)
    folds = np.random.default_rng(seed).permutation(rows) % FOLDS
    return Lesson(outcome.reshape(rows, -1).astype(float), np.ones(rows) if weights is None else weights, folds)


def _keys(codes: np.ndarray) -> Keys:
    return keys_of(codes[:, np.newaxis].astype(float), (0,))


def test_keys_tell_levels_and_pairs_apart() -> None:
    matrix = np.array([[0, 1], [1, 0], [1, 1], [0, 1], [np.nan, 1], [1, np.nan], [2.0**40, 1]])
    keys = keys_of(matrix, (0, 1))
    assert len(set(keys[:3].tolist())) == 3
    assert keys[3] == keys[0]
    assert keys[4:].tolist() == [-1, -1, -1]
    assert keys_of(matrix, (1,)).tolist() == [1, 0, 1, 1, 1, -1, 1]


def test_levels_are_those_of_two_rows_and_more() -> None:
    levels = find_levels(np.array([7, -1, 3, 7, 9, 3, -1]))
    assert levels.keys.tolist() == [3, 7]
    assert levels.slots.tolist() == [1, 2, 0, 1, 2, 0, 2]


def test_too_many_levels_leave_the_most_frequent() -> None:
    keys = np.concatenate([np.repeat(np.arange(MOST_LEVELS + 5), 2), [MOST_LEVELS + 4, 2]])
    levels = find_levels(keys)
    assert len(levels.keys) == MOST_LEVELS
    assert {2, MOST_LEVELS + 4} < set(levels.keys.tolist())
    assert levels.slots[keys == MOST_LEVELS + 3].tolist() == [MOST_LEVELS] * 2


def test_a_level_that_matters_gets_its_mean_and_a_rare_one_less_of_it() -> None:
    codes = np.array([0] * 500 + [1] * 500 + [2] * 4)
    rng = np.random.default_rng(0)
    outcome = np.where(codes == 0, 0.0, 10.0) + rng.normal(size=len(codes))
    _, means = encode(find_levels(_keys(codes)), _lesson(outcome))
    assert means[:2, 0] == pytest.approx([0, 10], abs=0.2)
    prior = outcome.mean()
    assert means[3, 0] == pytest.approx(prior)
    assert prior < means[2, 0] < outcome[codes == 2].mean()


def test_levels_of_pure_chance_shrink_to_nearly_nothing() -> None:
    rng = np.random.default_rng(2)
    codes, outcome = rng.integers(0, 200, 2000), rng.normal(size=2000)
    _, means = encode(find_levels(_keys(codes)), _lesson(outcome))
    raw = np.array([outcome[codes == code].mean() for code in range(200)])
    assert means[:-1, 0].std() < 0.3 * raw.std()


def test_encoded_rows_are_the_means_of_the_other_folds() -> None:
    rng = np.random.default_rng(3)
    codes, outcome = rng.integers(0, 3, _ROWS), rng.normal(size=_ROWS)
    lesson, levels = _lesson(outcome), find_levels(_keys(codes))
    encoded, _ = encode(levels, lesson)
    for fold in range(FOLDS):
        # The rows of a fold without weight tell nothing; all others then make the means by which it is encoded.
        weights = np.where(lesson.folds == fold, 0.0, 1.0)
        _, means = encode(levels, Lesson(lesson.outcomes, weights, lesson.folds))
        inside = lesson.folds == fold
        np.testing.assert_array_equal(encoded[inside], means[levels.slots[inside]])


@given(
    codes=st.lists(st.integers(-1, 6), min_size=_ROWS, max_size=_ROWS),
    row=st.integers(0, _ROWS - 1),
    other=st.floats(-1e6, 1e6),
    seed=st.integers(0, 100),
)
def test_a_row_is_never_encoded_by_its_own_outcome(codes: list[int], row: int, other: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    outcome, weights = rng.normal(size=_ROWS), rng.random(_ROWS)
    levels = find_levels(np.array(codes))
    before, _ = encode(levels, _lesson(outcome, weights, seed))
    outcome[row] = other
    after, _ = encode(levels, _lesson(outcome, weights, seed))
    assert before[row, 0] == after[row, 0]


@given(seed=st.integers(0, 100), width=st.integers(1, 20))
def test_means_lie_within_the_outcomes(seed: int, width: int) -> None:
    rng = np.random.default_rng(seed)
    codes, outcome = rng.integers(0, width, _ROWS), rng.integers(0, 2, _ROWS)
    encoded, means = encode(find_levels(_keys(codes)), _lesson(outcome, rng.random(_ROWS) + 0.1))
    assert np.all((encoded >= 0) & (encoded <= 1))
    assert np.all((means >= 0) & (means <= 1))


def test_a_weight_counts_as_so_many_rows() -> None:
    rng = np.random.default_rng(4)
    codes, outcome, times = rng.integers(0, 4, _ROWS), rng.normal(size=_ROWS), rng.integers(1, 4, _ROWS)
    _, weighted = encode(find_levels(_keys(codes)), _lesson(outcome, times.astype(float)))
    _, repeated = encode(find_levels(_keys(np.repeat(codes, times))), _lesson(np.repeat(outcome, times)))
    np.testing.assert_allclose(weighted, repeated)


def test_no_levels_and_one_row() -> None:
    encoded, means = encode(find_levels(np.array([-1])), _lesson(np.array([3.0])))
    assert np.isnan(encoded).all()
    assert means.tolist() == [[3.0]]
