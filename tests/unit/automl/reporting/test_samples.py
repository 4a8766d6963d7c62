"""Rows side by side."""

import numpy as np
import pyarrow as pa
import pytest

from automl.augment import KINDS, Mix
from automl.reporting.preview import preview
from automl.reporting.unchanged import why_unchanged
from automl.types import Augmentation, Json, TrainRequest
from tests.pictures import shapes


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
        assert pair["original"] == table[pair["row"]]
        changed = pair["changed"]
        assert set(changed) == {"age", "city", "member", "note", "y"}
        assert changed["note"] == pair["original"]["note"]
        assert isinstance(changed["age"], int), "a column of whole numbers has no point"
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


def _many_levels(rows: int = 1900) -> pa.Table:
    """1,400 levels, of which 400 share one code."""
    rng = np.random.default_rng(1)
    return pa.table(
        {
            "level": [f"id{i % 1400}" for i in range(rows)],
            "x": rng.normal(size=rows).tolist(),
            "y": ["rare" if i % 8 == 0 else "common" for i in range(rows)],
        }
    )


@pytest.mark.parametrize("name", ["noise", "smote", "mixup", "column_swap", "random_over", "random_under"])
def test_rare_categories_are_not_mistaken_for_each_other(name: Augmentation) -> None:
    table = _many_levels()
    pairs = preview(table, TrainRequest(target="y"), Mix((name,), 1.0), most=50).pairs
    assert len(pairs) == 50
    rows = table.to_pylist()
    assert [pair["original"] for pair in pairs] == [rows[pair["row"]] for pair in pairs]
    if name in ("noise", "random_over"):
        assert all(pair["changed"]["level"] == pair["original"]["level"] for pair in pairs)


def test_a_rare_category_got_from_another_row_is_not_guessed() -> None:
    table = _many_levels()
    pairs = preview(table, TrainRequest(target="y"), Mix(("column_swap",), 1.0), most=1000).pairs
    said = {pair["changed"]["level"] for pair in pairs if pair["changed"]["level"] != pair["original"]["level"]}
    common = {f"id{i}" for i in range(500)}, {f"id{i}" for i in range(1400)}
    assert "(any of 400 rare values)" in said
    assert said & common[0], "most rows are of levels that stand twice, and these have codes of their own"
    assert said <= common[1] | {"(any of 400 rare values)"}


def test_a_target_of_whole_numbers_is_told_so() -> None:
    for pair in _pairs("noise", target="age"):
        assert isinstance(pair["original"]["age"], int)
    broken = pa.table({"x": np.arange(60) / 4, "y": np.arange(60) / 2})
    pairs = preview(broken, TrainRequest(target="y"), Mix(("noise",), 1.0), most=60).pairs
    assert {type(pair["original"][name]) for pair in pairs for name in "xy"} == {float}


@pytest.mark.parametrize("name", ["synonyms", "word_insertion"])
def test_texts_that_could_not_be_changed_are_told(name: Augmentation) -> None:
    texts = [f"Das Haus steht im Wald, und der Weg ist weit {i}" for i in range(100)]
    table = pa.table({"note": texts, "y": [str(i % 2) for i in range(100)]})
    showing = preview(table, TrainRequest(target="y"), Mix((name,), 1.0), most=10)
    assert showing.note is not None
    assert showing.note.startswith(f"No row could be changed by {name!r}: {name!r} needs English words")
    assert "Rows looked at: 100." in showing.note
    assert all(pair["original"] == pair["changed"] for pair in showing.pairs)


def test_a_change_that_does_not_show_is_told() -> None:
    """Noise is on the counts of a text, and the text stays."""
    notes = [f"a few words {'and more of them ' * (i % 7)}about the matter {i}" for i in range(120)]
    table = pa.table({"note": notes, "y": [str(i % 2) for i in range(120)]})
    showing = preview(table, TrainRequest(target="y"), Mix(("noise",), 1.0), most=10)
    assert all(pair["original"] == pair["changed"] for pair in showing.pairs)
    assert showing.note is not None
    assert "not shown" in showing.note


@pytest.mark.parametrize(
    ("name", "target"), [("smote", "y"), ("class_weights", "y"), ("random_over", "y"), ("random_under", "y")]
)
def test_even_classes_are_told(name: Augmentation, target: str) -> None:
    even = _table().set_column(4, "y", pa.array([str(i % 2) for i in range(120)]))
    showing = preview(even, TrainRequest(target=target), Mix((name,), 1.0), most=10)
    assert showing.pairs == []
    assert showing.note is not None
    assert "classes of clearly different sizes" in showing.note


@pytest.mark.parametrize("name", ["noise", "random_over", "class_weights", "random_under", "word_deletion"])
def test_nothing_is_noted_where_rows_change(name: Augmentation) -> None:
    assert preview(_table(), TrainRequest(target="y"), Mix((name,), 1.0), most=10).note is None


@pytest.mark.parametrize("name", KINDS)
def test_each_augmentation_says_what_it_needs(name: Augmentation) -> None:
    assert f"{name!r} needs " in why_unchanged((name,), rows=1, copies=0)


def test_long_texts_are_cut_down_to_a_few_rows() -> None:
    """They were all taken apart, at 2.5 million letters a second."""
    texts = ["word " * 20_000 + str(i) for i in range(40)]
    texts[7] = "word " * 400_000
    table = pa.table({"note": texts, "y": ["rare" if i in (7, 8, 9) else "common" for i in range(40)]})
    showing = preview(table, TrainRequest(target="y"), Mix(("random_over",), 1.0), most=10)
    assert showing.rows == 9
    assert {pair["original"]["y"] for pair in showing.pairs} == {"rare"}
    assert 7 not in {pair["row"] for pair in showing.pairs}, "it alone has more than a million letters"


def test_texts_that_are_all_too_long_are_told() -> None:
    table = pa.table({"note": [f"{'word ' * 201_000}{i}" for i in range(20)], "y": [str(i % 2) for i in range(20)]})
    showing = preview(table, TrainRequest(target="y"), Mix(("noise",), 1.0), most=10)
    assert (showing.rows, showing.augmented, showing.pairs) == (0, 0, [])
    assert showing.note is not None
    assert "more than 1,000,000 letters" in showing.note


def test_images_are_looked_at_in_the_classes_shares() -> None:
    """Of a class of one row in fifty, 200 rows drawn from all had none now and then."""
    images = [data for _, data in shapes(25)]
    rows = 1000
    table = pa.table(
        {
            "image": [None if i % 10 == 9 else images[i % 25] for i in range(rows)],
            "y": ["rare" if i % 50 == 0 else "common" for i in range(rows)],
        }
    )
    for seed in range(3):
        showing = preview(table, TrainRequest(target="y", seed=seed), Mix(("random_under",), 1.0), most=1)
        assert 190 <= showing.rows <= 230, "rows without an image cost nothing"
        assert showing.augmented in (24, 25), "the rare class with its share, and 20 of the common one"
