"""Intervals: what they hold, and how often they hold the truth."""

from dataclasses import replace
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from automl.bootstrap import Resamples
from automl.evaluation.evaluate import evaluate, measure_all
from automl.evaluation.figures import Figure, support
from automl.evaluation.intervals import Scale, interval
from automl.evaluation.judged import Judged
from automl.evaluation.paired import compare

ENDS: dict[Scale, tuple[float, float]] = {
    "share": (0, 1), "signed": (-1, 1), "loss": (0, np.inf), "fit": (-np.inf, 1),
    "value": (-np.inf, np.inf), "excess": (0, np.inf),
}  # fmt: skip


@given(st.sampled_from(get_args(Scale)), st.floats(0, 1), st.floats(0, 1), st.integers(2, 1000), st.floats(0, 1))
def test_it_holds_the_value_and_keeps_within_what_can_be(
    scale: Scale, value: float, deviation: float, rows: int, chance: float
) -> None:
    low, high = interval(scale, value, deviation, rows=rows, chance=chance) or (0, 0)
    least, most = ENDS[scale]
    assert least <= low <= value + 1e-12
    assert value - 1e-12 <= high <= most


def test_all_of_a_hundred_is_not_certain() -> None:
    # Clopper and Pearson's interval for 100 of 100.
    assert interval("share", 1.0, 0.0, rows=100) == pytest.approx((0.9638, 1.0), abs=1e-4)
    assert interval("share", 0.0, 0.0, rows=100) == pytest.approx((0.0, 0.0362), abs=1e-4)


def test_of_one_row_nothing_is_known() -> None:
    assert interval("share", 0.5, 0.1, rows=1) is None
    assert interval("loss", float("inf"), 0.1, rows=9) is None
    assert interval("loss", 1.0, float("nan"), rows=9) is None


def binary(rng: np.random.Generator, positives: int, negatives: int, sharpness: float = 1.0) -> Judged:
    """Rows of a model whose probabilities are right where `sharpness` is 1."""
    target = np.repeat([1, 0], [positives, negatives])
    x = rng.normal(size=len(target)) + 1.5 * target
    p = expit(sharpness * (1.5 * x - 1.125 + np.log(positives / negatives)))
    return Judged(
        task="binary", classes=["n", "y"], target=target, outputs=np.c_[1 - p, p], predicted=(p > 0.25).astype(np.int64)
    )


def multiclass(rng: np.random.Generator, rows: int) -> Judged:
    target = np.repeat([0, 1, 2], [rows // 2, rows // 3, rows - rows // 2 - rows // 3])
    raw = np.exp(rng.normal(size=(len(target), 3)) + 1.5 * np.eye(3)[target])
    outputs = raw / raw.sum(axis=1, keepdims=True)
    return Judged(
        task="multiclass",
        classes=[1, 2, 3],
        ordered=True,
        target=target,
        outputs=outputs,
        predicted=outputs.argmax(axis=1),
    )


def rare(rng: np.random.Generator, rows: int) -> Judged:
    """Two large classes, and one of three rows that is found in one case of four."""
    target = np.repeat([0, 1, 2], [3, rows, rows])
    right = rng.random(len(target)) < np.array([0.25, 0.8, 0.9])[target]
    predicted = np.where(right, target, (target + 1) % 3)
    outputs = np.where(np.arange(3) == predicted[:, None], 0.8, 0.1)
    return Judged(task="multiclass", classes=[1, 2, 3], target=target, outputs=outputs, predicted=predicted)


@pytest.mark.slow
def test_a_mean_over_classes_is_not_sure_of_one_with_three_rows() -> None:
    rng = np.random.default_rng(0)
    truth = {"balanced_accuracy": (0.25 + 0.8 + 0.9) / 3, "g_mean": (0.25 * 0.8 * 0.9) ** (1 / 3)}
    held: dict[str, list[bool]] = {name: [] for name in truth}
    for time in range(250):
        measured, _ = measure_all(rare(rng, 500), seed=time)
        for name, value in truth.items():
            found = measured[Figure(name)]
            held[name].append(found["low"] <= value <= found["high"])
    assert all(np.mean(each) > 0.9 for each in held.values())


def test_what_was_never_found_may_still_be_found() -> None:
    rng = np.random.default_rng(3)
    judged = rare(rng, 500)
    lost = replace(judged, predicted=np.where(judged.target == 0, 1, judged.target))
    measured, _ = measure_all(lost, seed=0)
    assert measured[Figure("recall", 0)]["high"] == pytest.approx(0.708, abs=1e-3)
    assert measured[Figure("g_mean")] == {"value": 0.0, "low": 0.0, "high": pytest.approx(0.708 ** (1 / 3), abs=1e-3)}
    balanced = measured[Figure("balanced_accuracy")]
    assert balanced["value"] == pytest.approx(2 / 3)
    assert balanced["high"] - balanced["low"] > 0.1


def regression(rng: np.random.Generator, rows: int) -> Judged:
    target = rng.normal(size=rows)
    outputs = target + rng.standard_t(5, rows)
    return Judged(task="regression", target=target, outputs=outputs, predicted=outputs)


def held(make: Any, rows: int, times: int = 250, figures: tuple[Figure, ...] = ()) -> dict[str, float]:
    """How often the intervals of random rows hold what very many rows show, of all figures or of some."""
    rng = np.random.default_rng(0)
    truth, _ = measure_all(make(rng, 400 * rows), over=lambda: True, seed=0)
    held: dict[str, list[bool]] = {}
    for time in range(times):
        measured, _ = measure_all(make(rng, rows), seed=time)
        for figure, found in measured.items():
            if figures and figure not in figures:
                continue
            value = truth[figure]["value"]
            held.setdefault(f"{figure.name} {figure.of}", []).append(found["low"] <= value <= found["high"])
    return {name: float(np.mean(each)) for name, each in held.items()}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "rows", "least"),
    [
        (lambda rng, rows: binary(rng, rows // 10, rows - rows // 10), 100, 0.9),
        (lambda rng, rows: binary(rng, rows // 5, rows - rows // 5), 300, 0.92),
        (lambda rng, rows: binary(rng, rows // 5, rows - rows // 5, 2.0), 300, 0.92),
        (multiclass, 300, 0.92),
        (regression, 300, 0.9),
    ],
)
def test_intervals_cover_what_they_claim(make: Any, rows: int, least: float) -> None:
    """250 times 95 % is 93 to 97 % with a standard error of 1.4 %."""
    covered = held(make, rows)
    assert {name: share for name, share in covered.items() if share < least} == {}
    assert np.mean(list(covered.values())) == pytest.approx(0.95, abs=0.03)


def grouped(rng: np.random.Generator, rows: int) -> Judged:
    """Twenty rows a group, which are alike: all but easy, or all but hard."""
    groups = np.repeat(np.arange(rows // 20), 20)
    offset = np.exp(0.3 * rng.normal(size=groups.max() + 1))[groups]
    target = rng.normal(size=rows)
    outputs = target + offset * rng.normal(size=rows) + rng.normal(size=groups.max() + 1)[groups]
    return Judged(task="regression", target=target, outputs=outputs, predicted=outputs, groups=groups)


@pytest.mark.slow
def test_intervals_know_that_rows_of_a_group_go_together() -> None:
    figures = (Figure("rmse"), Figure("mae"), Figure("residual", 0.5), Figure("absolute_error", 0.5))
    covered = held(grouped, 800, figures=figures)
    assert min(covered.values()) > 0.9, covered
    apart = held(lambda rng, rows: replace(grouped(rng, rows), groups=None), 800, figures=figures)
    assert max(apart.values()) < 0.8, apart


@pytest.mark.slow
def test_some_groups_stand_for_very_many() -> None:
    """Two rows a group, of which a tenth are drawn from: deviations are those of all."""
    rng = np.random.default_rng(1)
    groups = np.repeat(np.arange(20_000), 2)
    values = np.repeat(rng.normal(size=20_000), 2) + rng.normal(size=40_000)
    found = []
    for most in (40_000, 4_000):
        drawn = Resamples(np.zeros(40_000, np.int64), seed=0, most=most, groups=groups)
        means = [np.average(values[drawn.rows], weights=drawn.draw()) for _ in range(400)]
        found.append(np.std(means))
    assert found[1] == pytest.approx(found[0], rel=0.15)
    assert found[0] == pytest.approx(np.sqrt(1.5 / 20_000), rel=0.15)


def test_what_rests_on_groups_is_told_by_their_number() -> None:
    rng = np.random.default_rng(0)
    judged = replace(binary(rng, 40, 160), groups=np.arange(200) // 20)
    figures = (Figure("accuracy"), Figure("f1"), Figure("recall", 0))
    assert [support(judged, figure) for figure in figures] == [10, 2, 8]
    assert evaluate(judged, seed=0)["intervals"]["method"] == "bootstrap of whole groups"
    lone = replace(judged, groups=np.zeros(200, np.int64))
    assert measure_all(lone, seed=0)[0][Figure("accuracy")]["low"] is None, "of one group nothing is known"


@pytest.mark.slow
@pytest.mark.parametrize("metric", ["average_precision", "roc_auc", "f1", "log_loss"])
def test_equal_models_differ_by_chance_in_one_of_twenty_cases(metric: Any) -> None:
    rng = np.random.default_rng(1)

    def noisy(judged: Judged) -> Judged:
        logit = np.log(judged.outputs[:, 1] / judged.outputs[:, 0]) + rng.normal(size=judged.rows)
        p = expit(logit)
        return judged.answered(np.c_[1 - p, p], (p > 0.25).astype(np.int64))

    found = []
    for time in range(300):
        rows = binary(rng, 40, 160)
        found.append(compare(metric, noisy(rows), noisy(rows), seed=time)["p_value"] < 0.05)
    assert np.mean(found) == pytest.approx(0.05, abs=0.035)
