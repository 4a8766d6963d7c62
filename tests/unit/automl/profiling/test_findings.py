from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from automl.checks.request import feature_columns
from automl.profiling.findings import findings_for_target
from automl.profiling.leaks import LEAK
from automl.profiling.profile import profile_table
from automl.types import TrainRequest

ROWS = 400
RNG = np.random.default_rng(0)
NOISE = RNG.normal(size=ROWS)
GROUP = RNG.integers(0, 4, ROWS)


def _codes(table: pa.Table) -> set[tuple[str, str | None]]:
    return {(finding.code, finding.column) for finding in profile_table(table).findings}


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ([7] * ROWS, "constant-column"),
        ([None] * ROWS, "constant-column"),
        (list(range(ROWS)), "id-like-column"),
        ([f"user{i}" for i in range(ROWS)], "id-like-column"),
        ([f"v{i % 200}" for i in range(ROWS)], "high-cardinality"),
        ([1.5, 2.5] + [None] * (ROWS - 2), "mostly-missing"),
        ([str(i) if i % 3 else "unknown" for i in range(ROWS)], "mixed-types"),
        ([f"{i % 90:03d}" for i in range(ROWS)], "numeric-text"),
        ([2**60 + i % 5 for i in range(ROWS)], "large-integers"),
        ([np.inf, *NOISE[1:]], "infinite-values"),
        (["rare"] * 3 + ["common"] * (ROWS - 3), "rare-class"),
    ],
)
def test_what_is_odd_in_one_column_is_found_there_alone(values: list[Any], code: str) -> None:
    found = _codes(pa.table({"x": values, "noise": NOISE}))

    assert (code, "x") in found
    assert "noise" not in {column for _, column in found}


def test_a_plain_table_has_no_findings() -> None:
    assert _codes(pa.table({"a": NOISE, "b": np.array(["u", "v", "w", "x"])[GROUP], "c": GROUP % 2 == 0})) == set()


def test_copies_of_rows_and_columns_are_found() -> None:
    table = pa.table({"a": NOISE, "b": GROUP, "copy": NOISE, "name": np.array(["n", "e", "s", "w"])[GROUP]})

    assert _codes(pa.concat_tables([table, table.slice(0, 3)])) == {
        ("duplicate-rows", None),
        ("duplicate-column-values", "copy"),
        ("possible-target-leak", "name"),
    }


def test_a_value_in_some_rows_alone_tells_something() -> None:
    table = pa.table({"x": ["yes", None] * (ROWS // 2), "noise": NOISE[: ROWS // 2 * 2], "y": [1, 0] * (ROWS // 2)})
    assert ("constant-column", "x") not in _codes(table)
    assert [it.name for it in feature_columns(profile_table(table), TrainRequest(target="y"))] == ["x", "noise"]
    assert LEAK in {it.code for it in findings_for_target(table, profile_table(table), "y") if it.column == "x"}


def test_findings_of_wide_tables_are_summed_up() -> None:
    findings = profile_table(pa.table({f"c{i}": ["same"] * 10 for i in range(120)})).findings

    assert [finding.column for finding in findings if finding.code == "constant-column"] == [
        *(f"c{i}" for i in range(50)),
        None,
    ]


@pytest.mark.parametrize(
    "target",
    [
        np.where(NOISE > 0.3, "yes", "no"),
        (NOISE > 0.3).astype(int),
        GROUP,
        RNG.lognormal(sigma=3, size=ROWS),
    ],
)
def test_a_feature_that_gives_the_target_away_is_found_alone(target: Any) -> None:
    leak = np.where(np.asarray(target) == np.asarray(target)[0], "one", "other") if len(set(target)) == 2 else target
    table = pa.table(
        {"target": target, "leak": leak, "noise": RNG.normal(size=ROWS), "id": np.arange(ROWS), "group": GROUP % 3}
    )

    found = findings_for_target(table, profile_table(table), "target")

    assert [finding.column for finding in found if finding.code == "possible-target-leak"] == ["leak"]


def test_recorded_only_afterwards_is_a_leak_by_its_gaps() -> None:
    table = pa.table(
        {"churned": NOISE > 1, "last_bill": [v if n > 1 else None for v, n in zip(GROUP, NOISE, strict=True)]}
    )

    assert [f.column for f in findings_for_target(table, profile_table(table), "churned")] == ["last_bill"]


def test_rare_classes_and_imbalance_are_told_for_a_target() -> None:
    table = pa.table({"y": ["a"] * 390 + ["b"] * 6 + ["c"] * 4, "x": NOISE})
    found = {finding.code: finding.detail for finding in findings_for_target(table, profile_table(table), "y")}

    assert found.keys() == {"rare-class", "imbalanced-target"}
    assert "b (6 rows)" in found["rare-class"]
    assert "1.00%" in found["imbalanced-target"]
