import json
import logging

from hypothesis import given
from hypothesis import strategies as st

from service.logs import FIELDS, JsonFormatter, request_id


def record(message: str, **extra: object) -> logging.LogRecord:
    made = logging.LogRecord("winnow", logging.INFO, __file__, 1, message, (), None)
    vars(made).update(extra)
    return made


@given(st.text())
def test_whatever_was_typed_is_one_printable_line(message: str) -> None:
    line = JsonFormatter().format(record(message))
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line)["message"] == message


def test_fields_the_request_and_the_trace() -> None:
    token = request_id.set("abc")
    error = ValueError("no")
    entry = json.loads(
        JsonFormatter().format(record("m", exc_info=(ValueError, error, None), **{FIELDS: {"status": 200}}))
    )
    request_id.reset(token)
    assert (entry["status"], entry["request_id"], entry["level"]) == (200, "abc", "info")
    assert "ValueError: no" in entry["trace"]


def test_outside_of_a_request() -> None:
    assert "request_id" not in json.loads(JsonFormatter().format(record("m")))
