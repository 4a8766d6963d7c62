import pytest

from registry import ObjectStore, Registry
from registry.errors import InvalidName, NotFound


def test_a_model_appears_with_its_first_version(registry: Registry) -> None:
    with pytest.raises(NotFound, match="no model fraud"):
        registry.models.get("fraud")
    registry.publish("fraud", "run_1", b"bundle", {}, b"report")
    made = registry.models.get("fraud")
    registry.publish("fraud", "run_2", b"bundle", {}, b"report")
    assert registry.models.get("fraud") == made
    assert registry.models.list() == [made]


def test_pages_by_name(registry: Registry) -> None:
    names = sorted(["a", "a-1", "a0", "a_b", "ab", "b"])
    for number, name in enumerate(names):
        registry.publish(name, f"run_{number}", b"bundle", {}, b"report")
    found: list[str] = []
    while page := registry.models.list(found[-1] if found else None, 4):
        found += [model.name for model in page]
    assert sorted(found) == names


def test_projects_do_not_see_each_other(store: ObjectStore) -> None:
    mine, theirs = Registry(store, project="mine"), Registry(store, project="theirs")
    mine.publish("fraud", "run_1", b"bundle", {}, b"report")
    assert theirs.models.list() == []
    assert theirs.publish("fraud", "run_1", b"bundle", {}, b"report").id == "fraud:1"
    assert theirs.publish("fraud", "run_2", b"bundle", {}, b"report").id == "fraud:2"
    assert mine.versions.latest("fraud") == 1


def test_names_that_are_none(registry: Registry, store: ObjectStore) -> None:
    with pytest.raises(InvalidName):
        registry.publish("Fraud", "run_1", b"bundle", {}, b"report")
    with pytest.raises(InvalidName):
        registry.publish("fraud", "run/1", b"bundle", {}, b"report")
    with pytest.raises(InvalidName):
        Registry(store, project="../other")
    assert store.list("") == []
