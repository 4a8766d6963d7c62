"""Companions, and more of the best."""

from automl.constraints import constrain
from automl.params import check_params, choice
from automl.search.special import companions, polish, reseed
from automl.space import Space
from tests.unit.automl.search.trials import make_trial

BEST = make_trial(9, 0.8, params={"learning_rate": 0.1, "num_leaves": 7, "schedule": "cosine"})


def test_companions_are_of_other_families(space: Space) -> None:
    proposals = companions(space, 1000)
    for proposal in proposals:
        check_params(proposal.params)
    assert [choice(proposal.params, "family") for proposal in proposals] == [
        *("linear", "neural", "forest"),
        *("neural", "linear", "forest"),
    ]
    assert companions(space, 1_000_000) == proposals[:3]
    assert [proposal.params.get("extra_trees") for proposal in proposals[2::3]] == [False, True]
    assert proposals[2].params["num_leaves"] <= space["num_leaves"].high


def test_companions_keep_to_what_the_user_fixed(space: Space) -> None:
    fixed = constrain(space, {"num_leaves": 5, "max_depth": 2}, {})
    assert all(proposal.params["num_leaves"] == 5 for proposal in companions(fixed, 1000)[2::3])
    assert companions(constrain(space, {"family": "boosted"}, {}), 1000) == []


def test_polishing_lowers_the_rate_until_it_is_tiny() -> None:
    proposal = polish(BEST)
    assert proposal is not None
    assert proposal.params == {**BEST.params, "learning_rate": 0.04}
    assert (proposal.proposer, proposal.parents) == ("polish", (9,))
    assert polish(make_trial(0, 0.5, params={"learning_rate": 0.008})) is None
    assert polish(make_trial(0, 0.5, params={"family": "forest"})) is None


def test_other_seeds_change_nothing_else() -> None:
    proposals = reseed(BEST, 2)
    assert [proposal.params for proposal in proposals] == [{**BEST.params, "seed": 1}, {**BEST.params, "seed": 2}]
    assert {(proposal.proposer, proposal.parents) for proposal in proposals} == {("seeds", (9,))}
    again = make_trial(10, 0.9, params=proposals[1].params)
    assert reseed(again, 1)[0].params["seed"] == 3
