"""Who proposes what: pure functions of the trials so far, the number and the seed."""

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from hyperopt import JOB_STATE_DONE, Trials, anneal, rand
from hyperopt.base import trials_from_docs
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from automl.checks.constraints import _no_range
from automl.learners.params import RANGES, TUNABLE, check_params
from automl.search.proposers import Proposal, make_proposer, opening
from automl.search.special import companions
from automl.search.suggest import Suggester, near_the_best
from automl.spaces.companions import LINEAR, forest_space, neural_space
from automl.spaces.constraints import constrain, is_number, keepers, with_rows_left
from automl.spaces.portfolio import portfolio
from automl.spaces.space import Space, build_space, defaults, family_of, within
from automl.types import Algorithm, Json, TrainRequest, Trial
from tests.unit.automl.search.trials import make_trial

ALGORITHMS = get_args(Algorithm)
NUMBERS = [name for name in TUNABLE if is_number(name) and {*TUNABLE[name]} & {"boosted", "forest"}]


def ends_of(name: str) -> st.SearchStrategy[list[Json]]:
    """A range that the checks let pass."""
    kind, low, high = RANGES[name]
    value = st.integers(max(1, int(low)), int(high)) if kind is int else st.floats(low, min(high, 1e6))
    return st.lists(value, min_size=2, max_size=2).map(sorted).filter(lambda ends: _no_range(name, ends, {}) is None)


def history(space: Space, trials: int) -> list[Trial]:
    """Trials that like small leaves, of which one in five failed and one in seven was stopped."""
    propose = make_proposer("random", space, [])
    made: list[Trial] = []
    for number in range(trials):
        params = propose(made, number, 7).params
        score = -params["min_data_in_leaf"] / 100
        scores = () if number % 5 == 4 else (score, score) if number % 7 else (score,)
        made.append(make_trial(number, *scores, params=params))
    return made


def test_defaults_come_first_then_a_portfolio_and_others_by_turns_then_the_algorithm(space: Space) -> None:
    forest = forest_space(200, categories=True)
    beside = companions({"boosted": space, "forest": forest, "linear": LINEAR, "neural": neural_space(0, 9)}, 1000)
    first = opening(space, portfolio=portfolio(space), companions=beside)
    propose = make_proposer("tpe", space, first)
    made: list[Trial] = []
    for number in range(12):
        proposal = propose(made, number, 0)
        made.append(make_trial(number, 0.5, params=proposal.params, proposer=proposal.proposer))
    proposals = made
    assert proposals[0].params == defaults(space)
    assert [proposal.proposer for proposal in proposals] == [
        "default",
        *["companion", "portfolio"] * 3,
        *["tpe"] * 5,
    ]
    assert make_proposer("genetic", space, [])([], 4, 0).generation == 0
    assert len({str(proposal.params) for proposal in proposals}) == 12


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_proposal_depends_on_nothing_but_its_arguments(space: Space, algorithm: Algorithm) -> None:
    past = history(space, 25)
    suggester = Suggester(algorithm, space)
    proposal = suggester(past, 25, 3)
    check_params(proposal.params)
    assert suggester(past[:9], 9, 3) != proposal, "and what it was asked before leaves no trace"
    assert suggester(past, 25, 3) == Suggester(algorithm, space)(list(reversed(past)), 25, 3) == proposal
    assert Suggester(algorithm, space)(past, 25, 4).params != proposal.params
    assert Suggester(algorithm, space)(past, 27, 3).params != proposal.params


def test_annealing_is_hyperopts_own_though_it_reads_the_best_few_alone(space: Space) -> None:
    domain, rng = Suggester("anneal", space).domain, np.random.default_rng(0)
    trials = Trials()
    documents = [rand.suggest([number], domain, trials, number)[0] for number in range(150)]
    for document in documents:
        result = {"status": "fail"} if document["tid"] % 5 == 0 else {"status": "ok", "loss": rng.random()}
        document |= {"state": JOB_STATE_DONE, "result": result}
    past = trials_from_docs(documents, validate=False)
    for number in range(150, 160):
        ours, theirs = (
            algorithm([number], domain, past, 3)[0]["misc"]["vals"] for algorithm in (near_the_best, anneal.suggest)
        )
        assert ours == {name: pytest.approx(vals) for name, vals in theirs.items()}
    (first,) = near_the_best([0], domain, Trials(), 3)
    assert first["misc"]["vals"] == anneal.suggest([0], domain, Trials(), 3)[0]["misc"]["vals"]


@pytest.mark.parametrize("algorithm", sorted(set(ALGORITHMS) - {"random"}))
def test_all_but_random_lean_towards_what_was_good(space: Space, algorithm: Algorithm) -> None:
    past = history(space, 40)

    def mean_leaf(algorithm: Algorithm) -> float:
        suggest = Suggester(algorithm, space)
        return float(np.mean([suggest(past, number, 0).params["min_data_in_leaf"] for number in range(40, 60)]))

    assert mean_leaf(algorithm) < mean_leaf("random") / 1.5


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_all_may_have_failed(space: Space, algorithm: Algorithm) -> None:
    failed = [make_trial(number, params=defaults(space)) for number in range(12)]
    check_params(Suggester(algorithm, space)(failed, 12, 0).params)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("count", [0, 25])
def test_what_is_fixed_stays_so(space: Space, algorithm: Algorithm, count: int) -> None:
    fixed = constrain(space, "boosted", {"num_leaves": 5, "max_depth": 3}, {"schedule": ["step", "cosine"]})
    past = [make_trial(i, i / 9, params=defaults(fixed)) for i in range(count)]
    params = Suggester(algorithm, fixed)(past, count, 0).params
    check_params(params)
    assert (params["num_leaves"], params["max_depth"]) == (5, 3)
    assert params["schedule"] in ("step", "cosine")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize(
    "of", [LINEAR, neural_space(9, 9), forest_space(3000, categories=True, recipes=["plain", "rich"])]
)
def test_other_families_have_their_own_space(of: Space, algorithm: Algorithm) -> None:
    past = [make_trial(i, i / 9, params=defaults(of)) for i in range(9)]
    for history in ([], past):
        params = Suggester(algorithm, of)(history, len(history), 0).params
        check_params(params)
        assert params["family"] == family_of(of)
        assert within(of, params) == params


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_every_proposal_lies_within_the_ranges(data: st.DataObject, algorithm: Algorithm) -> None:
    family = data.draw(st.sampled_from(["boosted", "forest"]))
    bare = build_space(3000, categories=True, rarest=9) if family == "boosted" else forest_space(3000, categories=True)
    ranges = {name: data.draw(ends_of(name)) for name in data.draw(st.sets(st.sampled_from(NUMBERS), max_size=5))}
    assume(family in keepers(TrainRequest(target="y", ranges=ranges)))
    space = constrain(bare, family, {}, with_rows_left(ranges) if family == "forest" else ranges)
    past: list[Trial] = []
    first = opening(space, portfolio=portfolio(space), companions=[])
    propose = make_proposer(algorithm, space, first)
    for number in range(len(first) + 9):
        proposal = propose(past, number, 5)
        assert proposal is not None
        check_params(proposal.params)
        for name, (low, high) in ranges.items():
            if family in TUNABLE[name]:
                assert low <= proposal.params[name] <= high
        past.append(make_trial(number, number % 7, params=proposal.params, proposer=proposal.proposer))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_all_may_be_fixed(space: Space, algorithm: Algorithm) -> None:
    fixed = constrain(space, "boosted", defaults(space), {})
    past = [make_trial(i, i / 9, params=defaults(space)) for i in range(9)]
    assert Suggester(algorithm, fixed)(past, 9, 0).params == defaults(space)


def test_once_all_is_fixed_nothing_is_proposed_after_the_first(space: Space) -> None:
    fixed = constrain(space, "boosted", defaults(space), {})
    first = opening(fixed, portfolio=portfolio(fixed), companions=[])
    assert [proposal.params for proposal in first] == [defaults(fixed)]
    propose = make_proposer("auto", fixed, first)
    assert propose([], 0, 0) == first[0]
    assert propose([make_trial(0, 0.5, proposer="default")], 1, 0) is None


def test_a_mixture_says_whose_turn_it_was(space: Space) -> None:
    suggest = Suggester("auto", space)
    past = history(space, 25)
    proposers = [suggest(past, number, 0).proposer for number in range(25, 29)]
    assert proposers == ["genetic", "tpe"] * 2


def test_a_child_names_its_parents_and_its_generation(space: Space) -> None:
    past = [replace(trial, generation=trial.number % 3) for trial in history(space, 40)]
    best = sorted((trial for trial in past if trial.score is not None), key=lambda trial: -(trial.score or 0))[:8]
    suggest = Suggester("genetic", space)
    for number in range(40, 50):
        child = suggest(past, number, 0)
        assert 1 <= len(child.parents) <= 2
        assert set(child.parents) <= {trial.number for trial in best}
        assert child.generation == 1 + max(past[i].generation or 0 for i in child.parents)
        mixed = sum(any(child.params[name] == past[i].params[name] for i in child.parents) for name in child.params)
        assert len(space) / 3 < mixed < len(space)


@pytest.mark.parametrize("algorithm", ["tpe", "genetic"])
def test_what_still_runs_is_not_proposed_again(space: Space, algorithm: Algorithm) -> None:
    past = history(space, 25)
    first = Suggester(algorithm, space)(past, 26, 3)
    pending = make_trial(26, params=first.params)
    second = Suggester(algorithm, space)([*past, pending], 28, 3)
    assert second.params != first.params


def test_what_earlier_runs_found_has_its_place_among_the_first(space: Space) -> None:
    warm, near = ([Proposal({"num_leaves": leaves}, "warm_start", origin="m:1")] for leaves in (7, 9))
    forest = forest_space(200, categories=True)
    beside = companions({"boosted": space, "forest": forest, "linear": LINEAR, "neural": neural_space(0, 9)}, 50_000)
    first = opening(space, portfolio=portfolio(space)[:1], companions=beside, warm=warm, near=near)
    assert [proposal.proposer for proposal in first] == [
        "default", "warm_start", "companion", "portfolio", "companion", "companion", "warm_start"
    ]  # fmt: skip
    propose = make_proposer("random", space, first)
    made: list[Trial] = []
    for number in range(9):
        proposal = propose(made, number, 0)
        made.append(make_trial(number, 0.5, params=proposal.params, proposer=proposal.proposer))
    assert [trial.params for trial in made[:7]] == [proposal.params for proposal in first]
    assert {trial.proposer for trial in made[7:]} == {"random"}
