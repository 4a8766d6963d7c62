import json
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.profiling import describe as module
from automl.profiling.columns import ColumnProfile
from automl.profiling.describe import describe, sketch
from automl.tables.canonical import canonical_table

SENTENCES = [
    f"the {word} thing number {i} came back" for i, word in enumerate(["red", "blue", "old", "new", "big"] * 8)
]


def _describe(values: Any) -> ColumnProfile:
    return describe("x", canonical_table(pa.table({"x": values}))["x"])[0]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1, 2, None], "numeric"),
        ([0, 1, 1], "numeric"),
        ([1.5, None], "numeric"),
        ([None, None], "numeric"),
        ([True, None], "boolean"),
        (["true", "False", "TRUE"], "boolean"),
        (["yes", "no"], "categorical"),
        (["007", "008"], "categorical"),
        ([2**53 + 1, 5], "categorical"),
        (["2026-01-31", "2026-02-01T10:00:00Z", None], "datetime"),
        (["2026-01-31", "2026-13-01"], "categorical"),
        (["2026-01-31", "NA"], "categorical"),
        (pa.array([0, 1], pa.timestamp("s")), "datetime"),
        (SENTENCES, "text"),
        ([f"{s.split()[1]} coat for men" for s in SENTENCES], "categorical"),
        ([f"user-{i:030d}" for i in range(50)], "categorical"),
        (["这部电影非常好看" + chr(0x4E00 + i) for i in range(30)], "text"),
    ],
)
def test_types(values: Any, kind: str) -> None:
    assert _describe(values).type == kind


def test_numeric_statistics_leave_out_missing_and_infinite_values() -> None:
    profile = _describe([1.0, 2.0, np.inf, None, 3.0, -np.inf, 2.0])

    assert (profile.missing, profile.unique) == (1, 5)
    assert profile.statistics == {
        "min": 1.0,
        "max": 3.0,
        "mean": 2.0,
        "std": pytest.approx(np.std([1, 2, 3, 2])),
        "quantiles": {"p05": 1.0, "p25": 1.0, "p50": 2.0, "p75": 2.0, "p95": 3.0},
        "integer": True,
        "infinite": 2,
        "infinite_rows": [2, 5],
        "values": [{"value": v, "count": n} for v, n in [("2", 2), ("1", 1), ("inf", 1), ("3", 1), ("-inf", 1)]],
    }


def test_values_are_whole_only_when_there_are_few() -> None:
    assert _describe(["b", "a", "b", None]).counts() == {"b": 2, "a": 1}
    many = _describe([f"v{i}" for i in range(500)] + ["v7"])
    assert many.counts() is None
    assert many.statistics["values"][0] == {"value": "v7", "count": 2}
    assert _describe([i / 7 for i in range(100)]).counts() is None


def test_a_date_range_is_told_in_utc() -> None:
    statistics = _describe(["2026-01-31T02:00:00+02:00", "2027-01-01"]).statistics

    assert statistics == {"min": "2026-01-31T00:00:00+00:00", "max": "2027-01-01T00:00:00+00:00"}


def test_text_statistics() -> None:
    statistics = _describe(SENTENCES).statistics

    assert statistics["mean_words"] == 7
    assert statistics["max_length"] == max(map(len, SENTENCES))


def test_codes_number_values_by_first_appearance_over_chunks() -> None:
    column = pa.chunked_array([["b", "a"], [None, "b"], ["c"]], pa.string())

    assert describe("x", column)[1].tolist() == [0, 1, -1, 0, 2]


@given(st.lists(st.none() | st.floats() | st.sampled_from([1e308, -1e308, 5e-324]), min_size=1))
def test_no_number_makes_a_profile_that_is_no_json(values: list[float | None]) -> None:
    profile = _describe(pa.array(values, pa.float64()))

    assert json.dumps(dict(profile.statistics), allow_nan=False)
    assert profile.missing == sum(value is None or np.isnan(value) for value in values)


@given(
    st.lists(st.none() | st.floats(), min_size=9, max_size=9)
    | st.lists(st.none() | st.sampled_from([0.0, 1.0]), min_size=9, max_size=9)
    | st.lists(st.none() | st.integers(-(2**63), 2**63 - 1), min_size=9, max_size=9)
    | st.lists(st.none() | st.sampled_from(["a", "b", "1"]), min_size=9, max_size=9)
)
def test_a_sketch_tells_exactly_what_a_run_depends_on(cells: list[Any]) -> None:
    column = canonical_table(pa.table({"x": cells}))["x"]
    whole, _ = describe("x", column)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_SKETCHED_ROWS", 3)
        sketched = sketch("x", column)
    assert (sketched.type, sketched.missing, sketched.unique > 1) == (whole.type, whole.missing, whole.unique > 1)
    for name in ("min", "max", "infinite", "infinite_rows"):
        assert sketched.statistics.get(name) == whole.statistics.get(name)
    assert sketched.counts() in (None, whole.counts())


def test_few_rows_are_sketched_whole() -> None:
    column = canonical_table(pa.table({"x": [1, 2, 2]}))["x"]
    assert sketch("x", column) == describe("x", column)[0]
