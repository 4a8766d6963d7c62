"""What models cost, foreseen and measured."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from automl.archive import write_archive
from automl.bundles.memberfiles import store
from automl.predictor import Predictor
from automl.search import Attempt, Evaluator, Outcome, Proposal
from automl.selection import cost
from automl.selection.cost import Prices, packed, row_ms
from automl.types import Task
from tests.unit.automl.found import OPEN, search

Make = Callable[[Task], Predictor]


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    """Of trials with the base features and with a recipe's."""
    searched = search()
    evaluator = Evaluator(searched.features.views, cores=1)
    recipes = [{"num_leaves": 7, "recipe": recipe} for recipe in ("plain", "rich")]
    return [evaluator.attempt(Attempt(i, Proposal(params, "tpe")), OPEN) for i, params in enumerate(recipes)]


def test_bytes_are_about_those_of_an_archive(make_ensemble: Make) -> None:
    files, _ = store(make_ensemble("multiclass").members)
    texts = [data.decode() for data in files.values()]
    assert sum(map(packed, texts)) == pytest.approx(len(write_archive(files)), rel=0.1)
    long = " ".join(map(str, np.random.default_rng(0).normal(size=50_000)))
    assert packed(long) == pytest.approx(len(write_archive({"golden.json": long.encode()})), rel=0.1)
    assert packed("") == 0


def test_each_extension_counts_once(outcomes: list[Outcome]) -> None:
    plain, rich = outcomes
    twin = replace(rich, trial=replace(rich.trial, number=9))
    prices = Prices()
    own, both = (prices.of([(each, None) for each in chosen]) for chosen in ([rich], [rich, twin]))
    assert own.ms < both.ms < 2 * own.ms
    assert own.bytes < both.bytes < 2 * own.bytes
    separate = [prices.of([(each, None)]) for each in (plain, rich)]
    together = prices.of([(plain, None), (rich, None)])
    assert together.bytes == pytest.approx(sum(each.bytes for each in separate))


def test_models_of_all_rows_cost_a_part_of_the_fold_models(outcomes: list[Outcome]) -> None:
    prices = Prices()
    for outcome in outcomes:
        folds, one, two = (prices.of([(outcome, models)]) for models in (None, 1, 2))
        assert one.ms == pytest.approx(folds.ms / 5, rel=0.35)
        assert one.bytes == pytest.approx(cost.GROWTH * folds.bytes / 5, rel=0.35)
        assert one.ms < two.ms <= 2 * one.ms


def test_the_median_call_is_what_counts(make_predictor: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    calls, now = iter([0.5, 0.001, 9.0, 0.003, 0.002, 0.002]), [0.0]

    def answer(self: Predictor, rows: object) -> None:
        now[0] += next(calls)

    monkeypatch.setattr(Predictor, "predict", answer)
    monkeypatch.setattr(cost.time, "perf_counter", lambda: now[0])
    assert row_ms(make_predictor("binary")) == pytest.approx(2.0)


def test_a_real_predictor_takes_some_time(make_predictor: Make) -> None:
    assert row_ms(make_predictor("binary")) > 0
