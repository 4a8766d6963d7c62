import numpy as np
import pytest

from automl.decisions.calibrating import Calibration
from automl.decisions.calibrators import Scaling
from automl.evaluation.judged import Judged
from automl.evaluation.recalibrated import tell_calibration
from automl.metrics import measure


def test_the_holdout_before_and_after() -> None:
    rng = np.random.default_rng(0)
    p = rng.random(200)
    said = np.c_[1 - p, p]
    target = (rng.random(200) < p).astype(np.int64)
    calibrator = Scaling(0.5, (0.0, 0.0))
    after = calibrator.apply(said)
    holdout = Judged(
        task="binary", classes=["n", "y"], target=target, outputs=after, predicted=(p > 0.5).astype(np.int64)
    )
    told = tell_calibration(Calibration(calibrator, ({"method": "temperature", "gain": 0.1},)), "auto", holdout, said)
    assert told
    assert (told["asked"], told["method"]) == ("auto", "temperature")
    assert told["holdout"]["log_loss"] == {
        "before": pytest.approx(measure("log_loss", target, said)),
        "after": pytest.approx(measure("log_loss", target, after)),
    }
    assert (
        told["holdout"]["expected_calibration_error"]["after"] > told["holdout"]["expected_calibration_error"]["before"]
    )


def test_values_have_none() -> None:
    values = np.arange(3.0)
    judged = Judged(task="regression", target=values, outputs=values, predicted=values)
    assert tell_calibration(Calibration(), "auto", judged, values) is None
