"""Who may have a part in the final model."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from automl.search import Outcome
from automl.search.pool import SIZE, Pool, contenders
from automl.types import Trial
from tests.unit.automl.search.trials import make_trial

FAMILIES = st.sampled_from(["boosted", "forest", "linear"])


def outcome(trial: Trial, folds: int | None = None) -> Outcome:
    return written(trial, 0, len(trial.fold_scores) if folds is None else folds)


def written(trial: Trial, letters: int, folds: int = 1) -> Outcome:
    fold: Any = SimpleNamespace(fitted=SimpleNamespace(text="t" * letters, start=None))
    return Outcome(trial, (fold,) * folds, np.empty(0, dtype=np.int64), np.empty(0))


def numbers(trials: list[Trial]) -> list[int]:
    return [trial.number for trial in trials]


def test_the_best_come_first_and_only_with_all_their_folds() -> None:
    trials = [make_trial(0, 0.5), make_trial(1, 0.9, state="stopped"), make_trial(2), make_trial(3, 0.7)]
    assert numbers(contenders(trials)) == [3, 0]


def test_each_family_has_its_best_among_them() -> None:
    boosted = [make_trial(i, 0.5 + i / 100) for i in range(SIZE + 5)]
    linear = [make_trial(100 + i, 0.1 + i / 100, params={"family": "linear"}) for i in range(3)]
    assert numbers(contenders([*boosted, *linear])) == [*range(SIZE + 4, 4, -1), 102]


def test_the_best_of_each_family_are_kept_first_where_there_is_little_room() -> None:
    pool = Pool(room=25)
    trials = [make_trial(0, 0.9), make_trial(1, 0.8), make_trial(2, 0.1, params={"family": "linear"})]
    for trial in trials:
        pool.offer(written(trial, letters=10), trials)
    assert [kept.trial.number for kept in pool.outcomes()] == [0, 2]
    assert pool.dropped
    tight = Pool(room=5)
    tight.offer(written(trials[0], letters=10), trials)
    assert len(tight.outcomes()) == 1, "the best is kept whatever it takes"


def test_trials_on_fewer_rows_give_way_to_those_on_more() -> None:
    small = replace(make_trial(0, 0.9), share=0.25)
    assert numbers(contenders([small])) == [0]
    assert numbers(contenders([small, make_trial(1, 0.5)])) == [1]


def test_what_was_fitted_again_in_too_little_time_is_none_of_them() -> None:
    pool, trials = Pool(), [make_trial(0, 0.5, 0.6), make_trial(1, 0.4, 0.5)]
    pool.offer(outcome(trials[0], folds=1), trials)
    pool.offer(outcome(trials[1]), trials)
    assert [kept.trial.number for kept in pool.outcomes()] == [1]


def test_those_are_likely_that_help_the_best_or_whose_models_are_gone() -> None:
    families = ["boosted"] * 4 + ["linear", "neural", "forest"]
    trials = [make_trial(i, 0.9 - i / 10, params={"family": family}) for i, family in enumerate(families)]
    asked: list[tuple[int, int]] = []

    def helps(best: Outcome, other: Outcome) -> bool:
        asked.append((best.trial.number, other.trial.number))
        return other.trial.number in {1, 5}

    pool = Pool(helps)
    for trial in trials[:-1]:
        pool.offer(outcome(trial), trials)
    assert numbers(pool.likely(trials)) == [0, 1, 5, 6]
    assert numbers(pool.likely(trials)) == [0, 1, 5, 6]
    assert asked == [(0, 1), (0, 2), (0, 4), (0, 5)], "once each"
    assert pool.likely([]) == []


@given(st.lists(st.tuples(st.floats(0, 1), FAMILIES, st.sampled_from([0.25, 1.0])), max_size=40))
def test_a_pool_never_misses_one_that_it_was_offered(made: list[tuple[float, str, float]]) -> None:
    pool, trials = Pool(), []
    for number, (score, family, share) in enumerate(made):
        trials.append(replace(make_trial(number, score, params={"family": family}), share=share))
        pool.offer(outcome(trials[-1]), trials)
        assert [kept.trial for kept in pool.outcomes()] == contenders(trials)
