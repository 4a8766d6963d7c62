import pytest

from registry import ObjectStore, Registry
from registry.errors import Corrupt, InvalidName, NotFound
from registry.names import blob_key


@pytest.fixture
def fraud(registry: Registry) -> Registry:
    """A registry with three versions of the model `fraud`."""
    for number in (1, 2, 3):
        registry.publish("fraud", f"run_{number}", b"bundle %d" % number, {"metrics": {"f1": number}}, b"report")
    registry.aliases.set("fraud", "champion", 2, by="ann")
    return registry


@pytest.mark.parametrize(
    ("ref", "number"), [(1, 1), ("1", 1), ("00000003", 3), ("latest", 3), ("champion", 2)], ids=repr
)
def test_what_a_reference_means(fraud: Registry, ref: str | int, number: int) -> None:
    version = fraud.versions.get("fraud", ref)
    assert (version.number, version.id, version.run_id) == (number, f"fraud:{number}", f"run_{number}")
    assert version.manifest == {"metrics": {"f1": number}}


def test_what_it_said_of_its_judges_is_kept_where_it_is_given(fraud: Registry) -> None:
    first = fraud.versions.get("fraud", 1)
    assert fraud.versions.judgement(first) is fraud.versions.out_of_fold(first) is None
    version = fraud.publish("fraud", "run_4", b"bundle", {}, b"report", judgement=b"rows", out_of_fold=b"more")
    assert fraud.versions.get("fraud", 4) == version
    assert (fraud.versions.judgement(version), fraud.versions.out_of_fold(version)) == (b"rows", b"more")


@pytest.mark.parametrize("ref", [0, 4, "4", "challenger", "999999999"[:8]])
def test_a_reference_that_means_nothing(fraud: Registry, ref: str | int) -> None:
    with pytest.raises(NotFound, match="fraud has no"):
        fraud.versions.get("fraud", ref)


def test_latest_of_an_unknown_model(registry: Registry) -> None:
    with pytest.raises(NotFound):
        registry.versions.get("fraud", "latest")
    assert registry.versions.list("fraud") == []


@pytest.mark.parametrize("ref", ["", "-1", "1.0", "../1", "²", "9" * 9, "Champion"])
def test_a_reference_that_is_none(fraud: Registry, ref: str) -> None:
    with pytest.raises(InvalidName):
        fraud.versions.get("fraud", ref)


def test_list_newest_first_and_in_pages(fraud: Registry) -> None:
    assert [version.number for version in fraud.versions.list("fraud")] == [3, 2, 1]
    assert [version.number for version in fraud.versions.list("fraud", limit=2)] == [3, 2]
    assert [version.number for version in fraud.versions.list("fraud", after=2)] == [1]
    assert fraud.versions.list("fraud", after=1) == []


def test_bundle_and_report(fraud: Registry) -> None:
    version = fraud.versions.get("fraud", 2)
    assert fraud.versions.bundle(version) == b"bundle 2"
    assert fraud.versions.report(version) == b"report"
    assert (version.bundle_bytes, version.bundle_digest) == (8, version.bundle.digest)
    with fraud.versions.open_bundle(version, 3, 4) as stream:
        assert stream.read() == b"dle "


def test_a_torn_bundle_is_refused(fraud: Registry, store: ObjectStore) -> None:
    version = fraud.versions.get("fraud", 2)
    store.put(blob_key(version.bundle_digest), b"bundle")
    with pytest.raises(Corrupt):
        fraud.versions.bundle(version)
    assert fraud.versions.report(version) == b"report"


def test_the_newest_of_all_models(registry: Registry) -> None:
    assert registry.versions.newest() == []
    for number, model in enumerate(["b", "a-1", "b", "a"]):
        registry.publish(model, f"run_{number}", b"bundle", {}, b"report")
    newest = registry.versions.newest()
    assert sorted(newest) == [("a", 1), ("a-1", 1), ("b", 1), ("b", 2)]
    assert registry.versions.newest(2) == newest[:2]
    assert registry.versions.newest(0) == []


def test_another_project_s_versions_are_not_among_them(registry: Registry, store: ObjectStore) -> None:
    Registry(store, project="other").publish("fraud", "run_1", b"bundle", {}, b"report")
    assert registry.versions.newest() == []
