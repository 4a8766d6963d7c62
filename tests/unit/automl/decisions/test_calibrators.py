import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from automl.decisions.calibrationfits import FITS, Sample
from automl.decisions.calibrators import Isotonic, calibrator_from_json
from automl.metrics import measure
from automl.types import CalibrationMethod, Floats, Json

SCALING = {"slope": 2.0, "shifts": [0.5, -0.5]}
CURVE = {"raw": [0.0, 0.5, 1.0], "true": [0.1, 0.2, 0.9]}


def sample(rows: int, seed: int, digits: int = 9, classes: int = 2) -> Sample:
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=(rows, classes)) * 2
    outputs = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    outputs = outputs.round(digits) if classes == 2 else outputs
    target = (outputs.cumsum(axis=1) > rng.random((rows, 1))).argmax(axis=1)
    target[:classes] = np.arange(classes)
    return Sample(target, outputs, rng.random(rows) + 0.1)


@pytest.mark.parametrize("method", FITS)
@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 300), st.integers(1, 9))
def test_of_two_classes_nobody_changes_places(method: CalibrationMethod, seed: int, rows: int, digits: int) -> None:
    """Isotonic steps would make ties; average precision and ROC AUC stay as they are to rounding."""
    given_ = sample(rows, seed, digits)
    calibrated = FITS[method](given_).apply(given_.outputs)
    assert len(np.unique(calibrated[:, 1])) == len(np.unique(given_.outputs[:, 1]))
    for metric in ("average_precision", "roc_auc"):
        before, after = (measure(metric, given_.target, said) for said in (given_.outputs, calibrated))
        assert after == pytest.approx(before, abs=1e-12)


@pytest.mark.parametrize("method", FITS)
@pytest.mark.parametrize("classes", [2, 4])
def test_json_gives_back_one_that_answers_alike(method: CalibrationMethod, classes: int) -> None:
    given_ = sample(400, 1, classes=classes)
    fitted = FITS[method](given_)
    again = calibrator_from_json(json.loads(json.dumps(fitted.to_json())), classes)
    assert again == fitted
    assert again.method == method
    outputs = fitted.apply(given_.outputs)
    np.testing.assert_array_equal(again.apply(given_.outputs), outputs)
    np.testing.assert_allclose(outputs.sum(axis=1), 1.0)
    assert ((outputs > 0) & (outputs < 1)).all()


@pytest.mark.parametrize("method", FITS)
def test_a_row_alone_is_answered_as_among_others(method: CalibrationMethod) -> None:
    given_ = sample(50, 2, classes=3)
    fitted = FITS[method](given_)
    for row in range(5):
        alone = fitted.apply(given_.outputs[[row]])
        np.testing.assert_array_equal(alone[0], fitted.apply(given_.outputs)[row])


def test_certainty_is_taken_back() -> None:
    """Probabilities of 0 and 1 are calibrated, too."""
    outputs: Floats = np.array([[1.0, 0.0], [0.0, 1.0]] * 50)
    target = np.array([0, 1] * 40 + [1, 0] * 10)
    for fit in FITS.values():
        calibrated = fit(Sample(target, outputs, np.ones(100))).apply(outputs)
        assert calibrated[1, 1] == pytest.approx(0.8, abs=0.15)
        assert np.isfinite(calibrated).all()


def test_isotonic_is_scikit_learns_at_the_middle_of_each_step() -> None:
    from sklearn.isotonic import IsotonicRegression  # noqa: PLC0415 - only here

    given_ = sample(300, 3)
    fitted = FITS["isotonic"](given_)
    assert isinstance(fitted, Isotonic)
    p = given_.outputs[:, 1]
    steps = IsotonicRegression().fit(p, given_.target, sample_weight=given_.weights).predict(p)
    inner = np.clip(np.unique(steps), 1 / 302, 301 / 302)
    np.testing.assert_allclose(fitted.curves[0].true[1:-1], inner, atol=1e-9)
    for raw, true in zip(fitted.curves[0].raw[1:-1], inner, strict=True):
        members = p[np.isclose(np.clip(steps, 1 / 302, 301 / 302), true, atol=1e-9)]
        assert members.min() - 1e-12 <= raw <= members.max() + 1e-12


def test_platt_is_a_logistic_regression_on_the_logit() -> None:
    rng = np.random.default_rng(4)
    logit = rng.normal(size=20_000)
    target = (rng.random(20_000) < expit(0.5 * logit - 1)).astype(np.int64)
    p = expit(logit)
    fitted = FITS["platt"](Sample(target, np.c_[1 - p, p], np.ones(20_000)))
    expected = expit(0.5 * np.array([-2.0, 0.0, 2.0]) - 1)
    q = expit(np.array([-2.0, 0.0, 2.0]))
    np.testing.assert_allclose(fitted.apply(np.c_[1 - q, q])[:, 1], expected, atol=0.015)


@pytest.mark.parametrize(
    "document",
    [
        None,
        {},
        {"slope": 1.0},
        {**SCALING, "slope": 0.0},
        {**SCALING, "slope": 1e9},
        {**SCALING, "slope": 1},
        {**SCALING, "slope": float("nan")},
        {**SCALING, "shifts": [0.5]},
        {**SCALING, "shifts": [0.5, 1e9]},
        {**SCALING, "shifts": [0.5, float("inf")]},
        {**SCALING, "shifts": "no"},
        {"curves": []},
        {"curves": [CURVE, CURVE]},
        {"curves": [{**CURVE, "raw": [0.0, 1.0]}]},
        {"curves": [{**CURVE, "raw": [0.1, 0.5, 1.0]}]},
        {"curves": [{**CURVE, "raw": [0.0, 0.0, 1.0]}]},
        {"curves": [{**CURVE, "true": [0.1, 0.1, 0.9]}]},
        {"curves": [{**CURVE, "true": [0.0, 0.1, 0.9]}]},
        {"curves": [{**CURVE, "true": [0.1, 0.2, 1.0]}]},
        {"curves": [{"raw": [i / 300 for i in range(301)], "true": [(i + 1) / 400 for i in range(301)]}]},
        {"curves": [[0.0, 1.0]]},
        {"curves": {"raw": 1}},
    ],
)
def test_what_no_fit_has_written_is_refused(document: Json) -> None:
    with pytest.raises(ValueError, match=r"must|not|no known"):
        calibrator_from_json(document, 2)
