"""What the report says of calibration: what was tried out of fold, and what the chosen one did to the holdout."""

from automl.decisions.calibrating import Calibration
from automl.evaluation.figures import CALIBRATION_ERROR
from automl.evaluation.judged import Judged
from automl.evaluation.reliability import binned, calibration_error
from automl.metrics import prepare
from automl.types import Floats, Json


def tell_calibration(calibration: Calibration, asked: str, holdout: Judged, said: Floats) -> dict[str, Json] | None:
    """None for regression.

    Args:
        calibration: of the model.
        asked: by the request.
        holdout: as the calibrated model answers it.
        said: what it would answer without.
    """
    if holdout.task == "regression":
        return None
    chosen = calibration.calibrator
    before, after = (_errors(each) for each in (holdout.answered(said, holdout.predicted), holdout))
    return {
        "asked": asked,
        "method": chosen and chosen.method,
        "tried": [dict(entry) for entry in calibration.tried],
        "why": calibration.why,
        "holdout": {name: {"before": before[name], "after": after[name]} for name in before},
    }


def _errors(judged: Judged) -> dict[str, float]:
    return {
        "log_loss": prepare("log_loss", judged.target, judged.outputs)(judged.weights),
        CALIBRATION_ERROR: calibration_error(binned(judged), judged.weights),
    }
