"""Each kind of split as a whole: a holdout, and folds of the rest."""

from typing import Any

import numpy as np
import pytest

from automl.splits.split import Rows
from automl.splits.splitters import Splitter, make_splitter, repeated_folds
from automl.types import SplitKind

ROWS = 200
X = np.random.default_rng(0).normal(size=ROWS)
TARGET = (X > 0.5).astype(np.int64)
GUIDES: dict[SplitKind, Any] = {
    "random": None,
    "group": np.arange(ROWS) // 4,
    "time": np.arange(ROWS, dtype=np.float64),
    "column": np.array((["train", "1", "2", "10"] * 50)[:180] + ["test"] * 20, dtype=object),
}


def splitter(kind: SplitKind, guide: Any = None, gap: float = 0.0) -> Splitter:
    given = GUIDES[kind] if guide is None else guide
    return make_splitter(kind, given, gap=gap, task="binary", frame={"x": X}, target=TARGET)


def spread(folds: list[tuple[Rows, Rows]]) -> list[int]:
    return sorted(np.concatenate([valid for _, valid in folds]).tolist())


@pytest.mark.parametrize("kind", GUIDES)
@pytest.mark.parametrize("count", [1, 4])
def test_sides_are_apart_and_rows_ascend(kind: SplitKind, count: int) -> None:
    made = splitter(kind)
    train, holdout = made.holdout(0.2, 7)
    assert not set(train) & set(holdout)
    assert len(holdout) == pytest.approx(0.2 * ROWS, abs=20)
    folds = made.folds(train, count, 7)
    for rows in [train, holdout, *(side for fold in folds for side in fold)]:
        assert (np.diff(rows) > 0).all()
    for learnt, valid in folds:
        assert not set(learnt) & set(valid)
        assert max(*learnt, *valid) < len(train)


def test_groups_stay_together() -> None:
    made, groups = splitter("group"), GUIDES["group"]
    train, holdout = made.holdout(0.2, 0)
    assert not set(groups[train]) & set(groups[holdout])
    folds = made.folds(train, 5, 0)
    assert spread(folds) == list(range(len(train)))
    for learnt, valid in folds:
        assert not set(groups[train][learnt]) & set(groups[train][valid])


def test_few_groups_make_few_folds() -> None:
    made = splitter("group", np.arange(ROWS) % 3)
    train, _ = made.holdout(0.2, 0)
    assert len(made.folds(train, 5, 0)) == 2


@pytest.mark.parametrize("sizes", [(160, 20, 20), (170, *[1] * 30), (1, 1, 198)])
def test_two_groups_are_left_to_learn_from(sizes: tuple[int, ...]) -> None:
    groups = np.repeat(np.arange(len(sizes)), sizes)
    for target in (np.arange(ROWS) % 5 == 0, np.arange(ROWS) > 100):
        made = make_splitter("group", groups, gap=0, task="binary", frame={"x": X}, target=target.astype(np.int64))
        train, holdout = made.holdout(0.2, 0)
        assert len(holdout)
        assert all(len(part) for fold in made.folds(train, 5, 0) for part in fold)


def test_a_column_says_who_is_held_out_and_who_validates() -> None:
    made, says = splitter("column"), GUIDES["column"]
    train, holdout = made.holdout(0.4, 0)
    assert set(says[holdout]) == {"test"}
    assert len(train) == 180
    folds = made.folds(train, 9, 0)
    assert [set(says[train][valid]) for _, valid in folds] == [{"1"}, {"2"}, {"10"}]
    assert all("train" in says[train][learnt] for learnt, _ in folds)
    for _, valid in made.folds(np.arange(ROWS), 9, 0):  # once it has been judged, held out rows may be learnt from
        assert "test" not in says[valid]


def test_a_column_without_folds_or_holdout_leaves_them_to_chance() -> None:
    halves = splitter("column", np.array(["train", "holdout"] * 100, dtype=object))
    train, holdout = halves.holdout(0.2, 0)
    assert len(holdout) == 100
    assert spread(halves.folds(train, 5, 0)) == list(range(100))
    numbers = splitter("column", np.array(["0", "1"] * 100, dtype=object))
    train, holdout = numbers.holdout(0.2, 0)
    assert (len(train), len(holdout)) == (160, 40)
    assert len(numbers.folds(train, 5, 0)) == 2


def test_repeats_follow_each_other_and_differ() -> None:
    made = splitter("random")
    folds = repeated_folds(made, np.arange(ROWS), count=5, repeats=2, seed=0)
    assert len(folds) == 10
    first, second = folds[:5], folds[5:]
    assert spread(first) == spread(second) == list(range(ROWS))
    assert any((a[1].tolist() != b[1].tolist()) for a, b in zip(first, second, strict=True))
