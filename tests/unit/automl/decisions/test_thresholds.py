import numpy as np
import pytest
import sklearn.metrics as sk
from hypothesis import given, settings
from hypothesis import strategies as st

from automl.decisions.criteria import cost_matrix
from automl.decisions.thresholds import Points
from automl.types import Aim, Criterion, Floats

SCIKIT = {
    "f1": lambda target, labels, w: sk.f1_score(target, labels, zero_division=0.0, sample_weight=w),
    "kappa": lambda target, labels, w: sk.cohen_kappa_score(target, labels, sample_weight=w),
    "mcc": lambda target, labels, w: sk.matthews_corrcoef(target, labels, sample_weight=w),
    "balanced_accuracy": lambda target, labels, w: sk.balanced_accuracy_score(target, labels, sample_weight=w),
    "accuracy": lambda target, labels, w: sk.accuracy_score(target, labels, sample_weight=w),
    "cost": lambda target, labels, w: -np.average(np.where(target == 1, 7 * ~labels, labels), weights=w),
}
COSTS = {"1": {"0": 7.0}, "0": {"1": 1.0}}
NONE = np.zeros((2, 2))


def tuned(target: object, probability: object, by: Aim = "f1", at: float | None = None) -> tuple[float, bool]:
    return Points.of(np.array(target), np.array(probability)).tuned(Criterion(by, at), NONE)


def rows(seed: int, digits: int, count: int = 40) -> tuple[np.ndarray, Floats, Floats]:
    rng = np.random.default_rng(seed)
    target = np.concatenate([[0, 1], rng.integers(0, 2, count)])
    return target, rng.random(count + 2).round(digits), rng.random(count + 2)


@pytest.mark.parametrize("aim", sorted(SCIKIT))
@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), digits=st.integers(1, 6))
def test_no_threshold_is_better(aim: Aim, seed: int, digits: int) -> None:
    target, probability, weights = rows(seed, digits)
    criterion = Criterion(aim, costs=COSTS if aim == "cost" else None)
    threshold, met = Points.of(target, probability, weights).tuned(criterion, cost_matrix(criterion, [0, 1]))
    score = SCIKIT[aim](target, probability >= threshold, weights)
    assert met
    for cut in [*np.unique(probability), 2.0]:
        assert SCIKIT[aim](target, probability >= cut, weights) <= score + 1e-12


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.floats(0, 1), st.sampled_from(["precision", "recall"]))
def test_what_is_demanded_is_held_where_it_can_be(seed: int, digits: int, least: float, by: Aim) -> None:
    target, probability, weights = rows(seed, digits)
    threshold, met = Points.of(target, probability, weights).tuned(Criterion(by, least), NONE)

    def figures(cut: float) -> tuple[float, float]:
        flagged = probability >= cut
        held = sk.precision_score(target, flagged, zero_division=0.0, sample_weight=weights)
        wanted = sk.recall_score(target, flagged, sample_weight=weights)
        return (held, wanted) if by == "precision" else (wanted, held)

    enough = min(5, target.sum())
    every = [figures(cut) for cut in np.unique(probability) if (probability >= cut).sum() >= enough]
    held, wanted = figures(threshold)
    assert met == any(one >= least - 1e-12 for one, _ in every)
    if met:
        assert held >= least - 1e-9
        assert wanted == pytest.approx(max(other for one, other in every if one >= least - 1e-12))
    else:
        assert held == pytest.approx(max(one for one, _ in every))


@pytest.mark.parametrize(("positives", "flagged"), [(40, 5), (3, 3)])
def test_a_precision_rests_on_five_rows_or_on_as_many_as_are_positive(positives: int, flagged: int) -> None:
    # The likeliest row is positive and nothing below is sure: one lucky row has a precision of 1.
    probability = np.linspace(0.99, 0.01, 100)
    target = np.zeros(100, dtype=np.int64)
    target[np.r_[0, 50 : 49 + positives]] = 1
    assert Points.of(target, probability).enough == pytest.approx(probability[flagged - 1], abs=0.01)
    for points in (Points.of(target, probability, np.full(100, 0.01)), Points.of(target, probability).thinned()):
        threshold, met = points.tuned(Criterion("precision", 0.99), NONE)
        assert not met
        assert (probability >= threshold).sum() >= flagged


def test_a_precision_that_many_rows_have_is_taken_with_the_most_of_them() -> None:
    threshold, met = tuned([1] * 6 + [0] * 50 + [1] * 10, np.linspace(0.99, 0.01, 66), "precision", 0.99)
    assert met
    assert (np.linspace(0.99, 0.01, 66) >= threshold).sum() == 6


def test_rows_without_weight_are_not_enough() -> None:
    target, probability = np.array([1] * 8 + [0] * 8), np.linspace(0.95, 0.05, 16)
    weights = np.r_[np.zeros(4), np.ones(12)]
    assert Points.of(target, probability, weights).enough < probability[6]


@pytest.mark.parametrize(("most", "flagged"), [(0, 0), (99, 0), (100, 1), (250, 2), (1000, 10)])
def test_as_many_alerts_as_are_allowed(most: float, flagged: int) -> None:
    probability = np.arange(10) / 10 + 0.05
    threshold, met = tuned([0, 1] * 5, probability, "alerts", most)
    assert met
    assert (probability >= threshold).sum() == flagged


def test_never_is_possible_even_where_the_model_is_certain() -> None:
    threshold, _ = tuned([0, 1], [1.0, 1.0], "alerts", 0.0)
    assert threshold > 1


def test_the_threshold_lies_between_two_probabilities() -> None:
    assert tuned([0, 0, 1, 1], [0.1, 0.2, 0.6, 0.9]) == (pytest.approx(0.4), True)


def test_of_equally_good_thresholds_the_middle_one_is_taken() -> None:
    # Accuracy is 5/9 for flagging the first row, and for the first three, five, seven or nine.
    threshold, _ = tuned([1, 0, 1, 0, 1, 0, 1, 0, 1], np.linspace(0.9, 0.1, 9), "accuracy")
    assert threshold == pytest.approx(0.45)


def test_neighbouring_floats_are_told_apart() -> None:
    low = 0.3
    high = float(np.nextafter(low, 1))
    threshold, _ = tuned([0, 1], [low, high])
    assert low < threshold <= high


@pytest.mark.parametrize("target", [[0, 0, 0], [1, 1, 1], [1]])
@pytest.mark.parametrize("by", ["f1", "precision"])
def test_one_class_leaves_one_half(target: list[int], by: Aim) -> None:
    assert tuned(target, np.linspace(0.2, 0.8, len(target)), by, 0.9)[0] == 0.5


def test_a_few_points_stand_for_all() -> None:
    rng = np.random.default_rng(0)
    target = (rng.random(20_000) < 0.02).astype(np.int64)
    every = Points.of(target, np.clip(rng.random(20_000) * 0.7 + 0.3 * target, 0, 1))
    kept = every.thinned()
    assert 100 < len(kept.thresholds) <= 200
    assert (kept.hits[0], kept.misses[0]) == (0.0, 0.0)
    for by, at in (("f1", None), ("precision", 0.5), ("recall", 0.9), ("alerts", 20.0)):
        values = [points.tuned(Criterion(by, at), NONE)[0] for points in (every, kept)]  # type: ignore[arg-type]
        assert values[0] == pytest.approx(values[1], abs=0.03)
