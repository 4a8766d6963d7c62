"""Companions, and more of the best."""

from dataclasses import replace

import pytest

from automl.learners.params import check_params, choice
from automl.search.special import companions, polish, reseed
from automl.spaces.companions import LINEAR, forest_space, neural_space, second
from automl.spaces.constraints import constrain
from automl.spaces.space import Space, defaults
from automl.types import Family
from tests.unit.automl.search.conftest import ROWS
from tests.unit.automl.search.trials import make_trial

BEST = make_trial(9, 0.8, params={"learning_rate": 0.1, "num_leaves": 7, "schedule": "cosine"})


def spaces(space: Space) -> dict[Family, Space]:
    others = {"forest": forest_space(ROWS, categories=True), "linear": LINEAR, "neural": neural_space(0, 9)}
    return {"boosted": space, **others}


def test_companions_are_of_other_families_than_the_first_space(space: Space) -> None:
    proposals = companions(spaces(space), 1000)
    for proposal in proposals:
        check_params(proposal.params)
    assert [choice(proposal.params, "family") for proposal in proposals] == ["linear", "neural", "forest"]
    assert companions(spaces(space), 100_000) == proposals
    assert companions(spaces(space), 100_001) == proposals[:1]
    assert proposals[2].params["num_leaves"] <= space["num_leaves"].high
    beside_forests = companions({"forest": forest_space(ROWS, categories=False), "linear": LINEAR}, 1_000_000)
    assert [proposal.params for proposal in beside_forests] == [{"family": "linear", "linear_c": 1.0}]
    assert companions({"linear": LINEAR}, 1000) == []


@pytest.mark.parametrize(("numbers", "bins"), [(4, (None, None)), (5, (8, 20))])
def test_networks_see_bins_where_most_features_are_numbers(numbers: int, bins: tuple[int | None, int | None]) -> None:
    first, other = defaults(neural_space(numbers, 9)), second(neural_space(numbers, 9))
    assert (first.get("number_bins"), other.get("number_bins")) == bins
    assert first != other


def test_companions_keep_to_what_the_user_fixed(space: Space) -> None:
    fixed = {"num_leaves": 5, "extra_trees": True, "linear_c": 7.0, "learning_rate": 0.3}
    held = {family: constrain(each, family, fixed, {}) for family, each in spaces(space).items()}
    found = [proposal.params for proposal in companions(held, 1000)]
    assert [params.get("linear_c") for params in found if params["family"] == "linear"] == [7.0]
    forests = [params for params in found if params["family"] == "forest"]
    assert [(params["num_leaves"], params["extra_trees"]) for params in forests] == [(5, True)]
    assert all("learning_rate" not in params for params in found)


def test_polishing_lowers_the_rate_until_it_is_tiny_or_less_than_the_user_allows() -> None:
    proposal = polish(BEST)
    assert proposal is not None
    assert proposal.params == {**BEST.params, "learning_rate": 0.04}
    assert (proposal.proposer, proposal.parents) == ("polish", (9,))
    assert polish(BEST, 0.04) == proposal
    assert polish(BEST, 0.041) is None
    assert polish(make_trial(0, 0.5, params={"learning_rate": 0.008})) is None
    assert polish(make_trial(0, 0.5, params={"family": "forest"})) is None


def test_what_the_clock_cut_short_goes_on_at_its_own_rate() -> None:
    proposal = polish(replace(BEST, cut_folds=(0,)))
    assert proposal is not None
    assert (proposal.proposer, proposal.params) == ("polish", BEST.params)


def test_other_seeds_change_nothing_else() -> None:
    proposals = reseed(BEST, 2)
    assert [proposal.params for proposal in proposals] == [{**BEST.params, "seed": 1}, {**BEST.params, "seed": 2}]
    assert {(proposal.proposer, proposal.parents) for proposal in proposals} == {("seeds", (9,))}
    again = make_trial(10, 0.9, params=proposals[1].params)
    assert reseed(again, 1)[0].params["seed"] == 3
