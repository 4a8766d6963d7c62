import numpy as np
import pyarrow as pa
import pytest

from automl.profiling.profile import profile_table

ROWS = 3000
RNG = np.random.default_rng(0)
LATE = np.arange(ROWS) > ROWS // 2


def drifting(**columns: object) -> list[str | None]:
    table = pa.table({name: list(values) for name, values in columns.items()})  # type: ignore[call-overload]
    return [it.column for it in profile_table(table).findings if it.code == "order-drift"]


@pytest.mark.parametrize(
    "values",
    [
        RNG.normal(size=ROWS) + LATE,
        np.where(LATE & (RNG.random(ROWS) < 0.3), np.nan, RNG.normal(size=ROWS)),
        np.where(RNG.random(ROWS) < 0.3 + 0.3 * LATE, "a", "b"),
        np.where(LATE & (RNG.random(ROWS) < 0.3), None, np.array(["a", "b"], dtype=object)[RNG.integers(0, 2, ROWS)]),
        RNG.random(ROWS) < 0.3 + 0.3 * LATE,
        np.sort(RNG.normal(size=ROWS)),
    ],
)
def test_what_changes_on_the_way_is_found_alone(values: np.ndarray) -> None:
    given = [None if value != value else value for value in values.tolist()]  # noqa: PLR0124 - what is not itself is missing
    assert drifting(x=given, noise=RNG.normal(size=ROWS), city=RNG.choice(["u", "v", "w"], ROWS)) == ["x"]


def test_rows_in_no_order_do_not_drift() -> None:
    found = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        numbers = {f"n{i}": rng.normal(size=400) for i in range(20)}
        levels = {f"c{i}": rng.choice(list("abcdefgh"), 400) for i in range(20)}
        found += drifting(**numbers, **levels)
    assert found == []


def test_small_differences_of_many_rows_mean_nothing() -> None:
    late = np.arange(100_000) > 50_000
    assert drifting(x=np.random.default_rng(1).normal(size=100_000) + 0.1 * late) == []


def test_numbers_that_count_rows_and_dates_are_no_news() -> None:
    days = (np.datetime64("2024-01-01") + np.arange(ROWS)).astype("datetime64[s]")
    assert drifting(row=range(ROWS), name=[f"user{i}" for i in range(ROWS)], day=days) == []


def test_few_rows_tell_nothing() -> None:
    assert drifting(x=np.arange(200) % 2 + np.arange(200) // 100) == []


def test_it_is_a_finding_of_the_table() -> None:
    table = pa.table({"x": np.arange(ROWS) // 1000, "y": RNG.integers(0, 2, ROWS)})
    (found,) = [it for it in profile_table(table).findings if it.code == "order-drift"]
    assert (found.column, "100%" in found.detail) == ("x", True)
