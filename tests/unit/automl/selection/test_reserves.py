from dataclasses import replace

import pytest

from automl.selection.reserves import judged_seconds, may_refit, refit_seconds, reserve
from automl.types import TrainRequest
from tests.unit.automl.found import REQUEST, Searched, search


@pytest.fixture(scope="module")
def searched() -> Searched:
    return search()


@pytest.mark.parametrize(
    ("request_", "again"),
    [
        (REQUEST, True),
        (replace(REQUEST, refit=False), False),
        (replace(REQUEST, max_trials=None), True),
        (replace(REQUEST, max_trials=None, timeout_s=1e-6), False),
        (replace(REQUEST, timeout_s=1e-6), True),
    ],
)
def test_a_refit_is_counted_on_where_any_time_was_kept_for_it(
    searched: Searched,
    request_: TrainRequest,
    again: bool,  # noqa: FBT001
) -> None:
    best = searched.found.best.trial
    assert may_refit(searched.problem, searched.parts, request_, searched.features, best) == again


def test_time_is_kept_for_as_many_members_as_a_part_of_the_whole_allows(searched: Searched) -> None:
    problem, parts = searched.problem, searched.parts
    trial = replace(searched.found.best.trial, seconds=10.0)
    cost, judged = refit_seconds(problem, parts, trial), judged_seconds(problem, parts, trial)

    def kept(members: int, timeout_s: float) -> float:
        request = replace(REQUEST, max_trials=None, timeout_s=timeout_s)
        return reserve(problem, parts, request, searched.features, [trial] * members)

    assert kept(1, 100 * cost) == pytest.approx(cost + judged)
    assert kept(3, 100 * cost) == pytest.approx(3 * (cost + judged))
    assert kept(3, 6 * cost) == pytest.approx(2 * cost + 3 * judged), "for two of them"
    assert kept(3, 2 * cost) == pytest.approx(3 * judged), "where it is too much for the first there is no refit"


def test_rounds_after_the_best_one_are_not_made_again(searched: Searched) -> None:
    trial = replace(
        searched.found.best.trial, seconds=10.0, rounds=(50, 50), params={"learning_rate": 0.1}, cut_folds=()
    )
    fewer, all_of_them = (
        refit_seconds(searched.problem, searched.parts, each) for each in (trial, replace(trial, cut_folds=(0,)))
    )
    assert fewer == pytest.approx(all_of_them * 50 / 100)
    forest = replace(trial, params={"family": "forest"})
    assert refit_seconds(searched.problem, searched.parts, forest) > fewer
