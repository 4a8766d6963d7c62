import numpy as np
import pytest
import sklearn.metrics as sk

from automl.decisions.decision import Decision, Decisions, decide
from automl.decisions.figures import figures_near
from automl.decisions.thresholds import Points
from automl.decisions.tuning import Tuner, default_criterion
from automl.types import Aim, Criterion, Metric


def binary(rows: int = 2000) -> Tuner:
    rng = np.random.default_rng(0)
    target = (rng.random(rows) < 0.1).astype(np.int64)
    p = np.clip(rng.beta(1, 8, rows) + 0.4 * target * rng.random(rows), 0, 1)
    return Tuner(target, np.c_[1 - p, p], rng.random(rows), ["n", "y"])


@pytest.mark.parametrize(
    ("metric", "classes", "by"),
    [
        ("average_precision", 2, "f1"),
        ("kappa", 2, "kappa"),
        ("log_loss", 4, "likeliest"),
        ("f1_macro", 4, "f1_macro"),
        ("kappa_quadratic", 4, "kappa_quadratic"),
    ],
)
def test_what_decisions_are_tuned_for_unless_it_is_said(metric: Metric, classes: int, by: Aim) -> None:
    assert default_criterion(metric, classes) == Criterion(by)


def test_each_rule_gives_what_scikit_learn_says() -> None:
    tuner = binary()
    decision = tuner.tune(Criterion("kappa"))
    called = decide(tuner.outputs, decision)
    gives = decision.gives
    assert gives["kappa"] == pytest.approx(sk.cohen_kappa_score(tuner.target, called, sample_weight=tuner.weights))
    expected = sk.precision_score(tuner.target, called, sample_weight=tuner.weights)
    assert gives["precision"] == pytest.approx(expected)
    assert gives["alerts"] == pytest.approx(1000 * np.average(called, weights=tuner.weights))


def test_every_rule_of_two_classes_is_told_and_any_other_can_be_found() -> None:
    tuner = binary()
    decisions = tuner.decisions(Criterion("recall", 0.85))
    told = {(rule.criterion.by, rule.criterion.at) for rule in decisions.others if rule.criterion}
    assert {("f1", None), ("mcc", None), ("precision", 0.9), ("alerts", 10.0), ("likeliest", None)} <= told
    assert decisions.chosen.criterion == Criterion("recall", 0.85)
    assert decisions.chosen.gives["recall"] >= 0.85
    found = decisions.find(Criterion("precision", 0.33), tuner.classes)
    assert found
    assert tuner.gives(found)["precision"] == pytest.approx(0.33, abs=0.02)
    dear = Criterion("cost", costs={"y": {"n": 100.0}, "n": {"y": 1.0}})
    costly = decisions.find(dear, tuner.classes)
    assert costly
    assert tuner.gives(costly)["recall"] > 0.95
    assert tuner.gives(costly)["cost"] <= tuner.gives(Decision(dear, 0.5))["cost"]


def test_figures_of_the_nearest_point_are_what_it_gives_there() -> None:
    tuner = binary()
    points = Points.of(tuner.target, tuner.outputs[:, 1], tuner.weights)
    dear = Criterion("cost", costs={"y": {"n": 100.0}, "n": {"y": 1.0}})
    for threshold in (0.0, 0.113, 0.5, 1.0):
        found, near = figures_near(points, Decision(dear, threshold), tuner.classes)
        assert abs(near - threshold) == np.abs(points.thresholds - threshold).min()
        assert found == pytest.approx(tuner.gives(Decision(dear, near)))


def test_a_rule_that_is_told_is_the_one_that_is_found() -> None:
    decisions = binary(20_000).decisions(Criterion("f1"))
    assert decisions.points
    assert len(decisions.points.thresholds) < 1000, "too few to find the same rules by"
    for rule in (decisions.chosen, *decisions.others):
        assert rule.criterion
        assert decisions.find(rule.criterion, ["n", "y"]) == rule


def test_of_many_classes_those_that_are_told_can_be_found() -> None:
    rng = np.random.default_rng(1)
    target = rng.integers(0, 3, 300)
    outputs = rng.dirichlet(np.ones(3), 300) * 0.5 + 0.5 * np.eye(3)[target]
    decisions = Tuner(target, outputs, None, ["a", "b", "c"]).decisions(Criterion("mcc"))
    assert decisions.points is None
    assert decisions.find(Criterion("mcc"), ["a", "b", "c"]) == decisions.chosen
    assert decisions.find(Criterion("kappa"), ["a", "b", "c"]) in decisions.others
    assert decisions.find(Criterion("kappa_quadratic"), ["a", "b", "c"]) is None
    assert Decisions(Decision(threshold=0.3)).find(Criterion("f1"), ["a", "b"]) is None


def test_decide_takes_the_threshold_the_offsets_or_the_likeliest() -> None:
    outputs = np.array([[0.7, 0.3], [0.4, 0.6]])
    assert decide(outputs, Decision(threshold=0.3)).tolist() == [1, 1]
    assert decide(outputs, Decision(offsets=(0.0, -1.0))).tolist() == [0, 0]
    assert decide(outputs, Decision()).tolist() == decide(outputs, None).tolist() == [0, 1]
