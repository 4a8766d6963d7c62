"""Learning rates, round by round."""

from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.learners.schedules import Schedule, horizon, rate

SCHEDULES = get_args(Schedule)
bases = st.floats(1e-4, 1.0)


@given(st.sampled_from(SCHEDULES), bases, st.integers(0, 10_000), st.integers(1, 5000))
def test_a_rate_stays_between_a_tenth_of_the_base_and_the_base(
    schedule: Schedule, base: float, round_: int, horizon: int
) -> None:
    assert base * 0.1 * (1 - 1e-12) <= rate(schedule, base, round_, horizon) <= base * (1 + 1e-12)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_all_but_the_constant_one_are_down_at_the_horizon_and_stay_there(schedule: Schedule) -> None:
    ends = [rate(schedule, 0.2, round_, 100) for round_ in (100, 101, 5000)]
    assert ends == pytest.approx([0.2] * 3 if schedule == "constant" else [0.02] * 3)


@pytest.mark.parametrize("schedule", ["exponential", "cosine", "step"])
def test_most_only_go_down(schedule: Schedule) -> None:
    rates = [rate(schedule, 0.2, round_, 100) for round_ in range(101)]
    assert rates[0] == 0.2
    assert all(later <= earlier for earlier, later in pairwise(rates))


def test_one_cycle_warms_up_first() -> None:
    rates = [rate("one_cycle", 0.2, round_, 100) for round_ in range(101)]
    peak = rates.index(max(rates))
    assert peak == 30
    assert rates[0] == pytest.approx(0.02)
    assert rates[: peak + 1] == sorted(rates[: peak + 1])
    assert rates[peak:] == sorted(rates[peak:], reverse=True)


def test_steps_are_few() -> None:
    assert len({rate("step", 0.2, round_, 100) for round_ in range(101)}) == 5


@given(bases, bases)
def test_a_smaller_rate_takes_more_rounds(one: float, two: float) -> None:
    assert (horizon(one) >= horizon(two)) or one > two
    assert horizon(0.1) == 500
