import numpy as np
import pytest
from sklearn.calibration import calibration_curve as scikit_curve

from automl.evaluation.judged import Judged
from automl.evaluation.reliability import Reliability, binned, calibration_curve, calibration_error, error_by_chance


def rows(count: int = 1000) -> Reliability:
    rng = np.random.default_rng(0)
    predicted = rng.random(count)
    return Reliability.of(predicted, rng.random(count) < predicted**2)


def test_the_curve_is_scikit_learns() -> None:
    found = rows()
    true, predicted = scikit_curve(found.true, found.predicted, n_bins=10, strategy="quantile")
    curve = calibration_curve(found, None)
    assert [point["rows"] for point in curve] == [100] * 10
    np.testing.assert_allclose([point["observed"] for point in curve], true, atol=0.011)  # one row of a bin
    np.testing.assert_allclose([point["predicted"] for point in curve], predicted, atol=0.011)
    assert all(point["low"] <= point["observed"] <= point["high"] for point in curve)


def test_the_error_is_the_mean_gap() -> None:
    found = Reliability.of(np.array([0.1, 0.1, 0.9, 0.9]), np.array([False, False, True, False]))
    assert calibration_error(found, None) == pytest.approx((2 * 0.1 + 2 * 0.4) / 4)
    assert calibration_error(found, np.array([1.0, 1.0, 1.0, 0.0])) == pytest.approx((2 * 0.1 + 0.1) / 3)


def test_a_perfect_model_shows_the_error_that_chance_makes() -> None:
    rng = np.random.default_rng(1)
    predicted = rng.random(500)
    errors = [calibration_error(Reliability.of(predicted, rng.random(500) < predicted), None) for _ in range(300)]
    assert error_by_chance(Reliability.of(predicted, predicted > 0.5), None) == pytest.approx(np.mean(errors), rel=0.05)


def test_weights_count_rows_as_often_as_they_say() -> None:
    found = rows(200)
    times = np.random.default_rng(2).integers(0, 3, 200)
    again = np.repeat(np.arange(200), times)
    repeated = Reliability(found.predicted[again], found.true[again], found.bins[again])
    assert calibration_error(found, times.astype(float)) == pytest.approx(calibration_error(repeated, None))
    one, two = calibration_curve(found, times.astype(float)), calibration_curve(repeated, None)
    assert [point["observed"] for point in one] == pytest.approx([point["observed"] for point in two])


def test_what_rests_on_a_few_heavy_rows_is_known_less_well() -> None:
    found = Reliability.of(np.full(100, 0.5), np.arange(100) % 2 == 0)
    heavy = np.where(np.arange(100) < 4, 1e6, 1e-6)
    (few,), (alike,), (four,) = (
        calibration_curve(found, heavy),
        calibration_curve(found, np.full(100, 7.0)),
        calibration_curve(Reliability.of(np.full(4, 0.5), np.arange(4) % 2 == 0), None),
    )
    assert [alike] == calibration_curve(found, None)
    assert (few["low"], few["high"]) == (pytest.approx(four["low"]), pytest.approx(four["high"]))


def test_equal_probabilities_share_a_bin() -> None:
    found = Reliability.of(np.full(50, 0.3), np.arange(50) < 20)
    (point,) = calibration_curve(found, None)
    assert (point["predicted"], point["observed"], point["rows"]) == (pytest.approx(0.3), 0.4, 50)


def test_of_many_classes_the_likeliest_one_counts() -> None:
    outputs = np.array([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6]])
    judged = Judged(
        task="multiclass", classes=list("abc"), target=np.array([0, 1]), outputs=outputs, predicted=np.array([0, 2])
    )
    found = binned(judged)
    assert found.predicted.tolist() == [0.7, 0.6]
    assert found.true.tolist() == [True, False]
