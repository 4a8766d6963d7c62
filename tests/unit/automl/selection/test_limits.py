"""What is left for the models of what a predictor may cost."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from PIL.Image import fromarray

from automl import train
from automl.bundles.bundle import pack
from automl.search import Ceiling
from automl.selection.blend import Blend
from automl.selection.cost import Cost, Prices
from automl.selection.limits import Limits
from automl.selection.pick import pick
from automl.selection.refit import condense
from automl.tables.images import drawn
from automl.types import TrainRequest
from tests.unit.automl.found import OPEN, Searched, search

ASKED = TrainRequest(target="y", max_predict_ms=2.0, max_bundle_mb=0.1)


@pytest.fixture(scope="module")
def searched() -> Searched:
    return search()


def test_what_is_asked_is_the_limit(searched: Searched) -> None:
    limits = Limits.of(ASKED, searched.features)
    assert (limits.ms, limits.bytes) == pytest.approx((1.8, 90_000)), "with some room for measurements that differ"
    assert limits.total(Cost(1.0, 50.0)) == Cost(limits.base.ms + 1.0, limits.base.bytes + 50.0)
    assert limits.excess(Cost(1.8 - limits.base.ms, 0.0)) == pytest.approx(1)
    assert limits.excess(Cost(0.0, 180_000 - limits.base.bytes)) == pytest.approx(2)


@pytest.mark.parametrize("most_mb", [None, 500.0])
def test_where_less_is_not_asked_models_may_take_three_milliseconds_and_what_can_be_loaded(
    searched: Searched, most_mb: float | None
) -> None:
    limits = Limits.of(TrainRequest(target="y", max_bundle_mb=most_mb), searched.features)
    assert limits.excess(Cost(3.0, 1e7)) == pytest.approx(1)
    assert limits.excess(Cost(0.0, 1.28e8)) == pytest.approx(1, rel=1e-3)
    assert 1e6 < limits.ceiling().leaves < 1e7


def test_a_slower_machine_leaves_less(searched: Searched) -> None:
    limits = Limits.of(ASKED, searched.features)
    cost = Cost(1.5 - limits.base.ms, 0.0)
    slower = limits.corrected(foreseen=1.5, measured=3.0)
    assert slower.total(cost).ms == pytest.approx(3.0)
    assert slower.corrected(foreseen=3.0, measured=6.0).total(cost).ms == pytest.approx(6.0)


def test_a_ceiling_is_what_a_single_model_may_be(searched: Searched) -> None:
    limits = Limits.of(ASKED, searched.features)
    ceiling = limits.ceiling()
    assert 500 < ceiling.leaves < 2000
    assert replace(limits, ms=0.01, bytes=1.0).ceiling() == Ceiling(200.0, 50.0), "what is worth nothing is not sought"


def test_a_bundle_is_about_as_large_as_foreseen(searched: Searched) -> None:
    request = replace(searched.request, refit=False)
    picked = pick(searched.problem, searched.parts, searched.features, request, searched.found, brake=OPEN)
    bundle = pack(picked.predictor, searched.parts.train, metric="roc_auc", metrics={}, lineage={})
    assert len(bundle.data) == pytest.approx(picked.options[0].cost.bytes, rel=0.25)


def test_models_of_all_rows_are_about_as_large_as_foreseen(searched: Searched) -> None:
    pool = searched.found.pool
    foreseen = Prices().of((outcome, 1) for outcome in pool).bytes
    blend = Blend(pool, (1 / len(pool),) * len(pool), pool[0].rows, pool[0].outputs)
    condensed = condense(searched.features, blend, OPEN).outcomes
    assert all(len(outcome.folds) == 1 for outcome in condensed)
    assert Prices().of((outcome, None) for outcome in condensed).bytes == pytest.approx(foreseen, rel=0.25)


def test_images_are_part_of_what_a_row_and_a_bundle_cost() -> None:
    rng = np.random.default_rng(0)
    bright = rng.integers(0, 2, 120)
    images = [drawn(fromarray((rng.integers(0, 99, (64, 64, 3)) + 99 * more).astype(np.uint8))) for more in bright]
    table = pa.table({"image": images, "y": [f"class {more}" for more in bright]})
    told = train(table, TrainRequest(target="y", max_trials=1)).report["ensemble"]
    chosen = next(option for option in told["options"] if option["chosen"])
    assert chosen["predict_ms"] > 1.5
    assert told["served"]["bundle_mb"] == pytest.approx(chosen["bundle_mb"], rel=0.1)
