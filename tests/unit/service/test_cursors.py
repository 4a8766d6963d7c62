import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.api.cursors import Cursors, cut
from service.errors import BadRequest

cursors = Cursors("a secret of the service")


@given(scope=st.text(), position=st.text())
def test_a_cursor_comes_back(scope: str, position: str) -> None:
    assert cursors.decode(scope, cursors.encode(scope, position)) == position


@given(scope=st.text(), text=st.text())
def test_nothing_else_is_a_cursor(scope: str, text: str) -> None:
    with pytest.raises(BadRequest):
        cursors.decode(scope, text)


@given(position=st.text(min_size=1), at=st.integers(0), by=st.integers(1, 63))
def test_a_changed_cursor_is_none(position: str, at: int, by: int) -> None:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    cursor = cursors.encode("list", position)
    at %= len(cursor) - 1  # the last letter may hold bits that mean nothing
    changed = alphabet[(alphabet.index(cursor[at]) + by) % 64]
    with pytest.raises(BadRequest):
        cursors.decode("list", cursor[:at] + changed + cursor[at + 1 :])


def test_a_cursor_is_its_services_and_its_lists_own() -> None:
    cursor = cursors.encode("list", "42")
    for other, scope in ((Cursors("another secret"), "list"), (cursors, "another list")):
        with pytest.raises(BadRequest):
            other.decode(scope, cursor)


@pytest.mark.parametrize(
    ("items", "page", "position"),
    [("", "", None), ("ab", "ab", None), ("abc", "abc", None), ("abcd", "abc", "c")],
)
def test_a_page_and_where_it_goes_on(items: str, page: str, position: str | None) -> None:
    assert cut(items, 3, str) == (list(page), position)
