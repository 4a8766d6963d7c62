from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit, softmax

from automl.decisions.calibrating import choose_calibrator
from automl.decisions.calibrationfits import FITS, Sample
from automl.metrics import measure


def binary(rows: int, sharpness: float, seed: int = 0) -> Sample:
    """Of a model whose logits are so many times what they should be."""
    rng = np.random.default_rng(seed)
    logit = rng.normal(size=rows) * 2 - 1
    target = (rng.random(rows) < expit(logit)).astype(np.int64)
    p = expit(sharpness * logit)
    return Sample(target, np.c_[1 - p, p], np.ones(rows))


@pytest.mark.parametrize("sharpness", [0.4, 2.5])
def test_what_is_too_sure_or_not_sure_enough_is_mended(sharpness: float) -> None:
    found = choose_calibrator(binary(3000, sharpness), "average_precision")
    assert found.calibrator
    others = binary(20_000, sharpness, 1)
    right = measure("log_loss", others.target, binary(20_000, 1.0, 1).outputs)
    before, after = (measure("log_loss", others.target, each) for each in (others.outputs, found.apply(others.outputs)))
    assert after < right + 0.1 * (before - right)


def test_of_many_classes_with_few_rows_what_is_right_is_hardly_doubted() -> None:
    """Ten classes of about thirteen rows: doubt is of a row, not of each class that it is not."""
    rng = np.random.default_rng(0)
    outputs = softmax(8 * rng.normal(size=(130, 10)), axis=1)
    target = (outputs.cumsum(axis=1) > rng.random((130, 1))).argmax(axis=1)
    sample = Sample(target, outputs, np.ones(130))
    right, calibrated = (
        measure("log_loss", target, said) for said in (outputs, FITS["temperature"](sample).apply(outputs))
    )
    assert calibrated < right + 0.1


def test_what_is_right_is_left() -> None:
    chosen = [choose_calibrator(binary(1000, 1.0, seed), "roc_auc").calibrator for seed in range(20)]
    assert sum(each is not None for each in chosen) <= 2


def test_what_was_tried_is_told() -> None:
    found = choose_calibrator(binary(2000, 2.0), "log_loss")
    assert [entry["method"] for entry in found.tried] == list(FITS)
    assert all(entry["low"] < entry["gain"] < entry["high"] for entry in found.tried)


def test_few_rows_are_left_alone() -> None:
    found = choose_calibrator(binary(99, 5.0), "log_loss", "isotonic")
    assert (found.calibrator, found.tried) == (None, ())
    np.testing.assert_array_equal(found.apply(np.eye(2)), np.eye(2))


def test_who_asks_for_a_method_gets_it() -> None:
    found = choose_calibrator(binary(500, 1.0), "log_loss", "isotonic")
    assert found.calibrator
    assert found.calibrator.method == "isotonic"


def test_of_many_classes_the_metric_of_the_run_is_not_paid_for_it() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(3000, 4)) * 1.5
    target = (softmax(logits, axis=1).cumsum(axis=1) > rng.random((3000, 1))).argmax(axis=1)
    sample = Sample(target, softmax(3 * logits, axis=1), np.ones(3000))
    for metric in ("log_loss", "average_precision_macro", "brier"):
        found = choose_calibrator(sample, metric)  # type: ignore[arg-type]
        if found.calibrator is None:
            continue
        before, after = (measure(metric, target, said) for said in (sample.outputs, found.apply(sample.outputs)))  # type: ignore[arg-type]
        assert after < before if metric in ("log_loss", "brier") else after >= before - 1e-9
    assert choose_calibrator(sample, "log_loss").calibrator


def test_rows_of_no_weight_are_not_learnt_from() -> None:
    given = binary(400, 2.0)
    weights = np.tile([1.0, 0.0], 200)
    half, counted = (
        Sample.of(given.target[::2], given.outputs[::2], None),
        Sample.of(given.target, given.outputs, weights),
    )
    assert choose_calibrator(counted, "log_loss") == choose_calibrator(half, "log_loss")


def test_very_many_rows_are_stood_for_by_some() -> None:
    rng = np.random.default_rng(0)
    target = (rng.random(60_000) < 0.01).astype(np.int64)
    sample = Sample.of(target, np.c_[np.full(60_000, 0.5), np.full(60_000, 0.5)], None)
    assert len(sample.target) == 20_000
    assert np.average(sample.target, weights=sample.weights) == pytest.approx(target.mean())


def test_rows_of_a_group_are_no_evidence_apart() -> None:
    rng = np.random.default_rng(5)
    kept = {False: 0, True: 0}
    for _ in range(12):
        groups = np.repeat(np.arange(20), 60)
        p = np.clip(0.5 + rng.normal(scale=0.25, size=20)[groups], 0.02, 0.98)
        target = (rng.random(1200) < p).astype(np.int64)  # right for all groups together, and wrong for each
        outputs = np.full((1200, 2), 0.5) + rng.normal(scale=0.1, size=20)[groups, None] * np.array([-1, 1])
        for grouped in kept:
            sample = Sample(target, outputs, np.ones(1200), groups if grouped else None)
            kept[grouped] += choose_calibrator(sample, "log_loss").calibrator is not None
    assert kept[True] < kept[False]


def test_too_few_rows_or_groups_are_told() -> None:
    sample = binary(99, 2.0)
    told = choose_calibrator(sample, "log_loss", "platt").why
    assert told is not None
    assert told.endswith("there are 99.")
    few = replace(binary(400, 2.0), groups=np.arange(400) % 4)
    told = choose_calibrator(few, "log_loss", "platt").why
    assert told is not None
    assert told.endswith("there are 4.")
