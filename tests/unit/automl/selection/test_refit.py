from dataclasses import replace

import pytest

from automl.selection.refit import may_refit
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
