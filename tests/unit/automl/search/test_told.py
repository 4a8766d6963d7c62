"""Texts inside folds: no leak, nothing half learnt, copies told what their originals are."""

from dataclasses import replace

import numpy as np
import pytest

from automl.augment import Mix
from automl.clock import Unfinished
from automl.features.encoder import FeatureEncoder
from automl.metrics import measure
from automl.search import Attempt, Brake, Evaluator, Material, Proposal, Views
from automl.splits.split import split_folds
from automl.types import Column, Frame, Json

OPEN = Brake.after(3600)
ROWS = 240
LINEAR = {"family": "linear"}
TREES = {"learning_rate": 0.3, "min_data_in_leaf": 3, "text": "all"}


def material(*, told: bool, rows: int = ROWS, interactions: bool = False) -> Material:
    """A number of no meaning beside a text that tells the target, or does not."""
    rng = np.random.default_rng(4)
    target = rng.integers(0, 2, rows)
    words = np.array([f"word{number}" for number in range(80)])
    marks = target if told else rng.permutation(target)
    texts = [" ".join([*rng.choice(words, 8), "good" if mark else "bad"]) for mark in marks]
    frame: Frame = {"size": rng.normal(size=rows), "note": np.array(texts, dtype=object)}
    encoder, columns = FeatureEncoder.learn(frame, [Column("size", "numeric"), Column("note", "text")])
    return Material(
        matrix=encoder.transform(frame),
        target=target,
        folds=split_folds(target, np.arange(rows), 3, 0),
        task="binary",
        metric="log_loss",
        n_classes=2,
        texts=columns,
        interactions=((0,), (1, 2, 3, 4, 5)) if interactions else (),
    )


def out_of_fold_auc(it: Material, **params: Json) -> float:
    outcome = Evaluator(Views(it), cores=1).attempt(Attempt(0, Proposal(params, "t")), OPEN)
    assert outcome.trial.state == "succeeded", outcome.trial.detail
    return measure("roc_auc", it.target[outcome.rows], outcome.outputs)


@pytest.mark.parametrize("params", [TREES, {**TREES, "text": "ratios"}, LINEAR, {"family": "neural", "text": "all"}])
def test_every_family_reads_texts(params: dict[str, Json]) -> None:
    assert out_of_fold_auc(material(told=True), **params) > 0.95


@pytest.mark.parametrize("augmentation", ["none", "random_over", "synonyms", "word_deletion"])
@pytest.mark.parametrize("params", [TREES, LINEAR])
def test_nothing_is_learnt_of_a_coin(params: dict[str, Json], augmentation: str) -> None:
    assert 0.3 < out_of_fold_auc(material(told=False), **params, augmentation=augmentation) < 0.7


@pytest.mark.parametrize("recipe", ["plain", "rich"])
def test_what_new_rows_get_is_what_validation_rows_got(recipe: str) -> None:
    it = material(told=True)
    view = Views(it).view(0, recipe, text="all")
    train, valid = it.folds[0]
    assert view.extension is not None
    assert view.told is not None
    assert len(view.told) == len(train)
    extended = view.extension.apply(it.matrix[valid], [column.taken(valid) for column in it.texts])
    assert extended.shape[1] == len(view.extension.sources) == view.data.whole.num_feature()
    assert set(view.extension.sources[-view.told.shape[1] :]) == {(2,)}


def test_shares_and_copies_are_told_what_the_whole_fold_taught() -> None:
    it = material(told=True)
    views = Views(it)
    whole, part = views.view(0, text="all"), views.view(0, share=0.4, text="all")
    assert whole.told is not None
    assert part.told is not None
    places = np.searchsorted(whole.train_rows, part.train_rows)
    np.testing.assert_array_equal(part.told, whole.told[places])
    augmented = views.view(0, mix=Mix(("random_over", "word_deletion")), text="all")
    assert augmented.told is not None
    assert augmented.augmented is not None
    rows = len(whole.train_rows)
    np.testing.assert_array_equal(augmented.told[:rows], whole.told)
    assert len(augmented.told) == len(augmented.augmented) > rows


def test_what_was_stopped_is_learnt_anew() -> None:
    it = material(told=True)
    views, fresh = Views(it), Views(it)
    for calls in (1, 3, 9):
        left = iter(range(calls))
        with pytest.raises(Unfinished):
            views.view(0, text="all", told_to_stop=lambda left=left: next(left, None) is None)
    one, other = views.view(0, text="all").told, fresh.view(0, text="all").told
    assert one is not None
    np.testing.assert_array_equal(one, other)


def test_a_trial_without_time_for_texts_fails_and_the_next_one_does_not() -> None:
    evaluator = Evaluator(Views(material(told=True)), cores=2)
    assert evaluator.attempt(Attempt(0, Proposal(TREES, "t")), Brake.after(0)).trial.state == "failed"
    assert evaluator.attempt(Attempt(1, Proposal(TREES, "t")), OPEN).trial.state == "succeeded"


def test_what_texts_tell_keeps_to_their_columns_group() -> None:
    view = Views(material(told=True, interactions=True)).view(0, text="all")
    assert view.told is not None
    groups = view.data.aim["interaction_constraints"]
    assert groups == [[0], [*range(1, 6), *range(6, 6 + view.told.shape[1])]]
    signed = replace(material(told=True), monotone=(1, 0, 0, 0, 0, 0))
    signs = Views(signed).view(0, text="all").data.aim["monotone_constraints"]
    assert signs == [1] + [0] * (5 + view.told.shape[1])


def test_linear_models_of_texts_learn_from_all_rows_whatever_the_share() -> None:
    evaluator = Evaluator(Views(material(told=True)), cores=1)
    few, all_rows = (evaluator.attempt(Attempt(0, Proposal(LINEAR, "t"), share=share), OPEN) for share in (0.3, 1.0))
    assert few.texts == all_rows.texts
    some, whole = (evaluator.attempt(Attempt(0, Proposal(TREES, "t"), share=share), OPEN) for share in (0.3, 1.0))
    assert some.texts != whole.texts
