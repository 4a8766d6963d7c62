import json
from typing import Any

import numpy as np
import pytest
import sklearn.metrics as sk

from automl.evaluation.curves import curves
from automl.evaluation.judged import Judged
from automl.ranking import spread
from automl.types import Floats


def judged(positive: Any, probability: Any, weights: Floats | None = None) -> Judged:
    p = np.asarray(probability, dtype=np.float64)
    return Judged(
        task="binary",
        classes=["n", "y"],
        target=np.asarray(positive).astype(np.int64),
        outputs=np.c_[1 - p, p],
        predicted=(p > 0.5).astype(np.int64),
        weights=weights,
    )


@pytest.mark.parametrize("weighted", [True, False])
def test_curves_hold_the_points_that_scikit_learn_finds(weighted: bool) -> None:  # noqa: FBT001 - a case
    rng = np.random.default_rng(0)
    positive, probability = rng.random(100) < 0.3, rng.random(100)
    weights = rng.random(100) if weighted else None
    drawn = curves(judged(positive, probability, weights))
    precision, recall, thresholds = sk.precision_recall_curve(positive, probability, sample_weight=weights)
    np.testing.assert_allclose(drawn["precision_recall"]["threshold"], thresholds[::-1])
    np.testing.assert_allclose(drawn["precision_recall"]["precision"], precision[:-1][::-1])
    np.testing.assert_allclose(drawn["precision_recall"]["recall"], recall[:-1][::-1])
    expected = sk.average_precision_score(positive, probability, sample_weight=weights)
    assert drawn["precision_recall"]["average_precision"] == pytest.approx(expected)
    false, true, _ = sk.roc_curve(positive, probability, drop_intermediate=False, sample_weight=weights)
    np.testing.assert_allclose(drawn["roc"]["false_positive_rate"], false)
    np.testing.assert_allclose(drawn["roc"]["true_positive_rate"], true)
    expected = sk.roc_auc_score(positive, probability, sample_weight=weights)
    assert drawn["roc"]["area"] == pytest.approx(expected)


def test_gain_and_lift_tell_what_flagging_so_many_finds() -> None:
    drawn = curves(judged([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.1]))
    assert drawn["precision_recall"]["baseline"] == 0.5
    assert drawn["gain"] == {
        "flagged_share": [0.25, 0.5, 0.75, 1.0],
        "recall": [0.5, 0.5, 1.0, 1.0],
        "lift": [2.0, 1.0, pytest.approx(4 / 3), 1.0],
    }


def test_curves_of_many_rows_are_thinned_and_reach_both_ends() -> None:
    rng = np.random.default_rng(1)
    drawn = curves(judged(rng.random(9000) < 0.5, rng.random(9000)))
    for name, across in (("roc", "false_positive_rate"), ("precision_recall", "recall"), ("gain", "recall")):
        assert 100 < len(drawn[name][across]) <= 201
        assert drawn[name][across][-1] == 1.0
    assert drawn["roc"]["true_positive_rate"][0] == 0.0


def test_points_of_a_rare_class_are_as_even_in_what_is_found() -> None:
    rng = np.random.default_rng(2)
    positive = np.arange(100_000) < 100
    hits, misses = judged(positive, (rng.random(100_000) + positive) / 2).rankings[0].counts()
    kept = spread(hits, misses, 200)
    assert (kept[0], kept[-1]) == (0, len(hits) - 1)
    assert len(kept) <= 200
    assert np.diff(hits[kept]).max() <= 2


@pytest.mark.parametrize("positive", [True, False])
def test_one_class_or_one_row_draws_without_complaint(positive: bool) -> None:  # noqa: FBT001 - a case
    drawn = curves(judged([positive], [1.0]))
    assert drawn["precision_recall"]["precision"] == [float(positive)]
    assert drawn["gain"]["lift"] == [float(positive)]
    json.dumps(drawn, allow_nan=False)


def test_rows_of_no_weight_draw_without_complaint() -> None:
    drawn = curves(judged([1, 0, 1], [0.9, 0.5, 0.1], np.array([0.0, 1.0, 1.0])))
    assert drawn["precision_recall"]["precision"] == [0.0, 0.0, 0.5]
    json.dumps(drawn, allow_nan=False)


def test_of_many_classes_the_twenty_most_frequent_are_drawn() -> None:
    rng = np.random.default_rng(3)
    target = np.append(np.arange(25), rng.integers(0, 20, 2000))
    outputs = rng.dirichlet(np.ones(25), 2025)
    many = Judged(
        task="multiclass", classes=list(range(25)), target=target, outputs=outputs, predicted=outputs.argmax(axis=1)
    )
    drawn = curves(many)["classes"]
    assert {curve["label"] for curve in drawn} == set(range(20))
    assert all(len(curve["roc"]["true_positive_rate"]) <= 61 for curve in drawn)


def test_of_values_a_sample_is_drawn() -> None:
    target = np.arange(1000.0)
    drawn = curves(Judged(task="regression", target=target, outputs=target - 2, predicted=target - 2))
    assert len(drawn["scatter"]["actual"]) == len(drawn["scatter"]["predicted"]) == 200
