"""The model to be judged."""

from dataclasses import replace

import numpy as np
import pytest

from automl.predictor import Predictor
from automl.search import Brake
from automl.selection import limits
from automl.selection import pick as module
from automl.selection.pick import Pick, pick, slowness
from automl.selection.refit import condense, unrefitted
from automl.types import TrainRequest
from tests.unit.automl.found import OPEN, REQUEST, Searched, search


@pytest.fixture(scope="module")
def searched() -> Searched:
    return search()


def picked(searched: Searched, request: TrainRequest = REQUEST) -> Pick:
    return pick(searched.problem, searched.parts, searched.features, request, searched.found, brake=OPEN)


def test_one_model_of_all_rows_for_each_trial_where_more_cost_too_much(searched: Searched) -> None:
    free = picked(searched)
    held = picked(searched, replace(REQUEST, max_bundle_mb=0.6 * free.options[0].cost.bytes / 1e6))
    assert (held.options[0].name, held.blend.once) == ("held", True)
    assert all(len(member.models) == 1 for member in held.predictor.members)
    np.testing.assert_array_equal(held.blend.outputs, held.options[0].blend.outputs)
    answers = [each.predictor.outputs(searched.parts.holdout)[:, 1] for each in (free, held)]
    assert np.corrcoef(answers)[0, 1] > 0.8


def test_what_nobody_asked_to_be_small_is_judged_by_its_fold_models(
    searched: Searched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MODELS_MS", 0.6 * picked(searched).options[0].cost.ms)
    found = picked(searched)
    assert (found.options[0].name, found.options[0].once, found.blend.once) == ("held", True, True)
    assert {len(member.models) for member in found.predictor.members} == {5}
    served = unrefitted(REQUEST, found.blend, found.predictor)
    assert {len(member.models) for member in served.members} == {1}, "where there is no time for a refit"
    unfitted = picked(searched, replace(REQUEST, refit=False))
    assert {len(member.models) for member in unfitted.predictor.members} == {1}


def test_without_time_one_fold_model_takes_the_place(searched: Searched) -> None:
    free = picked(searched)
    hurried = condense(searched.features, free.blend, Brake.after(0))
    for left, whole in zip(hurried.outcomes, free.blend.outcomes, strict=True):
        assert left.folds == whole.folds[-1:]


def test_a_limited_model_without_a_refit_has_no_more_models_than_with_one(searched: Searched) -> None:
    free = picked(searched)
    limited = replace(REQUEST, max_bundle_mb=1.0)
    assert unrefitted(REQUEST, free.blend, free.predictor) is free.predictor
    assert unrefitted(replace(limited, refit=False), free.blend, free.predictor) is free.predictor
    counts = {len(member.models) for member in unrefitted(limited, free.blend, free.predictor).members}
    assert counts <= {1, 2}


def test_what_proves_slower_is_chosen_anew(searched: Searched, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine that takes ten times as long as was foreseen."""
    foreseen = picked(searched).options[0].cost.ms
    asked: list[int] = []

    def measured(predictor: Predictor) -> float:
        asked.append(sum(len(member.models) for member in predictor.members))
        return foreseen * 10 * asked[-1] / asked[0]

    monkeypatch.setattr(module, "row_ms", measured)
    request = replace(REQUEST, max_trials=None, max_predict_ms=foreseen * 4)
    found = picked(searched, request)
    assert len(asked) > 1
    assert asked[-1] < asked[0]
    assert found.options[0].cost.ms <= foreseen * 4
    assert picked(searched, replace(request, max_trials=7)).options[0].name == "blend", "no clock decides there"


def test_a_row_that_takes_too_long_is_told(searched: Searched) -> None:
    found = picked(searched)
    timed = replace(REQUEST, max_trials=None, max_predict_ms=1.0)
    assert slowness(found, timed, 0.9) == []
    assert "takes 1.5 ms, more than the 1 ms" in slowness(found, timed, 1.5)[0]
    assert slowness(found, replace(timed, max_predict_ms=None), 100.0) == []
    assert slowness(found, replace(timed, max_trials=7), 1.5) == [], "what was foreseen counts there"
