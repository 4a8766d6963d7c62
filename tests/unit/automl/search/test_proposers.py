"""Who proposes what: pure functions of the trials so far, the number and the seed."""

from typing import get_args

import pytest

from automl.params import check_params
from automl.search.proposers import make_proposer
from automl.search.suggest import Suggester
from automl.space import Space, defaults
from automl.types import Algorithm, Trial
from tests.unit.automl.search.trials import make_trial

ALGORITHMS = get_args(Algorithm)


def history(space: Space, trials: int) -> list[Trial]:
    """Trials that like small leaves, of which one in five failed and one in seven was stopped."""
    propose = make_proposer("random", space)
    made: list[Trial] = []
    for number in range(trials):
        params = propose(made, number, 7).params
        score = -params["min_data_in_leaf"] / 100
        scores = () if number % 5 == 4 else (score, score) if number % 7 else (score,)
        made.append(make_trial(number, *scores, params=params))
    return made


def test_defaults_come_first_then_a_portfolio_then_the_algorithm(space: Space) -> None:
    propose = make_proposer("tpe", space)
    proposals = [propose([], number, 0) for number in range(6)]
    assert proposals[0].params == defaults(space)
    assert [proposal.proposer for proposal in proposals] == ["default", *["portfolio"] * 3, "tpe", "tpe"]
    assert len({str(proposal.params) for proposal in proposals}) == 6


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_proposal_depends_on_nothing_but_its_arguments(space: Space, algorithm: Algorithm) -> None:
    past = history(space, 25)
    params = Suggester(algorithm, space)(past, 25, 3)
    check_params(params)
    assert Suggester(algorithm, space)(list(reversed(past)), 25, 3) == params
    assert Suggester(algorithm, space)(past, 25, 4) != params
    assert Suggester(algorithm, space)(past, 26, 3) != params


def test_tpe_leans_towards_what_was_good(space: Space) -> None:
    past = history(space, 40)

    def mean_leaf(algorithm: Algorithm) -> float:
        suggest = Suggester(algorithm, space)
        return sum(suggest(past, 40, seed)["min_data_in_leaf"] for seed in range(20)) / 20

    assert mean_leaf("tpe") < mean_leaf("random") / 1.5


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_all_may_have_failed(space: Space, algorithm: Algorithm) -> None:
    failed = [make_trial(number, params=defaults(space)) for number in range(12)]
    check_params(Suggester(algorithm, space)(failed, 12, 0))
