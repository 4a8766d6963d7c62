"""The model on all rows: how many models and rounds it has, by the time that is left."""

from dataclasses import replace

import pytest

from automl.learners.params import is_random
from automl.search import Brake
from automl.selection import refit as module
from automl.selection.blend import Blend
from automl.selection.refit import TOO_LATE, hindrance, refit
from automl.selection.reserves import refit_seconds, rounds_on_all
from automl.types import TrainRequest
from tests.unit.automl.found import OPEN, REQUEST, Searched, search
from tests.unit.automl.search.trials import make_trial
from tests.unit.automl.selection.test_pick import picked

TIMED = replace(REQUEST, max_trials=None)


@pytest.fixture(scope="module")
def searched() -> Searched:
    return search()


@pytest.fixture(scope="module")
def blend(searched: Searched) -> Blend:
    return picked(searched).blend


def counts(searched: Searched, blend: Blend, request: TrainRequest, brake: Brake = OPEN) -> list[int]:
    judged = picked(searched).predictor
    served = refit(searched.problem, searched.parts, request, blend, judged, brake=brake)
    return [len(member.models) for member in served.members] if served else []


def test_in_time_that_is_left_there_are_up_to_six_models(searched: Searched, blend: Blend) -> None:
    drawn = [is_random(outcome.trial.params) for outcome in blend.outcomes]
    assert any(drawn)
    assert counts(searched, blend, TIMED) == [6 if random else 1 for random in drawn]
    two = [2 if random else 1 for random in drawn]
    assert counts(searched, blend, REQUEST) == two, "time decides nothing where max_trials ends a run"
    assert counts(searched, blend, replace(TIMED, max_bundle_mb=9.0)) == two, "nor where a limit counts models"
    assert counts(searched, replace(blend, once=True), TIMED) == [1] * len(drawn)


def test_without_time_there_is_none(searched: Searched, blend: Blend) -> None:
    assert counts(searched, blend, TIMED, Brake.after(0)) == []


def test_it_is_tried_where_a_little_less_time_is_left_than_it_should_take(searched: Searched, blend: Blend) -> None:
    problem, parts = searched.problem, searched.parts
    foreseen = sum(refit_seconds(problem, parts, outcome.trial) for outcome in blend.outcomes)
    assert hindrance(problem, parts, TIMED, blend, left_s=0.8 * foreseen) is None
    assert hindrance(problem, parts, TIMED, blend, left_s=0.7 * foreseen) == TOO_LATE
    assert hindrance(problem, parts, TIMED, blend, left_s=foreseen, preparing_s=foreseen) == TOO_LATE


@pytest.mark.parametrize(("name", "most"), [("_MOST_BYTES", 10.0), ("_MOST_MS", 0.01)])
def test_dear_models_stay_two(
    searched: Searched, blend: Blend, monkeypatch: pytest.MonkeyPatch, name: str, most: float
) -> None:
    monkeypatch.setattr(module, name, most)
    assert max(counts(searched, blend, TIMED)) == 2


def test_what_the_clock_cut_short_goes_on_as_far_as_time_goes(searched: Searched, blend: Blend) -> None:
    first = blend.outcomes[0]
    cut = replace(first, trial=replace(first.trial, params={}, rounds=(400_000,), cut_folds=(0,)))
    hurried = replace(cut, trial=replace(cut.trial, rounds=(20,)))
    for outcome, brake, least, most in ((hurried, OPEN, 40, 40), (cut, Brake.after(0.5), 0, 0)):
        alone = replace(blend, outcomes=(outcome,), weights=(1.0,))
        judged = picked(searched).predictor
        served = refit(searched.problem, searched.parts, TIMED, alone, judged, brake=brake)
        assert (served is None) == (least == 0), "short of the least rounds there is no refit"
        if served:
            texts = [model.model.to_text() for member in served.members for model in member.models]
            assert all(least <= text.count("\nTree=") <= most for text in texts)


def test_rounds_on_all_rows() -> None:
    trial = replace(make_trial(0, 0.5, 0.5), rounds=(10, 30))
    assert rounds_on_all(trial) == (22, 22)
    assert rounds_on_all(replace(trial, cut_folds=(1,))) == (22, 40)
    forest = replace(trial, params={"family": "forest"}, cut_folds=(1,))
    assert rounds_on_all(forest) == (20, 20)
