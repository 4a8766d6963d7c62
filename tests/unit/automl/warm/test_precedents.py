"""What a run leaves to later ones, and what these make of it."""

from types import SimpleNamespace
from typing import Any

import pytest

from automl.learners.params import check_params
from automl.likeness import MetaFeatures
from automl.spaces.space import build_space, within
from automl.types import Json, Trial
from automl.warm.precedents import MOST, Precedent, as_proposals, left_behind
from tests.unit.automl.search.trials import make_trial

META = MetaFeatures(rows=100, features=3, categorical=0.0, text=0.0, missing=0.0, classes=1, balance=1.0)


def left(*trials: Trial, spread: float = 1.0) -> list[dict[str, Json]]:
    problem: Any = SimpleNamespace(meta=META)
    found: Any = SimpleNamespace(trials=trials)
    kept = left_behind(problem, found, spread)
    assert kept["meta_features"] == META.model_dump()
    precedents: list[dict[str, Json]] = kept["precedents"]
    return precedents


def test_the_best_are_left_best_first_and_each_once() -> None:
    trials = [make_trial(n, n / 10, params={"num_leaves": 5 + n}) for n in range(5)]
    same = make_trial(5, 0.9, params={"num_leaves": 9})
    assert left(*trials, same) == [{"num_leaves": leaves} for leaves in (9, 8, 7)]
    assert MOST == 3


def test_what_is_a_trial_s_own_is_not_left() -> None:
    trials = [
        make_trial(0, 0.5, params={"num_leaves": 5}),
        make_trial(1, 0.9, params={"num_leaves": 6}, proposer="polish"),
        make_trial(2, 0.9, params={"num_leaves": 7, "seed": 1}, proposer="seeds"),
        make_trial(3, 0.9, params={"family": "linear"}),
        make_trial(4, 0.8, params={"num_leaves": 5, "augmentation": "smote", "augmentation_strength": 0.3}),
        make_trial(5, 0.9, 0.9, params={"num_leaves": 8}, state="stopped"),
        make_trial(6, 0.9, params={"num_leaves": 9}, share=0.5),
        make_trial(7, params={"num_leaves": 10}),
    ]
    assert left(*trials) == [{"num_leaves": 5}]
    assert left(trials[3]) == []


@pytest.mark.parametrize("spread", [1e-3, 1.0, 5e4])
def test_penalties_go_with_the_target_s_units(spread: float) -> None:
    params = {"lambda_l1": 0.5 * spread, "lambda_l2": 3.0, "min_gain_to_split": 0.1 * spread**2}
    (free,) = left(make_trial(0, 0.5, params=params), spread=spread)
    assert free == pytest.approx({"lambda_l1": 0.5, "lambda_l2": 3.0, "min_gain_to_split": 0.1})
    space = build_space(1000, categories=False, spread=7.0)
    (proposal,) = as_proposals([Precedent("m:1", free)], space, 7.0)
    assert proposal.params["lambda_l1"] == pytest.approx(3.5)
    assert proposal.params["min_gain_to_split"] == pytest.approx(4.9)


def test_they_are_brought_inside_the_space_and_its_constraints() -> None:
    space = build_space(300, categories=False, recipes=("plain", "rich"))
    params = {"num_leaves": 250, "recipe": "crosses", "schedule": "cosine", "cat_smooth": 5.0, "max_depth": 3}
    (proposal,) = as_proposals([Precedent("m:1", params)], space, 1.0)
    assert proposal.params == within(space, {"num_leaves": 37})
    assert (proposal.proposer, proposal.origin) == ("warm_start", "m:1")
    check_params(proposal.params)


def test_what_comes_out_alike_is_tried_once() -> None:
    space = build_space(300, categories=False)
    proposals = as_proposals([Precedent(f"m:{n}", {"num_leaves": 200 + n}) for n in (1, 2)], space, 1.0)
    assert [proposal.origin for proposal in proposals] == ["m:1"]
