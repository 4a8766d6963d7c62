import hmac

import pytest

from service.store import Database, Keys
from tests.servers.databases import ManualClock


@pytest.fixture
def keys(database: Database, clock: ManualClock) -> Keys:
    return Keys(database, clock, "a secret of this server")


def test_key_is_known_by_its_plaintext(keys: Keys, clock: ManualClock) -> None:
    record, plaintext = keys.create("p", "ci", ["train", "read"])
    assert keys.authenticate(plaintext) == record
    assert (record.project, record.name, record.scopes) == ("p", "ci", ("read", "train"))
    assert (record.created_at, record.revoked_at) == (clock.now, None)
    assert plaintext.startswith(f"wn_{record.id.removeprefix('key_')}.")


def test_no_secret_is_stored(keys: Keys, database: Database) -> None:
    _, plaintext = keys.create("p", "ci", ["read"])
    with database.read() as connection:
        stored = connection.exec_driver_sql("SELECT * FROM keys").one()
    assert plaintext.split(".")[1] not in str(stored)


@pytest.mark.parametrize("forge", [
    lambda key: key[:-1] + ("A" if key[-1] != "A" else "B"),
    lambda key: "wn_0123456789abcdef." + key.split(".")[1],
    lambda key: key.upper(),
    lambda key: key + "\n",
    lambda _key: "",
    lambda _key: "wn_",
    lambda _key: "\ud800\0",
])  # fmt: skip
def test_anything_else_is_unknown(forge, keys: Keys) -> None:  # noqa: ANN001
    _, plaintext = keys.create("p", "ci", ["read"])
    assert keys.authenticate(forge(plaintext)) is None


def test_known_and_unknown_ids_take_the_same_steps(keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    _, plaintext = keys.create("p", "ci", ["read"])
    compared: list[tuple[int, int]] = []
    compare = hmac.compare_digest

    def spy(left: str, right: str) -> bool:
        compared.append((len(left), len(right)))
        return compare(left, right)

    monkeypatch.setattr(hmac, "compare_digest", spy)
    keys.authenticate(plaintext)
    keys.authenticate("wn_0123456789abcdef." + plaintext.split(".")[1])
    assert compared == [(64, 64)] * 2


def test_another_servers_secret_knows_no_key(keys: Keys, database: Database, clock: ManualClock) -> None:
    _, plaintext = keys.create("p", "ci", ["read"])
    assert Keys(database, clock, "another secret").authenticate(plaintext) is None


def test_revoked_key_is_refused_for_good(keys: Keys, clock: ManualClock) -> None:
    record, plaintext = keys.create("p", "ci", ["read"])
    revoked_at = clock.now
    keys.revoke("p", record.id)
    clock.advance(60)
    again = keys.revoke("p", record.id)
    assert again is not None
    assert again.revoked_at == revoked_at
    assert keys.authenticate(plaintext) is None


def test_projects_do_not_see_each_others_keys(keys: Keys) -> None:
    record, plaintext = keys.create("p", "ci", ["read"])
    assert keys.revoke("q", record.id) is None
    assert keys.list("q") == []
    assert keys.list("p") == [record]
    assert keys.authenticate(plaintext) == record


def test_registering_twice_changes_nothing(keys: Keys) -> None:
    record, plaintext = keys.create("p", "ci", ["read"])
    keys.register(plaintext, "q", "mine now", ["admin"])
    assert keys.authenticate(plaintext) == record


def test_only_keys_can_be_registered(keys: Keys) -> None:
    with pytest.raises(ValueError, match="not a key"):
        keys.register("hunter2", "p", "ci", ["read"])
    assert keys.none_yet()
