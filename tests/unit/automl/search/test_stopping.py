"""Brakes, races and the best trial, on a clock that only the test moves."""

import math
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.errors import Interrupted
from automl.learners.learningcurve import NOBODY
from automl.search.stopping import Brake, find_best, find_rival, is_behind, rival_on
from tests.unit.automl.search.trials import Notes, Wish, make_trial

scores = st.lists(st.floats(-1, 1), min_size=2, max_size=6)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_brake_closes_at_its_deadline() -> None:
    clock = Clock()
    brake = Brake.after(10, clock=clock)
    assert brake.left() == 10
    clock.now += 9
    assert not brake.closed()
    clock.now += 1
    assert brake.closed()


def test_sooner_and_within_only_bring_it_forward() -> None:
    clock = Clock()
    brake = Brake.after(10, clock=clock)
    assert brake.sooner(3).left() == 7
    assert brake.within(4).left() == 4
    assert brake.within(40).left() == 10
    assert brake.left() == 10


def test_a_wish_closes_it_or_ends_all() -> None:
    wishes = iter(get_args(Wish))
    brake = Brake.after(10, Notes(lambda _: next(wishes)), Clock())
    assert not brake.closed()
    assert brake.closed()
    with pytest.raises(Interrupted):
        brake.within(5).closed()


def test_at_least_holds_against_deadline_and_finish_but_not_abandon() -> None:
    wishes: list[Wish] = ["finish"]
    clock = Clock()
    brake = Brake.after(-5, Notes(lambda _: wishes[-1]), clock).at_least(2)
    assert brake.left() == 2
    assert brake.within(1).left() == 1
    clock.now += 2
    assert brake.closed()
    wishes.append("abandon")
    with pytest.raises(Interrupted):
        brake.left()


def test_a_trial_far_behind_on_the_first_fold_is_given_up() -> None:
    best = [0.80, 0.82, 0.78, 0.81, 0.79]
    assert is_behind([0.70], best)
    assert not is_behind([0.798], best)
    assert not is_behind([0.85], best)


def test_the_more_folds_the_smaller_a_lag_will_do() -> None:
    best = [0.80, 0.82, 0.78, 0.81, 0.79]
    assert not is_behind([0.795], best)
    assert is_behind([score - 0.005 for score in best[:4]], best)


@given(scores, st.integers(0, 5))
def test_none_is_behind_itself(best: list[float], seen: int) -> None:
    assert not is_behind(best[:seen], best)


@given(scores, scores, st.floats(0, 1))
def test_doing_worse_never_helps(best: list[float], trial: list[float], worse: float) -> None:
    if is_behind(trial, best):
        assert is_behind([score - worse for score in trial], best)


def test_nothing_is_behind_a_single_fold() -> None:
    assert not is_behind([0.1], [0.9])
    assert not is_behind([], [0.9, 0.9])


def test_the_best_has_the_most_folds_then_the_best_score_then_came_first() -> None:
    stopped = make_trial(0, 0.99, state="stopped")
    assert find_best(
        [stopped, make_trial(1, 0.5, 0.5), make_trial(2, 0.7, 0.7), make_trial(3, 0.7, 0.7)]
    ) == make_trial(2, 0.7, 0.7)
    assert find_best([stopped]) == stopped
    assert find_best([make_trial(0)]) is None


def test_a_trial_that_was_stopped_after_its_last_fold_is_best_only_for_want_of_others() -> None:
    rejected = make_trial(1, 0.9, 0.9, state="stopped")
    assert find_best([make_trial(0, 0.5, 0.5), rejected]) == make_trial(0, 0.5, 0.5)
    assert find_best([make_trial(0, 0.5), rejected]) == rejected


def test_the_rival_is_what_the_best_three_came_to_on_average() -> None:
    lucky, second, third = (
        replace(make_trial(number, *folds), losses=folds)
        for number, folds in enumerate([(0.9, 0.4, 0.8), (0.6, 0.6, 0.8), (0.3, 0.8, 0.8)])
    )
    far, fewer = make_trial(3, 0.1, 0.1, 0.1), make_trial(4, 0.9, 0.9)
    stopped = make_trial(5, 0.9, 0.9, 0.9, state="stopped")
    rival = find_rival([third, far, stopped, second, fewer, lucky])
    assert rival is not None
    assert (rival.number, rival.score) == (0, lucky.score)
    assert rival.fold_scores == rival.losses == pytest.approx((0.6, 0.6, 0.8))


def test_a_rival_tells_how_far_it_went() -> None:
    best = replace(make_trial(0, 0.5, 0.6, params={"learning_rate": 0.2}), losses=(0.3, 0.5), rounds=(40, 60))
    spread = 0.1 * math.sqrt(2)
    assert rival_on(best, 1) == pytest.approx((0.5 + spread, 12.0))
    assert rival_on(replace(best, params={}), 0) == pytest.approx((0.3 + spread, 4.0)), "LightGBM's own rate"
    assert rival_on(best, 2) == rival_on(None, 0) == NOBODY


def test_who_is_alone_is_the_rival() -> None:
    alone = make_trial(0, 0.5, 0.7, 0.6)
    assert find_rival([alone, make_trial(1)]) == alone
    assert find_rival([make_trial(2, 0.5)]) == make_trial(2, 0.5)
    assert find_rival([make_trial(1)]) is None
    forest = replace(alone, losses=(0.1, 0.1, 0.1))
    network = make_trial(1, 0.5, 0.7, 0.59)
    assert find_rival([network, forest]).losses == (0.1, 0.1, 0.1), "whom boosting can be measured by"  # type: ignore[union-attr]
