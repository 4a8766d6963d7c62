"""What the report says of the best trial."""

from dataclasses import replace

import pytest

from automl.reporting.winner import tell_schedule
from tests.unit.automl.search.trials import make_trial

TRIAL = replace(make_trial(7, 0.5, 0.6, params={"schedule": "cosine", "learning_rate": 0.2}), rounds=(180, 40))


def test_the_rate_falls_as_its_schedule_says() -> None:
    told = tell_schedule([TRIAL])
    assert told is not None
    assert (told["trial"], told["name"], told["base_rate"], told["rounds"]) == (7, "cosine", 0.2, 180)
    rounds, rates = told["curve"]["round"], told["curve"]["rate"]
    assert (rounds[0], rounds[-1], len(rounds)) == (1, 180, 60)
    assert rates[0] == 0.2
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] < 0.2 * 0.6


def test_a_constant_rate_is_one_too() -> None:
    told = tell_schedule([replace(TRIAL, params={}, rounds=(3, 1))])
    assert told is not None
    assert told["curve"] == {"round": [1, 2, 3], "rate": [0.1] * 3}


@pytest.mark.parametrize("family", ["linear", "forest"])
def test_what_has_no_learning_rate_has_no_schedule(family: str) -> None:
    other = replace(TRIAL, number=TRIAL.number + 1, params={"family": family}, rounds=(0, 0))
    assert tell_schedule([other]) is None
    told = tell_schedule([other, TRIAL])
    assert told
    assert told["trial"] == TRIAL.number
