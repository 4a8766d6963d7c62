"""How large one model may grow."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.learners.booster import load_booster
from automl.search import Attempt, Brake, Ceiling, Evaluator, Proposal, Views, outputs_of
from automl.search.suggest import Suggester
from automl.spaces.space import Space, build_space

OPEN = Brake.after(3600)


def test_without_a_limit_nothing_is_held(space: Space) -> None:
    assert Ceiling().rounds({}, 1000, 1) == math.inf
    assert Ceiling().hold(space, 1) == space


def test_rounds_are_those_whose_leaves_and_trees_fit() -> None:
    assert Ceiling(leaves=310).rounds({}, 10**6, 1) == 10
    assert Ceiling(leaves=310).rounds({"num_leaves": 62}, 10**6, 1) == 5
    assert Ceiling(leaves=310).rounds({"min_data_in_leaf": 10}, 100, 1) == 31, "a tree of 100 rows has 10 leaves"
    assert Ceiling(trees=12).rounds({}, 10**6, 3) == 4
    assert Ceiling(leaves=1, trees=1).rounds({}, 10**6, 3) == 1
    assert [outputs_of(task, 2) for task in ("binary", "regression", "multiclass")] == [1, 1, 2]


@given(leaves=st.floats(1, 1e7), trees=st.floats(1, 1e6), outputs=st.integers(1, 30))
def test_a_held_space_is_one(leaves: float, trees: float, outputs: int) -> None:
    space = build_space(20_000, categories=True, recipes=("plain", "rich"))
    held = Ceiling(leaves, trees).hold(space, outputs)
    assert space.keys() - held.keys() <= {"recipe"}
    for name in ("num_leaves", "learning_rate"):
        assert space[name].low >= held[name].low
        assert held[name].low < held[name].high
    assert held["num_leaves"].high <= space["num_leaves"].high
    assert Suggester("tpe", held)([], 0, 0).params.keys() == held.keys()


def test_recipes_are_tried_only_where_they_can_be_afforded() -> None:
    space = build_space(20_000, categories=True, recipes=("plain", "rich"))
    assert "recipe" in Ceiling(leaves=1e4, trees=1e5).hold(space, 1)
    for tight in (Ceiling(leaves=1000), Ceiling(trees=5000)):
        assert "recipe" not in tight.hold(space, 1)


@pytest.mark.parametrize("params", [{"num_leaves": 7}, {"family": "forest", "num_leaves": 7}, {"extra_trees": True}])
def test_a_trial_keeps_to_it(evaluator: Evaluator, params: dict[str, object]) -> None:
    material = replace(evaluator._views.material, ceiling=Ceiling(leaves=70))
    outcome = Evaluator(Views(material), cores=1).attempt(Attempt(0, Proposal(params, "tpe")), OPEN)
    assert outcome.trial.state == "succeeded"
    for text in outcome.texts:
        assert sum(map(int, (line[11:] for line in text.split("\n") if line.startswith("num_leaves=")))) <= 70
        assert load_booster(text, "binary", 2).rounds <= 10
