"""Leaks, planted where a run would have them: each is refused, or told, or seen by a test that is silent without it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from automl import TrainRequest
from automl.augment import KINDS, Mix, TrainingRows
from automl.augment.kinds import Apply, Kind
from automl.features.encoder import FeatureEncoder
from automl.features.extension import Extension
from automl.metrics import measure
from automl.problem import pose
from automl.reporting.cautions import findings_of_split
from automl.search import Attempt, Brake, Evaluator, Material, Proposal, Views
from automl.search.attempt import Outcome
from automl.splits import splitters
from automl.splits.groups import deal
from automl.splits.split import Rows, find_copies, split_folds, split_holdout
from automl.stages import split
from automl.types import Augmentation, Column, Floats, Frame, Json

ROWS, CITIES, MARK = 900, 150, 70
OPEN = Brake.after(3600)
TREES: dict[str, Json] = {"learning_rate": 0.05, "num_leaves": 4}
DEEP: dict[str, Json] = {"learning_rate": 0.2, "num_leaves": 31, "min_data_in_leaf": 2}
IN_TURN: list[Augmentation] = [name for name, kind in KINDS.items() if "binary" in kind.tasks and not kind.by_name]


def material() -> Material:
    """City and text tell much of the rows to learn from; in those that validate, a coin was tossed for each city."""
    rng = np.random.default_rng(1)
    city, size = rng.integers(0, CITIES, ROWS), rng.normal(size=ROWS)
    target = (rng.random(CITIES)[city] + 0.3 * rng.normal(size=ROWS) > 0.7).astype(np.int64)
    words = np.array([f"word{number}" for number in range(80)])
    notes = [" ".join([*rng.choice(words, 6), "good" if value else "bad"]) for value in target]
    frame: Frame = {
        "size": size,
        "city": np.array([f"city{number}" for number in city], dtype=object),
        "note": np.array(notes, dtype=object),
    }
    columns = [Column("size", "numeric"), Column("city", "categorical"), Column("note", "text")]
    encoder, texts = FeatureEncoder.learn(frame, columns)
    folds = split_folds(target, np.arange(ROWS), 3, 0)[:1]
    target[folds[0][1]] = rng.integers(0, 2, CITIES)[city[folds[0][1]]]
    return Material(
        matrix=encoder.transform(frame),
        target=target,
        folds=folds,
        task="binary",
        metric="roc_auc",
        n_classes=2,
        categorical=encoder.categorical,
        sources=encoder.sources,
        texts=texts,
    )


def without_texts() -> Material:
    it = material()
    return replace(it, matrix=it.matrix[:, :2], sources=it.sources[:2], texts=())


def tried(it: Material, **params: Json) -> Outcome:
    return Evaluator(Views(it), cores=1).attempt(Attempt(0, Proposal({**TREES, **params}, "t")), OPEN)


def out_of_fold_auc(it: Material, **params: Json) -> float:
    outcome = tried(it, **params)
    assert outcome.trial.state == "succeeded", outcome.trial.detail
    return measure("roc_auc", it.target[outcome.rows], outcome.outputs)


# Rows on two sides


def test_a_fold_that_learns_from_a_row_that_judges_it_is_refused() -> None:
    it = material()
    train, valid = it.folds[0]
    with pytest.raises(ValueError, match=f"1 rows that judge are learnt from too, in split 1, such as row {valid[0]}"):
        Views(replace(it, folds=[(train, valid), (np.sort(np.append(train, valid[:1])), valid)]))


def _columns(rows: int = 300) -> dict[str, Any]:
    """Each row three times, at the same moment, in shops of their own."""
    rng = np.random.default_rng(2)
    columns = {"x": rng.normal(size=rows), "day": rng.integers(0, 60, rows), "y": rng.choice(["no", "yes"], rows)}
    order = rng.permutation(3 * rows)
    copied = {name: np.tile(values, 3)[order] for name, values in columns.items()}
    side = rng.choice(["train", "valid", "holdout"], 3 * rows, p=[0.6, 0.2, 0.2])
    return {**copied, "shop": rng.integers(0, 30, 3 * rows), "side": side}


def _request(**asked: Any) -> TrainRequest:
    unasked = {"shop", "side"} - {asked.get("split_column")}
    return TrainRequest(target="y", ignore=tuple(sorted(unasked)), **asked)


def _seen(frame: Frame, target: Rows, rows: Rows) -> set[tuple[Any, ...]]:
    return set(zip(*(values[rows].tolist() for values in (*frame.values(), target)), strict=True))


@pytest.mark.parametrize(
    "asked", [{"folds": 4}, {"folds": 2, "repeats": 3}, {"split": "time", "split_column": "day"}], ids=str
)
def test_rows_copied_by_value_are_on_one_side(asked: dict[str, Any]) -> None:
    request = _request(**asked)
    problem = pose(pa.table(_columns()), request)
    parts = split(problem, request)
    sides = [(parts.rows, parts.held_out), *((parts.rows[train], parts.rows[valid]) for train, valid in parts.folds)]
    for learnt, judging in sides:
        told = _seen(problem.frame, problem.target, learnt)
        assert told
        assert not told & _seen(problem.frame, problem.target, judging)
    assert findings_of_split(problem, parts, request.split) == []


@pytest.mark.parametrize(("kind", "column"), [("group", "shop"), ("column", "side")])
def test_where_a_users_split_parts_copies_it_is_told(kind: Any, column: str) -> None:
    request = _request(split=kind, split_column=column)
    problem = pose(pa.table(_columns()), request)
    parts = split(problem, request)
    (found,) = findings_of_split(problem, parts, request.split)
    learnt = _seen(problem.frame, problem.target, parts.rows)
    copied = [row for row in parts.held_out if _seen(problem.frame, problem.target, np.array([row])) <= learnt]
    assert found.code == "copied-holdout"
    assert found.detail.startswith(f"{len(copied)} of the {len(parts.held_out)} rows")
    assert len(copied) > 50


def test_copies_in_a_test_table_are_told() -> None:
    columns, request = _columns(), _request()
    test = {name: values[:90] for name, values in columns.items()}
    problem = pose(pa.table(columns), request, pa.table(test))
    (found,) = findings_of_split(problem, split(problem, request), request.split)
    assert (found.code, found.detail.startswith("90 of the 90 rows")) == ("copied-holdout", True)


ALONE: dict[str, Callable[..., Any]] = {
    "split_holdout": lambda spread, copies, *more: split_holdout(spread, np.arange(len(copies)), *more),
    "split_folds": lambda spread, copies, *more: split_folds(spread, np.arange(len(copies)), *more),
    "deal": lambda groups, *more: deal(np.arange(len(groups)), *more),
    "split_latest": lambda moments, *more: (np.flatnonzero(moments < 50), np.flatnonzero(moments > 48)),
    "expanding_folds": lambda moments, *more: [(np.flatnonzero(moments < 40), np.flatnonzero(moments > 38))],
}
"""What splits rows, each as if it had forgotten what belongs together."""


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ({}, "split_holdout"),
        ({}, "split_folds"),
        ({"split": "group", "split_column": "shop"}, "deal"),
        ({"split": "time", "split_column": "day"}, "split_latest"),
        ({"split": "time", "split_column": "day"}, "expanding_folds"),
    ],
)
def test_a_split_that_parts_what_belongs_together_ends_the_run(
    asked: dict[str, Any], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = pose(pa.table(_columns()), _request(**asked))
    monkeypatch.setattr(splitters, name, ALONE[name])
    with pytest.raises(ValueError, match=r"rows that judge are learnt from too, in split 0"):
        split(problem, _request(**asked))


@pytest.mark.parametrize("guarded", [True, False])
def test_a_coin_is_guessed_where_copies_are_parted_and_only_there(guarded: bool) -> None:  # noqa: FBT001 - a case
    it = material()
    matrix, target = (np.repeat(values, 3, axis=0) for values in (it.matrix, it.target))
    target[:] = np.repeat(np.random.default_rng(3).integers(0, 2, ROWS), 3)
    copies = find_copies([*matrix.T, target]) if guarded else np.arange(len(target))
    folded = replace(it, matrix=matrix, target=target, folds=split_folds(target, copies, 3, 0), texts=())
    found = out_of_fold_auc(folded, **DEEP)
    assert 0.35 < found < 0.65 if guarded else found > 0.9


# What is fitted


def _spoilt(it: Material) -> Material:
    """The same rows to learn from; those that validate have each another's features, and the other class."""
    valid = it.folds[0][1]
    rows = np.arange(ROWS)
    rows[valid] = np.roll(valid, 1)
    target = it.target.copy()
    target[valid] = 1 - target[valid]
    return replace(it, matrix=it.matrix[rows], target=target, texts=tuple(text.taken(rows) for text in it.texts))


def _learnt(it: Material, recipe: str, text: str, mix: Mix) -> list[Any]:
    """All that a fold's model learns from, and all that was fitted for it."""
    view = Views(it).view(0, recipe, text=text, mix=mix)
    made = [] if view.augmented is None else [view.augmented.matrix, view.augmented.target, view.augmented.weights]
    fitted = None if view.extension is None else json.dumps(view.extension.to_json())
    return [fitted, *(None if each is None else each.tobytes() for each in (*made, view.told, view.train.get_label()))]


FITTED = pytest.mark.parametrize(
    ("recipe", "text", "mix"),
    [
        ("plain", "none", Mix()),
        ("encodings", "none", Mix()),
        ("plain", "all", Mix()),
        ("rich", "all", Mix(("class_weights",))),  # leaves the rows as they are, and so shows what recipes made of them
        *(("encodings", "ratios", Mix((name,), 1.0)) for name in IN_TURN),
    ],
    ids=str,
)


@FITTED
def test_rows_that_validate_have_no_say_in_what_is_fitted(recipe: str, text: str, mix: Mix) -> None:
    it = material()
    assert _learnt(it, recipe, text, mix) == _learnt(_spoilt(it), recipe, text, mix)


@FITTED
def test_it_would_be_seen_if_they_had(recipe: str, text: str, mix: Mix, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Views, "_rows", lambda self, fold, share: (np.arange(ROWS), self.material.folds[fold][1]))
    it = material()
    assert _learnt(it, recipe, text, mix) != _learnt(_spoilt(it), recipe, text, mix)


@pytest.mark.parametrize("recipe", ["encodings", "rich"])
def test_an_encoder_fitted_on_rows_that_validate_guesses_a_coin_and_no_other_does(
    recipe: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    it = without_texts()
    assert Extension.fit(it.matrix, it.target, recipe, **_options(it))[0].sources.count((1,)) == 3, "no mean is learnt"
    assert 0.35 < out_of_fold_auc(it, recipe=recipe) < 0.65
    honest = Extension.fit

    def planted(matrix: Floats, target: Rows, recipe: str, **options: Any) -> tuple[Extension, Floats]:
        extension, _ = honest(it.matrix, it.target, recipe, **options)
        return extension, extension.apply(matrix)

    monkeypatch.setattr(Extension, "fit", planted)
    assert out_of_fold_auc(it, recipe=recipe) > 0.8


def _options(it: Material) -> dict[str, Any]:
    return {"categorical": it.categorical, "task": it.task, "n_classes": it.n_classes, "seed": it.seed}


# What is augmented


def _plant(monkeypatch: pytest.MonkeyPatch, apply: Apply) -> None:
    monkeypatch.setitem(KINDS, "noise", Kind(apply))


def _with(rows: TrainingRows, matrix: Floats, target: Rows, origin: Sequence[int] | Rows = ()) -> TrainingRows:
    """More rows, which are said to be made from the first one unless another origin is given."""
    origin = np.asarray(origin, dtype=np.int64) if len(origin) else np.zeros(len(matrix), np.int64)
    return replace(
        rows,
        matrix=np.concatenate([rows.matrix, matrix]),
        target=np.concatenate([rows.target, target]),
        weights=np.ones(len(rows) + len(matrix)),
        origin=np.concatenate([rows.origin, origin]),
    )


def _marked() -> tuple[Material, Rows]:
    """Rows that validate have a number, and a category, that no row to learn from has."""
    it = without_texts()
    valid = it.folds[0][1]
    it.matrix[it.matrix[:, 1] == MARK, 1] = MARK + 1
    it.matrix[valid, 0], it.matrix[valid[:5], 1] = 1e6, MARK
    return it, valid


def _moved(rows: TrainingRows, it: Material, valid: Rows) -> Floats:
    """A training row's number beside the category of one that validates."""
    return np.column_stack([rows.matrix[:5, 0], it.matrix[valid[:5], 1]])


def test_a_kind_is_given_one_folds_training_rows_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[TrainingRows] = []

    def spy(rows: TrainingRows, strength: float, rng: np.random.Generator) -> TrainingRows:
        given.append(rows)
        return rows

    _plant(monkeypatch, spy)
    it = material()
    train, _ = it.folds[0]
    Views(it).view(0, mix=Mix(("noise",)))
    (rows,) = given
    np.testing.assert_array_equal(rows.matrix, it.matrix[train])
    np.testing.assert_array_equal(rows.target, it.target[train])
    np.testing.assert_array_equal(rows.texts[0].values, it.texts[0].values[train])
    assert (rows.texts[0].terms.words != it.texts[0].terms.words[train]).nnz == 0


@pytest.mark.parametrize("name", [name for name in IN_TURN if not KINDS[name].texts])
def test_no_kind_brings_a_value_that_only_rows_that_validate_have(name: Augmentation) -> None:
    it, valid = _marked()
    view = Views(it).view(0, mix=Mix((name,), 1.0))
    assert view.augmented is not None
    assert view.augmented.matrix[:, 0].max() < it.matrix[valid, 0].min()
    assert not (view.augmented.matrix[:, 1] == MARK).any()


@pytest.mark.parametrize(
    ("leak", "message"),
    [
        (lambda rows, it, valid: _with(rows, it.matrix[valid], it.target[valid]), r"features \[0, 1\] values that"),
        (
            lambda rows, it, valid: _with(rows, _moved(rows, it, valid), it.target[valid[:5]]),
            r"features \[1\] values that",
        ),
        (lambda rows, it, valid: _with(rows, rows.matrix[:2], rows.target[:2], [0, len(rows)]), "1 rows of none"),
        (lambda rows, it, valid: _with(rows, rows.matrix[:2], rows.target[:2], [-1, -2]), "2 rows of none"),
    ],
)
def test_a_kind_that_brings_rows_of_its_own_fails_the_trial(
    leak: Callable[..., TrainingRows], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    it, valid = _marked()
    _plant(monkeypatch, lambda rows, strength, rng: leak(rows, it, valid))
    with pytest.raises(ValueError, match=message):
        Views(it).view(0, mix=Mix(("noise",)))
    trial = tried(it, augmentation="noise").trial
    assert (trial.state, trial.score) == ("failed", None)


def test_a_value_in_a_column_that_is_empty_to_learn_from_is_foreign_too(monkeypatch: pytest.MonkeyPatch) -> None:
    it = without_texts()
    train, valid = it.folds[0]
    it.matrix[train, 0] = np.nan
    known = valid[np.isin(it.matrix[valid, 1], it.matrix[train, 1])]
    _plant(monkeypatch, lambda rows, strength, rng: _with(rows, it.matrix[known], it.target[known]))
    with pytest.raises(ValueError, match=r"features \[0\] values that"):
        Views(it).view(0, mix=Mix(("noise",)))


def test_values_that_training_rows_might_have_are_seen_by_the_coin(monkeypatch: pytest.MonkeyPatch) -> None:
    """What no check of values can tell."""
    it = without_texts()
    assert 0.35 < out_of_fold_auc(it, augmentation="noise", **DEEP) < 0.65
    train, valid = it.folds[0]
    known = valid[np.isin(it.matrix[valid, 1], it.matrix[train, 1])]
    _plant(monkeypatch, lambda rows, strength, rng: _with(rows, it.matrix[known], it.target[known]))
    assert out_of_fold_auc(it, augmentation="noise", **DEEP) > 0.9
