from concurrent.futures import ThreadPoolExecutor

import pytest

from automl.search.once import Once


def test_each_thing_is_made_once_whoever_asks() -> None:
    made: list[int] = []
    once = Once()
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: once.get(("a",), lambda: made.append(1) or len(made)), range(20)))
    assert found == [1] * 20


def test_what_failed_is_made_anew() -> None:
    once = Once()
    with pytest.raises(ZeroDivisionError):
        once.get(("a",), lambda: 1 // 0)
    assert once.get(("a",), lambda: 2) == 2
