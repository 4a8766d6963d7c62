"""The loop: budget, resuming, failures, batches, cancelling."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from automl.errors import Interrupted, TrainingFailed
from automl.search import (
    Agenda,
    Attempt,
    Brake,
    Evaluator,
    Found,
    Growth,
    Outcome,
    Proposal,
    Search,
    make_proposer,
    opening,
)
from automl.spaces.portfolio import portfolio
from automl.spaces.space import Space
from automl.types import Algorithm, Trial
from tests.unit.automl.search.trials import Notes, make_trial

TRIALS = 14


@pytest.fixture
def start(evaluator: Evaluator, space: Space) -> Any:
    def run(history: Sequence[Trial] = (), algorithm: Algorithm = "tpe", **more: Any) -> Found:
        first = opening(space, portfolio=portfolio(space), companions=[])
        propose = more.pop("propose", None) or make_proposer(algorithm, space, first)
        settings = {"runner": evaluator, "brake": Brake.after(3600), "whole_s": 3600, "max_trials": TRIALS}
        return Search(agenda=Agenda(propose=propose, growth=Growth(folds=3)), **settings | more).run(history)

    return run


class Pair:
    """Two trials at once, in threads."""

    width = 2

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self.refit = evaluator.refit

    def run(self, attempts: Sequence[Attempt], brake: Brake) -> Iterator[Outcome]:
        with ThreadPoolExecutor(self.width) as pool:
            yield from pool.map(partial(self._evaluator.attempt, brake=brake), attempts)


def test_a_batch_asks_for_no_more_trials_than_there_will_be(start: Any, evaluator: Evaluator, space: Space) -> None:
    asked: list[int] = []
    algorithm = make_proposer("tpe", space, [])

    def propose(history: Sequence[Trial], number: int, seed: int) -> Proposal | None:
        asked.append(number)
        return algorithm(history, number, seed)

    found = start(runner=Pair(evaluator), propose=propose, max_trials=3)
    assert [trial.number for trial in found.trials] == asked == [0, 1, 2]


def timeless(trials: Sequence[Trial]) -> list[Trial]:
    return [replace(trial, seconds=0.0) for trial in trials]


def test_trials_are_numbered_told_and_the_best_is_found(start: Any) -> None:
    notes = Notes()
    found = start(monitor=notes)
    assert [trial.number for trial in found.trials] == list(range(TRIALS))
    assert notes.trials == list(found.trials)
    full = [trial for trial in found.trials if trial.state == "succeeded"]
    assert found.best.trial == max(full, key=lambda trial: trial.score)
    assert found.best.trial.score >= found.trials[0].score
    assert len(found.best.texts) == 3
    assert any(trial.state == "stopped" for trial in found.trials)


@pytest.mark.parametrize("algorithm", ["tpe", "anneal"])
def test_a_search_interrupted_after_any_trial_is_the_one_that_was_not(start: Any, algorithm: Algorithm) -> None:
    whole = start(algorithm=algorithm)
    for done in (1, 3, 5, 8, 12, 13):
        found = start(whole.trials[:done], algorithm=algorithm)
        assert timeless(found.trials) == timeless(whole.trials)
        assert found.best.texts == whole.best.texts


@pytest.mark.parametrize("done", [1, 6, 9])
def test_a_search_interrupted_amidst_a_batch_is_the_one_that_was_not(
    start: Any, evaluator: Evaluator, done: int
) -> None:
    whole = start(runner=Pair(evaluator))
    found = start(whole.trials[:done], runner=Pair(evaluator))
    assert timeless(found.trials) == timeless(whole.trials)
    assert found.best.texts == whole.best.texts


def test_a_best_of_earlier_trials_is_fitted_again(start: Any) -> None:
    whole = start()
    found = start(whole.trials)
    assert found.trials == whole.trials
    assert found.best.trial == whole.best.trial
    assert found.best.texts == whole.best.texts


def test_time_for_fitting_it_again_is_kept_free(start: Any) -> None:
    whole = start(max_trials=4)
    costly = [replace(trial, seconds=7200.0) for trial in whole.trials]
    assert start(costly).trials == tuple(costly)


def test_without_time_there_is_still_one_trial(start: Any) -> None:
    found = start(brake=Brake.after(-10))
    assert len(found.trials) == 1
    assert found.best.texts


def test_a_failed_trial_does_not_end_the_search(start: Any) -> None:
    def propose(history: Sequence[Trial], number: int, seed: int) -> Proposal:
        return Proposal({"num_leaves": 7 if number == 2 else 0}, "tpe")

    found = start(propose=propose, max_trials=4)
    assert [trial.state for trial in found.trials] == ["failed", "failed", "succeeded", "failed"]
    assert found.best.trial.number == 2


def test_if_all_fail_so_does_the_search_and_soon(start: Any) -> None:
    notes = Notes()
    with pytest.raises(TrainingFailed, match="num_leaves"):
        start(propose=lambda *_: Proposal({"num_leaves": 0}, "tpe"), max_trials=None, monitor=notes)
    assert len(notes.trials) == 10


def test_to_finish_keeps_the_best_so_far(start: Any) -> None:
    notes = Notes(lambda trials: "finish" if len(trials) == 3 else "continue")
    found = start(monitor=notes, brake=Brake.after(3600, notes))
    assert len(found.trials) == 3
    assert len(found.best.texts) == 3


def test_to_abandon_raises(start: Any) -> None:
    notes = Notes(lambda trials: "abandon" if len(trials) == 2 else "continue")
    with pytest.raises(Interrupted):
        start(monitor=notes, brake=Brake.after(3600, notes))
    assert len(notes.trials) == 2


def test_a_wider_runner_gets_batches_and_gives_the_same_each_time(start: Any, evaluator: Evaluator) -> None:
    one, two = start(runner=Pair(evaluator)), start(runner=Pair(evaluator))
    assert [trial.number for trial in one.trials] == list(range(TRIALS))
    assert timeless(one.trials) == timeless(two.trials)
    assert len({str(trial.params) for trial in one.trials}) == TRIALS


def test_earlier_failures_count_as_trials(start: Any) -> None:
    found = start([make_trial(0, params={"num_leaves": 0})], max_trials=2)
    assert [trial.number for trial in found.trials] == [0, 1]


def test_models_that_were_lost_are_not_made_in_the_time_of_what_follows(start: Any) -> None:
    whole = start()
    assert len(start(history=whole.trials).pool) == len(whole.pool) > 1
    assert len(start(history=whole.trials, after=lambda _: 3600.0).pool) == 1
