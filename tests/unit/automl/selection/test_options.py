"""Which trials answer together, and with how many models."""

import math
from dataclasses import replace

import pytest

from automl.learners.params import is_random
from automl.search import Brake
from automl.selection import options
from automl.selection.cost import Cost
from automl.selection.limits import Limits
from automl.selection.options import Chooser, Option
from automl.types import TrainRequest
from tests.unit.automl.found import OPEN, REQUEST, Searched, search

BASE = Cost(0.05, 10_000)
FREE = Limits(math.inf, math.inf, BASE)


@pytest.fixture(scope="module")
def searched() -> Searched:
    return search()


def weigh(searched: Searched, limits: Limits, request: TrainRequest = REQUEST, brake: Brake = OPEN) -> list[Option]:
    return Chooser(searched.problem, searched.parts, request, searched.found, brake).weigh(limits)


def test_without_limits_the_blend_is_chosen_with_all_its_models(searched: Searched) -> None:
    chosen, *others = weigh(searched, FREE)
    assert (chosen.name, chosen.once, chosen.excess) == ("blend", False, 0.0)
    assert len(chosen.blend.outcomes) > 1
    assert ("blend", True) in {(option.name, option.once) for option in others}
    for option in others:
        assert option.score <= chosen.score
        assert option.models < chosen.models
        assert option.cost.ms < chosen.cost.ms
        assert option.cost.bytes < chosen.cost.bytes


def test_models_are_counted_as_they_are_served(searched: Searched) -> None:
    refitted, judged = (weigh(searched, FREE, replace(REQUEST, refit=again))[0] for again in (True, False))
    trials = [outcome.trial for outcome in refitted.blend.outcomes]
    assert refitted.models == sum(2 if is_random(trial.params) else 1 for trial in trials)
    assert judged.models == 5 * len(trials)


def test_a_bundle_does_not_get_more_files_than_can_be_loaded(
    searched: Searched, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = weigh(searched, FREE, replace(REQUEST, refit=False))[0]
    monkeypatch.setattr(options, "_MOST_MODELS", free.models - 1)
    chosen = weigh(searched, FREE, replace(REQUEST, refit=False))[0]
    assert chosen.models < free.models
    assert chosen.excess <= 1


def test_who_wants_no_ensemble_gets_the_best_trial_and_is_told_of_the_blend(searched: Searched) -> None:
    chosen, *others = weigh(searched, FREE, replace(REQUEST, ensemble=False))
    assert (chosen.name, chosen.blend.outcomes) == ("best", (searched.found.best,))
    assert "blend" in {option.name for option in others}


@pytest.mark.parametrize("share", [0.9, 0.5, 0.2, 0.05])
@pytest.mark.parametrize("what", ["ms", "bytes"])
def test_a_limit_is_kept_by_what_scores_best_within(searched: Searched, share: float, what: str) -> None:
    free = weigh(searched, FREE)[0]
    most = {name: getattr(BASE, name) + share * (getattr(free.cost, name) - getattr(BASE, name)) for name in (what,)}
    limits = replace(FREE, **most)
    chosen, *others = weigh(searched, limits)
    assert chosen.name == "held"
    assert getattr(chosen.cost, what) <= most[what]
    assert chosen.score >= max((option.score for option in others if option.excess <= 1), default=-math.inf)
    assert ("blend", False) in {(option.name, option.once) for option in others}, "what the limit costs is told"


def test_all_models_stay_where_there_is_room(searched: Searched) -> None:
    best = weigh(searched, FREE, replace(REQUEST, ensemble=False))[0]
    chosen = weigh(searched, replace(FREE, bytes=1.01 * best.cost.bytes), replace(REQUEST, ensemble=False))[0]
    assert not chosen.once


def test_where_nothing_is_small_enough_the_smallest_is_chosen(searched: Searched) -> None:
    chosen, *others = weigh(searched, replace(FREE, bytes=10_001))
    assert chosen.excess > 1
    assert len(chosen.blend.outcomes) == 1
    assert all(chosen.cost.bytes <= 1.25 * option.cost.bytes for option in others)


def test_without_time_the_best_is_alone(searched: Searched) -> None:
    hurried = replace(REQUEST, max_trials=None)
    assert len(weigh(searched, FREE, hurried, Brake.after(0))[0].blend.outcomes) == 1
