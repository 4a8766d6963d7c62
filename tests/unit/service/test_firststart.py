from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from service.context import open_context
from service.settings import Settings


def start(data: Path) -> tuple[str, list[str]]:
    """The key's plaintext, and the ids of all keys, as a process sees them after its start."""
    with open_context(Settings(data=data)) as context:
        return (data / "api-key").read_text(), [key.id for key in context.keys.list("default")]


def test_first_start_makes_one_key_in_one_private_line(tmp_path: Path) -> None:
    data = tmp_path / "data"
    plaintext, ids = start(data)
    with open_context(Settings(data=data)) as context:
        record = context.keys.authenticate(plaintext.strip())
    assert record is not None
    assert (record.project, record.scopes, [record.id]) == ("default", ("read", "train", "admin"), ids)
    assert plaintext.endswith("\n")
    assert plaintext.count("\n") == 1
    modes = {name: (data / name).stat().st_mode & 0o777 for name in ("", "api-key", "secret")}
    assert modes == {"": 0o700, "api-key": 0o600, "secret": 0o600}


def test_later_starts_change_nothing(tmp_path: Path) -> None:
    assert start(tmp_path) == start(tmp_path)


@pytest.mark.slow
def test_processes_that_start_at_once_make_one_key(tmp_path: Path) -> None:
    with ProcessPoolExecutor(6, mp_context=get_context("spawn")) as pool:
        starts = list(pool.map(start, [tmp_path / "data"] * 12))
    assert starts == [starts[0]] * 12
    assert len(starts[0][1]) == 1


def test_key_in_the_file_survives_the_loss_of_the_database(tmp_path: Path) -> None:
    first = start(tmp_path)
    for path in tmp_path.glob("winnow.db*"):
        path.unlink()
    assert start(tmp_path) == first


def test_key_taken_out_of_the_file_is_not_made_again(tmp_path: Path) -> None:
    _, ids = start(tmp_path)
    (tmp_path / "api-key").unlink()
    with open_context(Settings(data=tmp_path)) as context:
        assert [key.id for key in context.keys.list("default")] == ids
    assert not (tmp_path / "api-key").exists()


def test_given_secret_is_used_and_not_written(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, secret="0123456789abcdef")
    with open_context(settings) as context:
        assert context.keys.authenticate((tmp_path / "api-key").read_text().strip()) is not None
    assert not (tmp_path / "secret").exists()
    with open_context(Settings(data=tmp_path)) as context:
        assert context.keys.authenticate((tmp_path / "api-key").read_text().strip()) is None
