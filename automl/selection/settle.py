"""What a blend says, made fit for use: calibrated, and with a rule by which labels are called."""

from dataclasses import dataclass

from automl.decisions.calibrating import Calibration, choose_calibrator
from automl.decisions.calibrationfits import Sample
from automl.decisions.decision import Decisions
from automl.decisions.tuning import Tuner, default_criterion
from automl.problem import Problem
from automl.selection.blend import Blend
from automl.stages import Parts, groups_of
from automl.types import TrainRequest


@dataclass(frozen=True, slots=True)
class Settled:
    """Learnt on what the blend's trials said together out of fold; nothing of it on the holdout.

    Attributes:
        calibration: of the probabilities.
        decisions: tuned on the calibrated ones; None for regression.
    """

    calibration: Calibration
    decisions: Decisions | None


def settle(problem: Problem, parts: Parts, blend: Blend, request: TrainRequest) -> Settled:
    """Calibrate and decide as the request asks."""
    if problem.task == "regression":
        return Settled(Calibration(), None)
    target, weights = parts.target[blend.rows], None if parts.weights is None else parts.weights[blend.rows]
    groups = groups_of(problem, request, parts.rows[blend.rows])
    calibration = Calibration()
    if request.calibration != "none":
        sample = Sample.of(target, blend.outputs, weights, groups)
        asked = None if request.calibration == "auto" else request.calibration
        calibration = choose_calibrator(sample, problem.metric, asked)
    tuner = Tuner(target, calibration.apply(blend.outputs), weights, problem.classes, problem.ordered, groups)
    return Settled(
        calibration, tuner.decisions(request.decision or default_criterion(problem.metric, len(problem.classes)))
    )
