import os
from collections.abc import Iterator

import pytest

from service.draining import VARIABLE, draining


@pytest.fixture
def writing_end(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    reading, writing = os.pipe()
    monkeypatch.setenv(VARIABLE, str(reading))
    yield writing
    os.close(reading)


def test_it_drains_from_when_the_other_end_is_closed(writing_end: int) -> None:
    assert not draining()
    os.close(writing_end)
    assert draining()
    assert draining()


def test_without_a_pipe_nobody_drains(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert not draining()
