"""Rows side by side."""

import numpy as np
import pyarrow as pa
import pytest

from automl.augment import KINDS, Mix
from automl.reporting.preview import preview
from automl.types import Augmentation, Json, TrainRequest


def _table(rows: int = 120) -> pa.Table:
    rng = np.random.default_rng(0)
    return pa.table(
        {
            "age": rng.integers(18, 90, rows).tolist(),
            "city": [None if i % 9 == 0 else str(c) for i, c in enumerate(rng.choice(["Oslo", "Rome"], rows))],
            "member": (rng.random(rows) < 0.5).tolist(),
            "note": [f"a few words about the matter number {i}" for i in range(rows)],
            "y": ["rare" if i % 8 == 0 else "common" for i in range(rows)],
        }
    )


def _pairs(name: Augmentation, strength: float = 1.0, target: str = "y") -> list[dict[str, Json]]:
    return preview(_table(), TrainRequest(target=target), Mix((name,), strength), most=10).pairs


@pytest.mark.parametrize("name", ["smote", "mixup", "noise", "column_swap", "adasyn"])
def test_new_rows_stand_beside_the_rows_that_they_are_made_from(name: Augmentation) -> None:
    pairs = _pairs(name)
    assert len(pairs) == 10
    table = _table().to_pylist()
    for pair in pairs:
        assert pair["original"] in table
        changed = pair["changed"]
        assert set(changed) == {"age", "city", "member", "note", "y"}
        assert changed["note"] == pair["original"]["note"]
        assert changed["age"] == int(changed["age"])
        assert isinstance(changed["member"], bool)
        assert (changed["city"] is None) == (pair["original"]["city"] is None)
        assert changed["city"] in {None, "Oslo", "Rome"}
        assert changed["y"] in {"rare", "common"}


def test_weights_are_told_where_no_row_is_new() -> None:
    pairs = _pairs("class_weights")
    assert all(pair["original"] == pair["changed"] for pair in pairs)
    assert all((pair["weight"] > 1) == (pair["original"]["y"] == "rare") for pair in pairs)
    assert {pair["weight_before"] for pair in pairs} == {1.0}


def test_rows_that_are_left_out_become_nothing() -> None:
    pairs = _pairs("random_under")
    assert all(pair["changed"] is None and pair["weight"] == 0 for pair in pairs)
    assert {pair["original"]["y"] for pair in pairs} == {"common"}


def test_a_regression_s_target_is_told_as_a_number() -> None:
    pairs = _pairs("rare_targets", target="age")
    assert all(18 <= pair["changed"]["age"] <= 90 for pair in pairs)


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind.texts and not kind.by_name])
def test_texts_are_shown_as_they_were_changed(name: Augmentation) -> None:
    pairs = _pairs(name)
    assert all(pair["original"] | {"note": 0} == pair["changed"] | {"note": 0} for pair in pairs)
    assert any(pair["original"]["note"] != pair["changed"]["note"] for pair in pairs)


def test_a_class_of_few_rows_is_there() -> None:
    rows = 4000
    table = pa.table({"x": np.arange(rows) * 1.5, "y": ["rare" if i % 1000 == 0 else "common" for i in range(rows)]})
    showing = preview(table, TrainRequest(target="y"), Mix(("random_over",), 1.0), most=10)
    assert 2000 <= showing.rows <= 2010
    assert {pair["original"]["y"] for pair in showing.pairs} == {"rare"}
