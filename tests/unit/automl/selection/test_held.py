"""Bundles that keep to a limit, or say that they do not."""

from collections.abc import Callable

import pytest

from automl.bundles.bundle import Bundle, load_bundle
from automl.predictor import Predictor
from automl.selection.held import pack_held, shortened
from automl.types import Frame, Task

Make = Callable[[Task], Predictor]


def hold(predictor: Predictor, frame: Frame, most_mb: float | None) -> Bundle:
    return pack_held(predictor, frame, most_mb=most_mb, metric="rmse", metrics={}, lineage={"warnings": ["one"]})


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_trees_are_cut_off_until_it_fits(make_ensemble: Make, frame: Frame, task: Task) -> None:
    free = hold(make_ensemble(task), frame, None)
    assert hold(make_ensemble(task), frame, len(free.data) / 1e6).data == free.data
    most = 0.8 * len(free.data) / 1e6
    held = hold(make_ensemble(task), frame, most)
    assert 0.5 * most < len(held.data) / 1e6 <= most
    assert held.manifest["lineage"]["warnings"] == ["one"]
    rounds = [booster.rounds for _, booster, _ in load_bundle(held.data).boosters()]
    assert all(0 < left < 10 for left in rounds)


def test_what_cannot_be_held_says_so(make_ensemble: Make, frame: Frame) -> None:
    bundle = hold(make_ensemble("binary"), frame, 0.001)
    warning = bundle.manifest["lineage"]["warnings"][1]
    assert "more than the 0.001 MB of max_bundle_mb" in warning
    free = hold(make_ensemble("binary"), frame, None)
    assert load_bundle(bundle.data).outputs(frame) == pytest.approx(load_bundle(free.data).outputs(frame)), "left whole"


def test_the_first_trees_stay(make_predictor: Make, frame: Frame) -> None:
    predictor = make_predictor("binary")
    short = shortened(predictor, 1.0)
    assert short
    assert [booster.rounds for _, booster, _ in short.boosters()] == [9, 9, 9]
    matrix = predictor.spec.encoder.transform(frame)
    for (_, left, _), (_, whole, _) in zip(short.boosters(), predictor.boosters(), strict=True):
        expected = whole._model.predict(matrix, num_iteration=9)
        assert left.predict(matrix)[:, 1] == pytest.approx(expected, abs=1e-12)
