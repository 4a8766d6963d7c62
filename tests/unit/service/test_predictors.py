"""How predictors are kept: loaded once, found again, pushed out, looked up anew."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from automl.bundles.decisionfile import decision_to_json
from automl.decisions.decision import Decision
from automl.errors import TooManyRows
from registry.errors import StoreUnavailable
from service.errors import Missing
from service.usecases import predictions
from service.usecases.predictions import Predictors
from tests.servers.api import Trained

ROWS = [{"color": "red", "size": 1}]


class Ticks:
    """A clock to turn by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One item for every bundle that is loaded."""
    return counting(monkeypatch, predictions, "load_bundle")


def counting(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> list[int]:
    calls: list[int] = []
    original = getattr(module, name)

    def counted(*args: Any) -> Any:
        calls.append(1)
        return original(*args)

    monkeypatch.setattr(module, name, counted)
    return calls


def test_many_at_once_load_it_once(trained: Trained, loads: list[int]) -> None:
    predictors, start = Predictors(trained.api.context), Barrier(8)

    def ask(_: int) -> list[Any]:
        start.wait()
        return predictors.predict("default", "shapes", "champion", ROWS).predictions.predictions

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(8)))
    assert len(loads) == 1
    assert all(answer == answers[0] for answer in answers)
    assert predictors.answered == 8


def test_an_alias_is_looked_up_again_after_a_second_and_a_number_never(
    trained: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = counting(monkeypatch, predictions, "get_version")
    clock = Ticks()
    predictors = Predictors(trained.api.context, clock=clock)
    for now, lookups in ((0, 1), (0.9, 1), (1.1, 2), (2.0, 2)):
        clock.now = now
        predictors.find("default", "shapes", "champion")
        assert len(asked) == lookups
    predictors.find("default", "shapes", "1")
    clock.now = 1e9
    predictors.find("default", "shapes", "1")
    assert len(asked) == 3


def test_the_rule_is_looked_up_again_after_a_second_and_holds_while_the_store_is_down(
    trained: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, pauses = Ticks(), []
    predictors = Predictors(trained.api.context, clock=clock, pause=pauses.append)
    decisions = trained.api.context.registry_for("default").decisions
    version, _, before = predictors.find("default", "shapes", "1")
    rule = decision_to_json(Decision(threshold=0.123))
    stored = decisions.set("shapes", 1, rule, by="test")
    try:
        assert predictors.find("default", "shapes", "1").revision == before, "as it was a moment ago"
        clock.now = 1.1
        found = predictors.find("default", "shapes", "1")
        assert (found.revision, found.predictor.decision) == (stored.revision, Decision(threshold=0.123))
        with monkeypatch.context() as patched:
            patched.setattr("registry.decisions.Decisions.get", unavailable)
            clock.now = 5.0
            assert predictors.find("default", "shapes", "1").revision == stored.revision
            with pytest.raises(StoreUnavailable):
                Predictors(trained.api.context).find("default", "shapes", "1")
    finally:
        decisions.set("shapes", 1, None, by="test")
    predictors.await_change("default", version)
    assert pauses == [pytest.approx(1.05)]
    found = predictors.find("default", "shapes", "1")
    assert (found.revision, found.predictor.decision) == (stored.revision + 1, trained_rule(trained))


def unavailable(*_: Any) -> None:
    raise StoreUnavailable("down")


def trained_rule(trained: Trained) -> Decision | None:
    predictors = Predictors(trained.api.context)
    return predictors.published("default", predictors.find("default", "shapes", "1").version).decision


def test_what_one_project_has_found_another_has_not(trained: Trained) -> None:
    predictors = Predictors(trained.api.context)
    predictors.find("default", "shapes", "1")
    with pytest.raises(Missing):
        predictors.find("stranger", "shapes", "1")


def test_only_so_many_are_kept(trained: Trained, loads: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(predictions, "_MOST_BYTES", 0)
    predictors = Predictors(trained.api.context)
    version, first, _ = predictors.find("default", "shapes", "1")
    assert predictors.find("default", "shapes", "1").predictor is first  # the newest stays, however large
    predictors._keep("sha256:other", first, 1)
    assert predictors.find("default", "shapes", "1").predictor is not first
    assert len(loads) == 2
    assert version.id == "shapes:1"


def test_too_many_rows_are_refused_before_anything_is_loaded(trained: Trained, loads: list[int]) -> None:
    predictors = Predictors(trained.api.context)
    with pytest.raises(TooManyRows):
        predictors.predict("default", "shapes", "1", ROWS * 10_001)
    assert loads == []
