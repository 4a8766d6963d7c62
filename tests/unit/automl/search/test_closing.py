"""More of the best at the end."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from automl.search.closing import Closing
from automl.search.plan import Plan
from automl.types import Trial
from tests.unit.automl.search.trials import make_trial

BOOSTED = {"learning_rate": 0.1, "feature_fraction": 0.5}
SCORES = (0.5, 0.9, 0.7, 0.8, 0.6)
ENOUGH = [make_trial(number, score, params=BOOSTED, seconds=2.0) for number, score in enumerate(SCORES)]


def told(trials: Sequence[Trial], left_s: float, plan: Plan | None = None, **closing: Any) -> str | None:
    proposal = Closing(**closing).within(trials, 100, left_s, plan or Plan())
    return proposal and f"{proposal.proposer} {proposal.parents[0]}"


def after(trials: Sequence[Trial], *done: tuple[str, int], seconds: float = 5.0) -> list[Trial]:
    made = [
        make_trial(10 + i, 0.95 - i / 100, params=BOOSTED, proposer=name, parents=(parent,), seconds=seconds)
        for i, (name, parent) in enumerate(done)
    ]
    return [*trials, *made]


def test_the_best_three_are_polished_then_the_best_has_other_seeds() -> None:
    assert told(ENOUGH, 17) == "polish 1"
    assert told(after(ENOUGH, ("polish", 1)), 11) == "polish 3"
    assert told(after(ENOUGH, ("polish", 1), ("polish", 3)), 6) == "polish 2"
    polished = after(ENOUGH, ("polish", 1), ("polish", 3), ("polish", 2))
    assert told(polished, 12) == "seeds 10"
    once = [*polished, make_trial(20, 0.9, params=BOOSTED, proposer="seeds", parents=(10,))]
    assert told(once, 7) == "seeds 10"
    assert told([*once, make_trial(21, 0.9, params=BOOSTED, proposer="seeds", parents=(10,))], 7) is None


def test_what_was_given_up_is_not_polished_again() -> None:
    given_up = make_trial(10, 0.4, params=BOOSTED, proposer="polish", parents=(1,), state="stopped")
    assert told([*ENOUGH, given_up], 11) == "polish 3"


def test_what_the_clock_cut_short_has_all_the_time_that_is_left() -> None:
    short = [replace(trial, cut_folds=(0,), seconds=20.0) for trial in ENOUGH]
    assert told(short, 46) is None
    assert told(short, 40) == "polish 1", "one and a half times as much, and some time to spare"
    assert told(short, 29) is None


def test_what_was_given_up_was_an_idea_too() -> None:
    given_up = [make_trial(number, 0.4, params=BOOSTED, state="stopped") for number in (20, 21)]
    assert told(ENOUGH[1:2], 5) is None
    assert told([ENOUGH[1], *given_up], 6) == "polish 1"


def test_not_before_the_time_is_only_just_enough() -> None:
    assert told(ENOUGH, 60) is None
    assert told([], 1) is None


def test_what_draws_nothing_has_no_other_seeds() -> None:
    plain = [make_trial(number, score, params={"learning_rate": 0.1}) for number, score in enumerate(SCORES)]
    assert told(plain, 1, Plan(polish=False)) is None


def test_not_after_so_few_ideas_that_another_one_is_worth_more() -> None:
    assert told(ENOUGH[:2], 5) is None


def test_what_does_not_fit_is_left_out() -> None:
    assert told(ENOUGH, 6) == "polish 1"
    assert told(ENOUGH, 4) is None


def test_forests_and_linear_models_are_not_polished() -> None:
    others = [make_trial(n, 0.9, params={"family": name}) for n, name in enumerate(("forest", "linear", "neural"))]
    assert told(others, 3) is None


def test_whose_family_is_searched_is_the_best_that_there_is_more_of() -> None:
    forests = [make_trial(n, 0.8 + n / 100, params={"family": "forest"}, seconds=2.0) for n in range(6)]
    assert told([*forests, *ENOUGH], 4.5, family="forest") == "seeds 5"
    assert told([*forests, *ENOUGH], 4.5, family="linear") is None
    assert Closing("forest").at_last([], Plan()) is None
    last = Closing("forest").at_last(forests, Plan())
    assert last is not None
    assert (last.params, last.parents) == ({"family": "forest", "seed": 1}, (5,))


def test_parts_that_are_off() -> None:
    assert told(ENOUGH, 4.5, Plan(polish=False)) == "seeds 1"
    assert told(ENOUGH, 4.5, slowest=0.1) == "seeds 1"
    assert told(ENOUGH, 17, Plan(seeds=False)) == "polish 1"
    assert told(ENOUGH, 17, Plan(polish=False, seeds=False)) is None


def test_by_number_the_last_trials_are_the_end_where_enough_came_before() -> None:
    many = [make_trial(number, 0.5 + number / 1000, params=BOOSTED) for number in range(40)]

    def before(trials: Sequence[Trial], left: int) -> str | None:
        proposal = Closing().before(trials, left, Plan())
        return proposal and proposal.proposer

    assert before([], 0) is None
    assert before(many, 4) is None
    assert before(many, 3) == "polish"
    assert before(many[:10], 3) is None
