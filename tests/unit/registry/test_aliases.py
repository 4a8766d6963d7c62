from concurrent.futures import ThreadPoolExecutor

import pytest

from registry import Alias, Registry
from registry.aliases import HISTORY
from registry.errors import InvalidName, NotFound, PreconditionFailed
from tests.servers.faulty import FaultyStore


@pytest.fixture
def fraud(registry: Registry) -> Registry:
    """A registry with three versions of the model `fraud`."""
    for number in (1, 2, 3):
        registry.publish("fraud", f"run_{number}", b"bundle %d" % number, {}, b"report")
    return registry


def champion(registry: Registry) -> Alias:
    return registry.aliases.get("fraud", "champion")


def put(registry: Registry, version: int, **how: str | bool) -> Alias:
    return registry.aliases.set("fraud", "champion", version, by="ann", **how)  # type: ignore[arg-type]


def test_set_and_get(fraud: Registry) -> None:
    alias = put(fraud, 2, reason="first")
    assert champion(fraud) == alias
    assert (alias.alias, alias.version, alias.by, alias.reason) == ("champion", 2, "ann", "first")
    assert fraud.versions.get("fraud", "champion").number == 2


def test_moves_by_compare_and_swap(fraud: Registry) -> None:
    first = put(fraud, 1, if_absent=True)
    with pytest.raises(PreconditionFailed, match="points at version 1"):
        put(fraud, 2, if_absent=True)
    second = put(fraud, 2, if_match=first.etag)
    with pytest.raises(PreconditionFailed, match="read it again"):
        put(fraud, 3, if_match=first.etag)
    assert champion(fraud) == second
    put(fraud, 1, if_match=second.etag)
    with pytest.raises(PreconditionFailed):  # where it was twice is not where it is
        put(fraud, 3, if_match=first.etag)


def test_if_match_where_there_is_none(fraud: Registry) -> None:
    with pytest.raises(PreconditionFailed):
        put(fraud, 1, if_match="etag")
    with pytest.raises(NotFound):
        champion(fraud)


def test_a_version_that_does_not_exist(fraud: Registry) -> None:
    for model, version in (("fraud", 4), ("fraud", 0), ("other", 1)):
        with pytest.raises(NotFound, match=f"{model} has no version {version}"):
            fraud.aliases.set(model, "champion", version, by="ann")
    with pytest.raises(NotFound, match="never had"):
        fraud.aliases.history("fraud", "champion")


def test_history_newest_first(fraud: Registry) -> None:
    put(fraud, 1, reason="one")
    put(fraud, 3, reason="three")
    fraud.aliases.rollback("fraud", "champion", by="bob", reason="too slow")
    moves = fraud.aliases.history("fraud", "champion")
    assert [(move.kind, move.version, move.by, move.reason) for move in moves] == [
        ("rollback", 1, "bob", "too slow"),
        ("set", 3, "ann", "three"),
        ("set", 1, "ann", "one"),
    ]
    assert moves[0].at >= moves[1].at >= moves[2].at


def test_history_is_bounded(fraud: Registry) -> None:
    for number in range(HISTORY + 5):
        put(fraud, 1 + number % 2)
    moves = fraud.aliases.history("fraud", "champion")
    assert len(moves) == HISTORY
    assert moves[0].version == champion(fraud).version


def test_rollback_twice_goes_back_twice(fraud: Registry) -> None:
    for number in (1, 2, 2, 3):
        put(fraud, number)
    back = [fraud.aliases.rollback("fraud", "champion", by="bob").version for _ in range(2)]
    assert back == [2, 1]
    with pytest.raises(NotFound, match="no earlier version"):
        fraud.aliases.rollback("fraud", "champion", by="bob")
    put(fraud, 3)
    assert fraud.aliases.rollback("fraud", "champion", by="bob").version == 1


def test_rollback_by_compare_and_swap(fraud: Registry) -> None:
    stale = put(fraud, 1)
    put(fraud, 2)
    with pytest.raises(PreconditionFailed):
        fraud.aliases.rollback("fraud", "champion", if_match=stale.etag, by="bob")
    assert fraud.aliases.rollback("fraud", "champion", if_match=champion(fraud).etag, by="bob").version == 1


def test_rollback_of_nothing(fraud: Registry) -> None:
    with pytest.raises(NotFound, match="no alias champion"):
        fraud.aliases.rollback("fraud", "champion", by="bob")


def test_delete_keeps_the_history(fraud: Registry) -> None:
    stale = put(fraud, 1)
    put(fraud, 2)
    with pytest.raises(PreconditionFailed):
        fraud.aliases.delete("fraud", "champion", if_match=stale.etag, by="bob")
    last = champion(fraud)
    fraud.aliases.delete("fraud", "champion", if_match=last.etag, by="bob")
    for call in (fraud.aliases.get, fraud.aliases.delete, fraud.versions.get):
        with pytest.raises(NotFound):
            call("fraud", "champion")
    assert fraud.aliases.list("fraud") == []
    with pytest.raises(PreconditionFailed):
        put(fraud, 3, if_match=last.etag)
    put(fraud, 3, if_absent=True)
    assert [move.version for move in fraud.aliases.history("fraud", "champion")] == [3, None, 2, 1]
    assert fraud.aliases.rollback("fraud", "champion", by="bob").version == 2


def test_list(fraud: Registry) -> None:
    fraud.aliases.set("fraud", "challenger", 3, by="ann")
    put(fraud, 2)
    listed = fraud.aliases.list("fraud")
    assert [(alias.alias, alias.version) for alias in listed] == [("challenger", 3), ("champion", 2)]
    assert listed[1] == champion(fraud)
    assert fraud.aliases.list("other") == []


@pytest.mark.parametrize("alias", ["latest", "12", "Champion", "a/b", ""])
def test_names_that_are_none(fraud: Registry, alias: str) -> None:
    for call in (fraud.aliases.get, fraud.aliases.history, fraud.aliases.delete):
        with pytest.raises(InvalidName):
            call("fraud", alias)
    with pytest.raises(InvalidName):
        fraud.aliases.set("fraud", alias, 1, by="ann")


def test_one_of_many_racers_moves_it(fraud: Registry) -> None:
    etag = put(fraud, 1).etag

    def move(racer: int) -> bool:
        try:
            fraud.aliases.set("fraud", "champion", 2 + racer % 2, if_match=etag, by=f"racer-{racer}")
        except PreconditionFailed:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        won = [racer for racer, moved in enumerate(pool.map(move, range(16))) if moved]
    assert [champion(fraud).by] == [f"racer-{racer}" for racer in won]
    assert len(fraud.aliases.history("fraud", "champion")) == 2


def test_a_lost_reply_is_no_failure(fraud: Registry, store: object) -> None:
    etag = put(fraud, 1).etag
    for at in range(1, 4):
        faulty = Registry(FaultyStore(store, "lost reply", 3))  # type: ignore[arg-type]
        etag = faulty.aliases.set("fraud", "champion", at, if_match=etag, by="ann").etag
    assert champion(fraud).etag == etag
    assert [move.version for move in fraud.aliases.history("fraud", "champion")] == [3, 2, 1, 1]
