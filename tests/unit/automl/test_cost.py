from collections.abc import Callable

import pytest

from automl import cost
from automl.bundle import pack
from automl.cost import packed_bytes, row_ms
from automl.predictor import Predictor
from automl.types import Frame, Task

Make = Callable[[Task], Predictor]


def test_bytes_are_those_of_the_bundle_but_for_its_frame(make_ensemble: Make, frame: Frame) -> None:
    ensemble = make_ensemble("multiclass")
    whole = pack(ensemble, frame, metric="log_loss", metrics={}, lineage={}).data
    assert 0.4 * len(whole) < packed_bytes(ensemble.members) < len(whole)
    assert packed_bytes(ensemble.members[:2]) < packed_bytes(ensemble.members)


def test_the_median_call_is_what_counts(make_predictor: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    calls, now = iter([0.5, 0.001, 9.0, 0.003, 0.002, 0.002]), [0.0]

    def answer(self: Predictor, rows: object) -> None:
        now[0] += next(calls)

    monkeypatch.setattr(Predictor, "predict", answer)
    monkeypatch.setattr(cost.time, "perf_counter", lambda: now[0])
    assert row_ms(make_predictor("binary")) == pytest.approx(2.0)


def test_a_real_predictor_takes_some_time(make_predictor: Make) -> None:
    assert row_ms(make_predictor("binary")) > 0
