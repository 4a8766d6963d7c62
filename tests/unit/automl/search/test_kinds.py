"""Whose turn it is: the searched family's, or that of another one that is about as good."""

from dataclasses import replace

import pytest

from automl.learners.params import check_params
from automl.search.kinds import Kinds
from automl.search.proposers import Proposal, make_proposer
from automl.spaces.companions import LINEAR, neural_space, second
from automl.spaces.space import defaults, option_space
from automl.types import Family, Trial
from tests.unit.automl.search.trials import make_trial

NEURAL = neural_space(9, 9)
SPACES: dict[Family, object] = {"neural": NEURAL, "linear": LINEAR}
KINDS = Kinds(SPACES, {family: make_proposer("tpe", space, []) for family, space in SPACES.items()})
BEST = make_trial(0, 0.7, 0.9, proposer="default")
FIRST = make_trial(1, 0.7, 0.8, params=defaults(NEURAL), proposer="companion")
SECOND = make_trial(2, 0.5, 0.5, params=second(NEURAL), proposer="portfolio")


def neural(number: int, *scores: float, seconds: float = 1.0) -> Trial:
    return make_trial(number, *scores, params={"family": "neural"}, seconds=seconds)


def turn(*history: Trial, timed: bool = True) -> Proposal | None:
    return KINDS.next(history, len(history), 0, timed=timed)


@pytest.mark.parametrize(("scores", "searched"), [((0.7, 0.8), True), ((0.9, 0.9), True), ((0.6, 0.7), False)])
def test_another_family_is_searched_where_it_is_about_as_good(scores: tuple[float, ...], *, searched: bool) -> None:
    proposal = turn(BEST, replace(neural(1, *scores), proposer="companion"), SECOND, make_trial(3, 0.1))
    assert (proposal is not None) == searched
    if proposal:
        assert (proposal.params["family"], proposal.proposer) == ("neural", "tpe")
        check_params(proposal.params)


def test_what_was_chosen_by_hand_comes_before_what_the_algorithm_proposes() -> None:
    proposal = turn(BEST, FIRST, make_trial(3, 0.1))
    assert proposal == Proposal(second(NEURAL), "portfolio")


def test_the_searched_family_begins() -> None:
    assert turn(BEST, FIRST, SECOND) is None
    assert turn() is turn(BEST) is turn(BEST, make_trial(3, 0.1)) is None


@pytest.mark.parametrize(("score", "most"), [(0.75, 0.25), (0.9, 0.5)])
def test_a_part_of_the_seconds_is_theirs_or_of_the_trials(score: float, most: float) -> None:
    def history(seconds: float) -> list[Trial]:
        taken = neural(3, score, score, seconds=seconds)
        return [BEST, FIRST, SECOND, taken, make_trial(4, 0.1, seconds=1 - seconds)]

    assert turn(*history(most - 0.01)) is not None
    assert turn(*history(most)) is None
    more = [make_trial(number, 0.1) for number in (5, 6, 7)]
    assert turn(*history(0.9), timed=False) is None, "half of them"
    assert turn(*history(0.9), *more, timed=False) is not None, "a fifth"


def test_what_failed_or_has_fewer_folds_says_nothing() -> None:
    algorithm = make_trial(3, 0.1)
    assert turn(BEST, neural(1), algorithm) is turn(BEST, neural(1, 0.9), algorithm) is None
    assert Kinds().next([BEST, FIRST, SECOND, algorithm], 4, 0, timed=True) is None


def test_it_has_the_link_that_is_better_on_the_table() -> None:
    space = NEURAL | option_space("link", ("identity", "log"))
    kinds = Kinds({"neural": space}, {"neural": make_proposer("tpe", space, [])})
    best = make_trial(0, 0.7, 0.9, params={"link": "log"}, proposer="link")
    first = make_trial(1, 0.7, 0.8, params={**defaults(space), "link": "log"}, proposer="companion")
    proposal = kinds.next([best, first, make_trial(2, 0.1)], 3, 0, timed=True)
    assert proposal is not None
    assert proposal.params == {**second(space), "link": "log"}
