import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automl.features.extension import Extension
from automl.features.recipes import RECIPES
from automl.types import Floats, Json, Task

_ROWS = 600
_CATEGORICAL = (0, 1)
_WIDE = (1,)


def _table(task: Task, rows: int = _ROWS, classes: int = 3) -> tuple[Floats, np.ndarray]:
    """A category of few levels, a wide one that matters, and two numbers of which the greater matters."""
    rng = np.random.default_rng(5)
    numbers = rng.uniform(1, 10, (rows, 2))
    matrix = np.column_stack([rng.integers(0, 4, rows), rng.integers(0, 90, rows), numbers]).astype(float)
    value = 2 * rng.normal(size=90)[matrix[:, 1].astype(int)] + 3 * (numbers[:, 0] > numbers[:, 1])
    matrix[rng.random(rows) < 0.05, 1] = np.nan
    if task == "regression":
        return matrix, value
    bounds = np.quantile(value, np.linspace(0, 1, (2 if task == "binary" else classes) + 1)[1:-1])
    return matrix, np.searchsorted(bounds, value)


def _fit(
    task: Task, recipe: str, matrix: Floats, target: np.ndarray, *, classes: int = 3, **options: Any
) -> tuple[Extension, Floats]:
    options = {"categorical": _CATEGORICAL, "seed": 1} | options
    return Extension.fit(matrix, target, recipe, task=task, n_classes=classes, **options)


def _fitted(task: Task, recipe: str) -> tuple[Extension, Floats, Floats]:
    matrix, target = _table(task)
    return (*_fit(task, recipe, matrix, target), matrix)


def _reread(extension: Extension, n_features: int = 4) -> Extension:
    return Extension.from_json(json.loads(json.dumps(extension.to_json(), allow_nan=False)), n_features)


TASKS = pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])


@TASKS
@pytest.mark.parametrize("recipe", RECIPES)
def test_what_is_stored_applies_alike(task: Task, recipe: str) -> None:
    extension, training, matrix = _fitted(task, recipe)
    again = _reread(extension)
    applied = extension.apply(matrix)
    assert applied.shape == training.shape == (_ROWS, len(extension.sources))
    np.testing.assert_array_equal(again.apply(matrix), applied)
    assert (again.sources, again.categorical) == (extension.sources, extension.categorical)
    np.testing.assert_array_equal(applied[:, :4], matrix)
    np.testing.assert_array_equal(training[:, :4], matrix)
    np.testing.assert_array_equal(extension.apply(matrix[:1]), applied[:1])
    assert len(extension.apply(matrix[:0])) == 0


def test_plain_adds_nothing() -> None:
    extension, training, matrix = _fitted("binary", "plain")
    np.testing.assert_array_equal(training, matrix)
    assert extension.categorical == (0,), "the other one is wide"
    assert extension.to_json() == {"categorical": [0], "steps": []}


@TASKS
def test_a_telling_category_is_encoded_and_a_wide_one_is_no_category_any_more(task: Task) -> None:
    extension, training, matrix = _fitted(task, "encodings")
    frequencies, targets = extension.sources[4:6], extension.sources[6:]
    assert set(frequencies) == {(0,), _WIDE}
    assert targets == (_WIDE,) * (3 if task == "multiclass" else 1)
    assert extension.categorical == (0,)
    _, target = _table(task)
    # Out of fold, an encoding knows less of the training rows than the one that has seen them all.
    last = target if task == "regression" else target == target.max()
    assert np.corrcoef(training[:, -1], last)[0, 1] < np.corrcoef(extension.apply(matrix)[:, -1], last)[0, 1]


@TASKS
def test_unknown_and_missing_categories_get_the_prior_and_no_frequency(task: Task) -> None:
    extension, _, _ = _fitted(task, "encodings")
    wide = 4 + extension.sources[4:6].index(_WIDE)
    _, target = _table(task)
    unknown, missing = extension.apply(np.array([[0, 555, 1, 1], [0, np.nan, 1, 1]], dtype=float))
    np.testing.assert_array_equal(unknown[4:], missing[4:])
    assert unknown[wide] == 0
    expected = [np.mean(target)] if task == "regression" else [0.5] if task == "binary" else [1 / 3] * 3
    np.testing.assert_allclose(unknown[6:], expected, atol=0.01)


def test_a_frequency_is_the_share_of_the_weight() -> None:
    matrix, target = _table("binary")
    weights = np.where(matrix[:, 0] == 2, 3.0, 1.0)
    extension, training = _fit("binary", "encodings", matrix, target, weights=weights)
    narrow = 4 + extension.sources[4:6].index((0,))
    expected = weights[matrix[:, 0] == 2].sum() / weights.sum()
    np.testing.assert_allclose(training[matrix[:, 0] == 2, narrow], expected)
    np.testing.assert_array_equal(training[:, narrow], extension.apply(matrix)[:, narrow])


def test_rich_finds_what_tells_together_too() -> None:
    encodings, _, _ = _fitted("regression", "encodings")
    extension, training, matrix = _fitted("regression", "rich")
    assert extension.sources[: len(encodings.sources)] == encodings.sources
    crosses = slice(len(encodings.sources), None)
    assert {tuple(sorted(source)) for source in extension.sources[crosses]} == {(2, 3)}
    np.testing.assert_array_equal(training[:, crosses], extension.apply(matrix)[:, crosses])


def test_rich_pairs_what_an_earlier_trial_gained_from() -> None:
    matrix, target = _table("regression")
    extension, _ = _fit("regression", "rich", matrix, target, gains=np.array([1.0, 1, 0, 5]))
    assert not any(2 in source for source in extension.sources[4:])


def test_a_category_that_tells_nothing_gets_a_frequency_only() -> None:
    rng = np.random.default_rng(0)
    matrix, target = rng.integers(0, 30, (_ROWS, 2)).astype(float), rng.integers(0, 2, _ROWS)
    extension, _ = _fit("binary", "encodings", matrix, target)
    assert extension.to_json()["steps"][0]["kind"] == "frequency"
    assert sorted(extension.sources) == [(0,), (0,), (1,), (1,)]


def test_many_classes_make_few_columns() -> None:
    matrix, target = _table("multiclass", classes=26)
    extension, _ = _fit("multiclass", "encodings", matrix, target, classes=26)
    assert len(extension.sources) == 4 + 2 + 10


@settings(deadline=None, max_examples=30)
@given(row=st.integers(0, _ROWS - 1), seed=st.integers(0, 50), task=st.sampled_from(["binary", "regression"]))
def test_a_row_never_sees_its_own_target(row: int, seed: int, task: Task) -> None:
    matrix, target = _table(task)
    _, before = _fit(task, "encodings", matrix, target, seed=seed)
    flipped = target.copy()
    flipped[row] = 1 - target[row]
    _, after = _fit(task, "encodings", matrix, flipped, seed=seed)
    np.testing.assert_array_equal(before[row], after[row])
    assert not np.array_equal(before, after)


def test_only_the_rows_given_matter() -> None:
    matrix, target = _table("binary")
    inside = np.arange(_ROWS) % 3 > 0
    _, one = _fit("binary", "rich", matrix[inside], target[inside])
    target[~inside] = 1 - target[~inside]
    matrix[~inside] = 0
    _, other = _fit("binary", "rich", matrix[inside], target[inside])
    np.testing.assert_array_equal(one, other)


def test_the_seed_alone_decides() -> None:
    matrix, target = _table("multiclass")
    (one, first), (two, again) = (_fit("multiclass", "rich", matrix, target, seed=3) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert one.to_json() == two.to_json()
    _, other = _fit("multiclass", "rich", matrix, target, seed=4)
    assert not np.array_equal(first, other)


def test_weights_count_by_their_proportions_and_rows_without_any_not_at_all() -> None:
    matrix, target = _table("binary")
    weights = np.where(np.arange(_ROWS) % 4 == 0, 0.0, 2.0)
    one, _ = _fit("binary", "encodings", matrix, target, weights=weights)
    thrice, _ = _fit("binary", "encodings", matrix, target, weights=3 * weights)
    np.testing.assert_allclose(one.apply(matrix), thrice.apply(matrix))
    target[weights == 0] = 1 - target[weights == 0]
    two, _ = _fit("binary", "encodings", matrix, target, weights=weights)
    np.testing.assert_array_equal(one.apply(matrix), two.apply(matrix))


def test_few_rows_of_one_class_and_empty_columns_end_well() -> None:
    for rows in (1, 2, 7):
        matrix = np.full((rows, 3), np.nan)
        _, extended = _fit("binary", "rich", matrix, np.zeros(rows, dtype=np.int64))
        np.testing.assert_array_equal(extended, matrix)
        matrix[:, 0] = 5
        _, extended = _fit("binary", "rich", matrix, np.zeros(rows, dtype=np.int64))
        assert extended.shape == (rows, 4)


def test_an_unknown_recipe_is_an_error() -> None:
    with pytest.raises(KeyError):
        _fit("binary", "soup", *_table("binary"))


_LOOKUP = {"kind": "target", "features": [0], "keys": [2, 5], "values": [[0.5], [0.25], [0.75]]}
_RATIO = {"kind": "ratio", "features": [2, 3]}


def _document(**changes: Json) -> Json:
    return {"categorical": [0], "steps": [_LOOKUP | changes, _RATIO]}


def test_a_lookup_finds_its_levels() -> None:
    extension = Extension.from_json(_document(), 4)
    matrix = np.zeros((5, 4))
    matrix[:, 0] = [2, 5, 3, 99, np.nan]
    assert extension.apply(matrix)[:, 4].tolist() == [0.5, 0.25, 0.75, 0.75, 0.75]


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        {"categorical": [0], "steps": [], "more": 1},
        {"categorical": [0], "steps": {}},
        {"categorical": [0], "steps": [_RATIO] * 201},
        {"categorical": [4], "steps": []},
        {"categorical": [-1], "steps": []},
        {"categorical": [True], "steps": []},
        {"categorical": [0, 0], "steps": []},
        {"categorical": "0", "steps": []},
        {"categorical": [0], "steps": [None]},
        {"categorical": [0], "steps": [{}]},
        {"categorical": [0], "steps": [_RATIO | {"kind": "power"}]},
        {"categorical": [0], "steps": [_RATIO | {"kind": []}]},
        {"categorical": [0], "steps": [_RATIO | {"features": [2]}]},
        {"categorical": [0], "steps": [_RATIO | {"features": [2, 2]}]},
        {"categorical": [0], "steps": [_RATIO | {"keys": []}]},
        _document(features=[]),
        _document(features=[0, 1, 2]),
        _document(features=[4]),
        _document(more=1),
        _document(keys=[5, 2]),
        _document(keys=[2, 2]),
        _document(keys=[-1, 2]),
        _document(keys=[2, 2**63]),
        _document(keys=[2.0, 5]),
        _document(keys=[True, 5]),
        _document(keys=None),
        _document(keys=list(range(6000)), values=[[0.5]] * 6001),
        _document(values=[[0.5], [0.25]]),
        _document(values=[[0.5], [0.25], []]),
        _document(values=[[], [], []]),
        _document(values=[[0.5] * 11] * 3),
        _document(values=[[0.5], [0.25], ["0"]]),
        _document(values=[[0.5], [0.25], [1]]),
        _document(values=[[0.5], [0.25], [float("nan")]]),
        _document(values=[[0.5], [0.25], [float("inf")]]),
        _document(values=[0.5, 0.25, 0.75]),
        _document(values={}),
    ],
)
def test_anything_else_is_refused(document: Json) -> None:
    with pytest.raises(ValueError, match=r"."):
        Extension.from_json(document, 4)


@pytest.mark.slow
def test_wide_and_long_tables_stay_payable() -> None:
    rng = np.random.default_rng(0)
    wide = rng.integers(0, 9, (1500, 5000)).astype(float)
    extension, _ = _fit("regression", "rich", wide, wide[:, 3] * wide[:, 7] + wide[:, 8], categorical=range(2500))
    assert len(extension.sources) <= 5000 + 140
    long = np.column_stack([rng.integers(0, 500, 300_000) for _ in range(6)]).astype(float)
    extension, extended = _fit("binary", "rich", long, (long[:, 0] % 2).astype(np.int64), categorical=range(6))
    assert (0,) in extension.sources[6:]
    assert len(extended) == 300_000
