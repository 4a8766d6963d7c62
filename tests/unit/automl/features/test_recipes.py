import numpy as np

from automl.features.levels import FOLDS, Lesson
from automl.features.recipes import RECIPES, Wish, plan, recipes_for

_ROWS = 2000


def _plan(recipe: str, matrix: np.ndarray, outcomes: np.ndarray, categories: int = 0) -> list[Wish]:
    widths = {index: int(matrix[:, index].max()) + 1 for index in range(categories)}
    folds = np.random.default_rng(0).permutation(len(matrix)) % FOLDS
    lesson = Lesson(outcomes.reshape(len(matrix), -1).astype(float), np.ones(len(matrix)), folds)
    return plan(RECIPES[recipe], matrix, lesson, widths, None)


def test_a_table_gets_the_recipes_that_can_add_something() -> None:
    assert recipes_for([2, 40], 6) == tuple(RECIPES)
    assert recipes_for([2], 6) == ("plain", "rich")
    assert recipes_for([], 6) == ("plain", "rich")
    assert recipes_for([40], 1) == ("plain", "encodings")
    assert recipes_for([], 1) == ("plain",)
    assert recipes_for([40], 5000) == ("plain",)


def test_encodings_go_to_categories_of_some_levels_and_targets_to_those_that_tell() -> None:
    rng = np.random.default_rng(0)
    matrix = np.column_stack([rng.integers(0, width, _ROWS) for width in (2, 4, 9, 9, 9)]).astype(float)
    outcome = matrix[:, :2].sum(axis=1) + (matrix[:, 3] % 3 == 0)
    wishes = _plan("encodings", matrix, outcome, categories=4)
    assert wishes == [("frequency", (1,)), ("frequency", (3,)), ("frequency", (2,)), ("target", (3,))]


def test_many_outcomes_leave_room_for_few_categories() -> None:
    target = np.random.default_rng(1).integers(0, 10, _ROWS)
    matrix = np.repeat(target[:, np.newaxis].astype(float), 40, axis=1)
    kinds = [kind for kind, _ in _plan("encodings", matrix, target[:, np.newaxis] == np.arange(10), categories=40)]
    assert kinds == ["frequency"] * 30 + ["target"] * 10


def test_plain_wishes_nothing() -> None:
    assert _plan("plain", np.zeros((10, 2)), np.arange(10)) == []
