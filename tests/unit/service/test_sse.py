import itertools

from hypothesis import given
from hypothesis import strategies as st

from service.sse import Event, parse_events

STREAM = b': hello\n\nid: 1\nevent: phase\ndata: {"phase":\ndata: "search"}\n\r\n'
STREAM += b"id: 2\r\nevent: b\xc3\xa9\r\ndata: 3\r\n\r\n"
EVENTS = [Event("phase", {"phase": "search"}, "1"), Event("bé", 3, "2")]


@given(st.lists(st.integers(0, len(STREAM))))
def test_where_the_network_cuts_does_not_matter(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(STREAM)]
    assert list(parse_events(STREAM[a:b] for a, b in itertools.pairwise(edges))) == EVENTS


def test_an_event_that_the_end_cuts_off_is_dropped() -> None:
    assert list(parse_events([STREAM, b"id: 3\ndata: 4\n"])) == EVENTS


def test_an_event_without_a_name_is_a_message() -> None:
    assert list(parse_events([b"data: null\n\n"])) == [Event("message", None, None)]
