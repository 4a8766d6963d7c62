"""Many dates at once, read as one by one."""

from datetime import UTC, datetime

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.tables.cells import Unusable, moment
from automl.tables.dates import read_dates

MILLENNIUM = datetime(1000, 1, 1)  # noqa: DTZ001 - made aware below
FORMATS = ["%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%dT%H:%M:%SZ"]


def one_by_one(texts: list[str]) -> list[float] | None:
    try:
        return [moment(text) for text in texts]
    except Unusable:
        return None


@given(st.lists(st.tuples(st.datetimes(MILLENNIUM), st.sampled_from(FORMATS)), min_size=1))
def test_plain_dates_are_read_as_one_by_one(dates: list[tuple[datetime, str]]) -> None:
    texts = [at.replace(tzinfo=UTC).strftime(pattern) for at, pattern in dates]
    found = read_dates(pa.array(texts))
    assert found is not None
    assert found.tolist() == one_by_one(texts)


@given(st.lists(st.from_regex(r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2})?\Z"), min_size=1, max_size=3))
def test_days_that_are_none_are_never_read(texts: list[str]) -> None:
    found = read_dates(pa.array(texts))
    assert (None if found is None else found.tolist()) == one_by_one(texts)


@pytest.mark.parametrize(
    "text", ["2026-01-31+02:00", " 2026-01-31", "2026-1-31", "", "yesterday", "2026-01-31T12:00:00.1234567"]
)
def test_what_is_written_otherwise_is_left_to_others(text: str) -> None:
    assert read_dates(pa.array(["2026-01-31", text])) is None


def test_a_missing_date_is_left_to_others() -> None:
    assert read_dates(pa.array(["2026-01-31", None])) is None
