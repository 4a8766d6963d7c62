import numpy as np
import pytest
from scipy.special import softmax

from automl.decisions.criteria import WORTH, Tallies, cost_matrix
from automl.decisions.offsets import _Rows, shifted, tune_offsets
from automl.types import Aim, Criterion, Floats


def rows(count: int, seed: int = 0) -> tuple[np.ndarray, Floats]:
    """Of a model that is right about how rare its last class is."""
    rng = np.random.default_rng(seed)
    shares = np.array([0.6, 0.3, 0.1])
    target = rng.choice(3, count, p=shares)
    return target, softmax(rng.normal(size=(count, 3)) + 1.5 * np.eye(3)[target] + np.log(shares), axis=1)


def worth(target: np.ndarray, called: np.ndarray, aim: Aim, costs: Floats) -> float:
    return float(WORTH[aim](Tallies.of(target, called, None, costs))[0])


@pytest.mark.parametrize("aim", ["balanced_accuracy", "g_mean", "f1_macro", "kappa_quadratic", "mcc"])
def test_rows_that_were_not_tuned_on_are_called_better(aim: Aim) -> None:
    target, outputs = rows(3000)
    costs = cost_matrix(Criterion(aim), [0, 1, 2])
    offsets = tune_offsets(target, outputs, np.ones(3000), aim, costs)
    assert sum(offsets) == pytest.approx(0)
    others, said = rows(20_000, 1)
    plain = worth(others, said.argmax(axis=1), aim, costs)
    assert worth(others, shifted(said, offsets), aim, costs) > plain
    if aim in ("balanced_accuracy", "g_mean"):
        assert offsets[2] > offsets[1] > offsets[0], "the rarer, the more"


def test_costs_make_the_dear_class_likelier() -> None:
    target, outputs = rows(3000)
    dear = {"c": {"a": 50.0, "b": 50.0}, "a": {"b": 1.0, "c": 1.0}, "b": {"a": 1.0, "c": 1.0}}
    costs = cost_matrix(Criterion("cost", costs=dear), ["a", "b", "c"])
    offsets = tune_offsets(target, outputs, np.ones(3000), "cost", costs)
    others, said = rows(20_000, 1)
    assert worth(others, shifted(said, offsets), "cost", costs) > 2 * worth(others, said.argmax(axis=1), "cost", costs)
    assert offsets[2] > 1


def test_what_does_not_help_is_left() -> None:
    none = np.zeros((3, 3))
    found = [tune_offsets(*rows(300, seed), np.ones(300), "accuracy", none) for seed in range(10)]
    assert found.count((0.0, 0.0, 0.0)) >= 5
    others, said = rows(20_000, 50)
    worths = [worth(others, shifted(said, offsets), "accuracy", none) for offsets in found]
    assert min(worths) > worth(others, said.argmax(axis=1), "accuracy", none) - 0.02
    _, outputs = rows(300)
    assert shifted(outputs, (0.0, 0.0, 0.0)).tolist() == outputs.argmax(axis=1).tolist()


def test_each_place_tallies_what_calling_so_would() -> None:
    target, outputs = rows(200)
    costs = np.arange(9.0).reshape(3, 3)
    weights = np.random.default_rng(3).random(200)
    offsets = np.array([0.3, -0.2, 0.0])
    cuts, tallies = _Rows(target, np.log(outputs), weights, "cost", costs).along(offsets, 1)
    assert len(cuts) > 50
    for place, cut in enumerate(cuts):
        called = shifted(outputs, [0.3, cut, 0.0])
        expected = Tallies.of(target, called, weights, costs)
        np.testing.assert_allclose(tallies.called[place], expected.called[0], atol=1e-9)
        np.testing.assert_allclose(tallies.right[place], expected.right[0], atol=1e-9)
        assert tallies.lost[place] == pytest.approx(expected.lost[0])


def test_a_class_without_rows_and_probabilities_of_zero_are_no_trouble() -> None:
    outputs = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]] * 20)
    target = np.array([0, 1] * 20)
    offsets = tune_offsets(target, outputs, np.ones(40), "f1_macro", np.zeros((3, 3)))
    assert np.isfinite(offsets).all()


def test_groups_that_were_tuned_on_are_not_tried_on() -> None:
    """Of a model whose likeliest class is best, rows of a group fall alike, so that offsets seem to help them."""
    moved = {False: 0, True: 0}
    for seed in range(30):
        rng = np.random.default_rng(seed)
        groups = np.repeat(np.arange(20), 60)
        outputs = softmax(rng.normal(scale=0.7, size=(1200, 3)), axis=1)
        drawn = np.where(rng.random(1200) < 0.6, rng.random(20)[groups], rng.random(1200))
        target = (drawn[:, None] > outputs.cumsum(axis=1)).sum(axis=1).clip(0, 2)
        order = rng.permutation(1200)
        for grouped in moved:
            known = groups[order] if grouped else None
            even = np.ones(1200), "accuracy", np.zeros((3, 3))
            moved[grouped] += any(tune_offsets(target[order], outputs[order], *even, groups=known))
    assert moved[True] < moved[False]
    alone = np.zeros(1200, dtype=np.int64)
    assert not any(tune_offsets(target, outputs, np.ones(1200), "accuracy", np.zeros((3, 3)), groups=alone))
