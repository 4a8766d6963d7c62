"""The trials beside which a model is seen."""

from dataclasses import replace

import numpy as np
import pytest

from automl.evaluation.judged import Judged
from automl.predictor import Predictor
from automl.reporting.trials import best_member, first_two
from automl.search import Outcome
from automl.selection.assemble import assemble
from automl.selection.blend import Blend, alone
from automl.selection.settle import settle
from automl.types import Json, TrainRequest
from tests.unit.automl.found import REQUEST, Searched, search


@pytest.fixture(scope="module")
def searched() -> Searched:
    return search()


def made(searched: Searched, blend: Blend, request: TrainRequest) -> Predictor:
    settled = settle(searched.problem, searched.parts, blend, request)
    return assemble(searched.problem, searched.parts, searched.features, blend, settled)


def judged(searched: Searched, predictor: Predictor) -> Judged:
    outputs = predictor.outputs(searched.parts.holdout)
    called = (outputs[:, 1] >= (predictor.decision.threshold or 0.0 if predictor.decision else 0.0)).astype(np.int64)
    return Judged(
        task="binary",
        classes=searched.problem.classes,
        target=searched.parts.holdout_target,
        outputs=outputs,
        predicted=called,
    )


@pytest.mark.parametrize("calibration", ["none", "platt"])
def test_the_best_member_answers_as_a_model_of_it_alone_would(searched: Searched, calibration: str) -> None:
    """Also where it is not the weightiest."""
    request = replace(REQUEST, calibration=calibration)
    first, second = searched.found.pool[:2]
    outputs = 0.7 * second.outputs + 0.3 * first.outputs
    blend = Blend((second, first), (0.7, 0.3), first.rows, outputs)
    model = made(searched, blend, request)
    found = best_member(searched.problem, searched.parts, blend, model, judged(searched, model))
    expected = judged(searched, made(searched, alone(first), request))
    assert found is not None
    np.testing.assert_allclose(found.outputs, expected.outputs, atol=1e-12)
    np.testing.assert_array_equal(found.predicted, expected.predicted)


def test_a_model_of_one_trial_has_no_member_to_be_compared_with(searched: Searched) -> None:
    blend = alone(searched.found.best)
    model = made(searched, blend, REQUEST)
    assert best_member(searched.problem, searched.parts, blend, model, judged(searched, model)) is None


def with_params(outcome: Outcome, **params: Json) -> Outcome:
    return replace(outcome, trial=replace(outcome.trial, params={**outcome.trial.params, **params}))


def test_the_runner_up_is_not_the_best_one_augmented(searched: Searched) -> None:
    best, other = searched.found.pool[:2]
    twins = [with_params(best, augmentation=name, augmentation_strength=0.3) for name in ("gaussian_noise", "smote")]
    for pool in ((best, *twins, other), (twins[0], best, twins[1], other), (best, other, *twins)):
        two = first_two(replace(searched.found, pool=pool), alone(best))
        assert two is not None
        assert two[0] is best.outputs
        assert two[1] is other.outputs
    assert first_two(replace(searched.found, pool=(best, *twins)), alone(best)) is None
