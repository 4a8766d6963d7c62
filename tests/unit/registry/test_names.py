import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import InvalidName
from registry.names import Keys, blob_digest, blob_key, check_alias, check_name, name_of
from registry.objects import check_key

DIGEST = "sha256:" + "ab" * 32


@pytest.mark.parametrize("name", ["a", "0", "fraud-2_x", "a" * 64])
def test_good_names(name: str) -> None:
    assert check_name("model", name) == name


@pytest.mark.parametrize("name", ["", "A", "-a", "_a", "a/b", "..", "a.b", "a b", "a\n", "ä", "a" * 65, "a\x00", "٣"])
def test_bad_names_are_told_what_to_do(name: str) -> None:
    with pytest.raises(InvalidName, match=r"^model .*use 1 to 64 of a-z"):
        check_name("model", name)


@pytest.mark.parametrize("alias", ["7", "007", "latest"])
def test_an_alias_does_not_look_like_a_version(alias: str) -> None:
    with pytest.raises(InvalidName, match="mean a version already"):
        check_alias(alias)


@given(st.text(max_size=80))
def test_no_text_makes_a_key_outside_the_project(text: str) -> None:
    keys = Keys("p")
    for make in (keys.dataset, keys.model, keys.versions, keys.publication, lambda name: keys.alias("m", name)):
        try:
            key = make(text)
        except InvalidName:
            continue
        assert key.startswith("projects/p/")
        assert check_key(key.removesuffix("/"))
        assert text in key.split("/") or name_of(key) == text


def test_a_blob_key_and_back() -> None:
    assert blob_key(DIGEST) == "blobs/sha256/ab/" + "ab" * 32
    assert blob_digest(blob_key(DIGEST)) == DIGEST


@pytest.mark.parametrize("digest", ["", "ab" * 32, "md5:" + "ab" * 16, DIGEST + "a", DIGEST.upper(), "sha256:../../x"])
def test_what_is_not_a_digest(digest: str) -> None:
    with pytest.raises(InvalidName, match="64 hex digits"):
        blob_key(digest)


def test_versions_sort_by_number() -> None:
    keys = Keys("p")
    assert keys.version("m", 9) < keys.version("m", 10) < keys.version("m", 99_999_999)
