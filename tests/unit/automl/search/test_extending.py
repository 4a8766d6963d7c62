"""More budget for a search that has ended."""

from dataclasses import replace

from automl.search.extending import without_end
from automl.types import Trial
from tests.unit.automl.search.trials import make_trial


def numbers(*trials: Trial) -> list[int]:
    return [trial.number for trial in without_end(trials)]


def test_trials_before_the_end_stay() -> None:
    assert numbers() == []
    assert numbers(make_trial(1, 0.1), make_trial(0), make_trial(2, 0.2, state="stopped")) == [0, 1, 2]


def test_the_end_begins_with_the_first_that_polishes() -> None:
    assert numbers(make_trial(0, 0.1), make_trial(1, 0.2, proposer="polish"), make_trial(2, 0.3)) == [0]
    assert numbers(make_trial(0, 0.1), make_trial(1, 0.2, proposer="seeds")) == [0]


def test_one_that_the_end_cut_short_is_made_again() -> None:
    cut = make_trial(1, 0.1, state="stopped", detail="the search came to its end")
    assert numbers(make_trial(0, 0.1, 0.1), cut) == [0]


def test_what_the_clock_made_is_made_again_where_trials_are_counted() -> None:
    cut = replace(make_trial(1, 0.1), cut_folds=(0,))
    assert [trial.number for trial in without_end([make_trial(0, 0.1), cut, make_trial(2, 0.1)], counted=True)] == [0]
    assert numbers(make_trial(0, 0.1), cut, make_trial(2, 0.1)) == [0, 1, 2]
