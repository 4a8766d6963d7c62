import numpy as np
import pytest
import sklearn.metrics as sk

from automl.evaluation.curves import calibration, class_curves, regression_curves


def test_curves_hold_the_points_that_scikit_learn_finds() -> None:
    rng = np.random.default_rng(0)
    positive, probability = rng.random(100) < 0.3, rng.random(100)
    curves = class_curves(positive, probability)
    precision, recall, thresholds = sk.precision_recall_curve(positive, probability)
    drawn = curves["precision_recall"]
    np.testing.assert_allclose(drawn["threshold"], thresholds[::-1])
    np.testing.assert_allclose(drawn["precision"], precision[:-1][::-1])
    np.testing.assert_allclose(drawn["recall"], recall[:-1][::-1])
    false, true, _ = sk.roc_curve(positive, probability, drop_intermediate=False)
    np.testing.assert_allclose(curves["roc"]["false_positive_rate"], false)
    np.testing.assert_allclose(curves["roc"]["true_positive_rate"], true)


def test_curves_of_many_rows_are_thinned_and_reach_both_ends() -> None:
    rng = np.random.default_rng(1)
    curves = class_curves(rng.random(9000) < 0.5, rng.random(9000))
    roc, drawn = curves["roc"], curves["precision_recall"]
    assert len(roc["true_positive_rate"]) == 200
    assert len(drawn["recall"]) == 199
    assert (roc["false_positive_rate"][0], roc["false_positive_rate"][-1]) == (0.0, 1.0)
    assert (roc["true_positive_rate"][-1], drawn["recall"][-1]) == (1.0, 1.0)


@pytest.mark.parametrize("positive", [True, False])
def test_one_class_or_one_row_draws_without_complaint(positive: bool) -> None:  # noqa: FBT001 - a case
    curves = class_curves(np.array([positive]), np.array([1.0]))
    assert curves["precision_recall"]["precision"] == [float(positive)]
    assert curves["calibration"] == [{"predicted": 1.0, "observed": float(positive), "rows": 1}]


def test_calibration_leaves_empty_bins_out() -> None:
    bins = calibration(np.array([True, False, True]), np.array([0.05, 0.09, 0.95]))
    assert bins == [
        {"predicted": pytest.approx(0.07), "observed": 0.5, "rows": 2},
        {"predicted": pytest.approx(0.95), "observed": 1.0, "rows": 1},
    ]


def test_regression_shows_residuals_and_a_sample() -> None:
    target = np.arange(1000.0)
    curves = regression_curves(target, target - 2)
    assert {row["value"] for row in curves["residuals"]} == {2.0}
    assert len(curves["scatter"]["actual"]) == len(curves["scatter"]["predicted"]) == 200
