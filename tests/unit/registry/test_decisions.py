"""Decisions: changed by compare-and-swap, taken back, remembered."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from registry import Decision, Registry
from registry.decisions import HISTORY, PUBLISHED
from registry.errors import InvalidName, NotFound, PreconditionFailed
from tests.servers.faulty import FaultyStore

RULE = {"threshold": 0.3}


@pytest.fixture
def fraud(registry: Registry) -> Registry:
    """A registry with a version of the model `fraud`."""
    registry.publish("fraud", "run_1", b"bundle", {}, b"report")
    return registry


def change(registry: Registry, rule: dict[str, float] | None, if_match: str | None = None) -> Decision:
    return registry.decisions.set("fraud", 1, rule, if_match=if_match, by="ann", reason="why not")


def test_one_that_nobody_changed(fraud: Registry) -> None:
    assert fraud.decisions.get("fraud", 1) == Decision("fraud", 1, 0, None, PUBLISHED, None)
    assert fraud.decisions.history("fraud", 1) == []


def test_changed_and_taken_back(fraud: Registry) -> None:
    first = change(fraud, RULE)
    assert fraud.decisions.get("fraud", 1) == first
    assert (first.revision, first.rule) == (1, RULE)
    back = change(fraud, None, first.etag)
    assert (back.revision, back.rule) == (2, None)
    assert back.etag not in (first.etag, PUBLISHED)
    history = fraud.decisions.history("fraud", 1)
    assert [(it.revision, it.rule, it.by, it.reason) for it in history] == [
        (2, None, "ann", "why not"),
        (1, RULE, "ann", "why not"),
    ]


def test_only_by_who_has_seen_it(fraud: Registry) -> None:
    first = change(fraud, RULE, PUBLISHED)
    for stale in (PUBLISHED, "etag"):
        with pytest.raises(PreconditionFailed):
            change(fraud, None, stale)
    assert fraud.decisions.get("fraud", 1) == first


def test_of_many_at_once_one_wins(fraud: Registry) -> None:
    def attempt(number: int) -> bool:
        try:
            change(fraud, {"threshold": number / 10}, PUBLISHED)
        except PreconditionFailed:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(8))) == 1
    assert fraud.decisions.get("fraud", 1).revision == 1


@pytest.mark.parametrize(("model", "version"), [("fraud", 2), ("none", 1)])
def test_of_what_is_not_there(fraud: Registry, model: str, version: int) -> None:
    for ask in (
        lambda: fraud.decisions.get(model, version),
        lambda: fraud.decisions.history(model, version),
        lambda: fraud.decisions.set(model, version, RULE, by="ann"),
    ):
        with pytest.raises(NotFound, match=f"{model} has no version {version}"):
            ask()
    with pytest.raises(InvalidName):
        fraud.decisions.get("No Name", 1)


def test_old_changes_are_forgotten(fraud: Registry) -> None:
    for _ in range(HISTORY + 3):
        change(fraud, RULE)
    history = fraud.decisions.history("fraud", 1)
    assert (len(history), history[0].revision) == (HISTORY, HISTORY + 3)


def test_a_lost_reply_is_no_failure(fraud: Registry, store: object) -> None:
    etag = PUBLISHED
    for at in (3, 2):  # the write: after a look for the record, and, where there is none, for the version
        faulty = Registry(FaultyStore(store, "lost reply", at))  # type: ignore[arg-type]
        etag = change(faulty, {"threshold": at / 10}, etag).etag
    assert fraud.decisions.get("fraud", 1).etag == etag
    assert [it.revision for it in fraud.decisions.history("fraud", 1)] == [2, 1]
