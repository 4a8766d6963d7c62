"""Which trials count for the next proposal, and with what loss."""

import pytest

from automl.search.comparable import comparable
from tests.unit.automl.search.trials import make_trial


def test_a_loss_is_the_lag_behind_the_best_on_the_same_folds() -> None:
    trials = [make_trial(1, 0.5, state="stopped"), make_trial(0, 0.6, 0.8), make_trial(2)]
    judged = comparable(trials, "boosted")
    assert [trial.number for trial, _ in judged] == [0, 1, 2]
    assert [loss for _, loss in judged] == [pytest.approx(-0.7), pytest.approx(-0.6), None]


def test_other_families_do_not_count() -> None:
    forest = make_trial(0, 0.9, params={"family": "forest"})
    boosted = make_trial(1, 0.5, params={"family": "boosted"})
    pending = make_trial(2, params={"family": "linear"})
    assert comparable([forest, boosted, pending, make_trial(3, 0.4)], "boosted") == [
        (boosted, -0.5),
        (make_trial(3, 0.4), -0.4),
    ]
    assert comparable([forest, boosted, pending], "forest") == [(forest, -0.9)]


def test_once_ten_learnt_from_all_rows_those_of_fewer_rows_do_not_count() -> None:
    small = [make_trial(i, 0.9, share=0.1) for i in range(5)]
    full = [make_trial(i, 0.5 + i / 100) for i in range(5, 15)]
    assert [trial.number for trial, _ in comparable(small + full, "boosted")] == list(range(5, 15))


def test_until_then_each_has_its_rank_among_its_own_kind() -> None:
    small = [make_trial(i, 0.9 - i / 10, share=0.1) for i in range(4)]
    full = [make_trial(4, 0.1), make_trial(5, 0.2), make_trial(6)]
    losses = [loss for _, loss in comparable(small + full, "boosted")]
    assert losses == [0, 0.25, 0.5, 0.75, 0.5, 0, None]


def test_of_many_the_best_and_the_latest_count() -> None:
    trials = [make_trial(i, 1 / (1 + i)) for i in range(1000)]
    numbers = [trial.number for trial, _ in comparable(trials, "boosted")]
    assert numbers == [*range(100), *range(800, 1000)]


def test_nothing_may_be_known() -> None:
    assert comparable([], "boosted") == []
