from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from automl.decisions.calibrators import Scaling
from automl.decisions.decision import Decision
from automl.errors import InvalidRows
from automl.predictor import PredictionWarning, Predictor
from automl.rowschema import sample_row
from automl.tables.coerce import frame_from_rows
from automl.types import Column, Frame, Json, Task

Make = Callable[[Task], Predictor]
TASKS: list[Task] = ["binary", "multiclass", "regression"]


@pytest.fixture(scope="module")
def rows(frame: Frame, columns: tuple[Column, ...]) -> list[dict[str, Json]]:
    singles = [{name: values[i : i + 1] for name, values in frame.items()} for i in range(len(frame["age"]))]
    return [sample_row(single, columns) for single in singles]


def test_rows_come_back_to_the_frame_they_were_made_from(
    rows: list[dict[str, Json]], frame: Frame, columns: tuple[Column, ...]
) -> None:
    again = frame_from_rows(rows, columns)
    for name in ("age", "member", "seen"):
        np.testing.assert_array_equal(again[name], frame[name])
    assert again["city"].tolist() == frame["city"].tolist()


def test_probabilities_are_the_mean_of_the_fold_models(make_predictor: Make, frame: Frame) -> None:
    predictor = make_predictor("multiclass")
    matrix = predictor.spec.encoder.transform(frame)
    mean = np.mean([booster.predict(matrix) for _, booster, _ in predictor.boosters()], axis=0)
    np.testing.assert_allclose(predictor.outputs(frame), mean, rtol=1e-14)


@pytest.mark.parametrize("task", TASKS)
def test_an_ensemble_answers_with_its_members_weighted_mean(make_ensemble: Make, frame: Frame, task: Task) -> None:
    ensemble = make_ensemble(task)
    matrix = ensemble.spec.encoder.transform(frame)
    texts = ensemble.spec.encoder.texts(frame)
    means = [np.mean([fold.predict(matrix, texts) for fold in member.models], axis=0) for member in ensemble.members]
    by_hand = 0.25 * means[0] + 0.4 * means[1] + 0.25 * means[2] + 0.1 * means[3]
    np.testing.assert_allclose(ensemble.outputs(frame), by_hand, rtol=1e-12)


def test_boosters_tell_what_their_features_are_made_of(make_ensemble: Make) -> None:
    ensemble = make_ensemble("binary")
    found = list(ensemble.boosters())
    assert [share for share, _, _ in found] == pytest.approx([0.25 / 3] * 3 + [0.4 / 3] * 3 + [0.1 / 3] * 3)
    for _, booster, sources in found:
        assert len(sources) == len(booster.importance("gain"))
    plain, extended = found[0][2], found[3][2]
    assert extended[: len(plain)] == plain == [(name,) for name in ensemble.spec.encoder.sources]
    assert {name for names in extended for name in names} <= set(ensemble.spec.encoder.sources)


def test_binary_labels_follow_the_threshold_and_keep_their_type(
    make_predictor: Make, rows: list[dict[str, Json]]
) -> None:
    found = make_predictor("binary").predict(rows)
    assert found.probabilities is not None
    assert found.classes == [False, True]
    assert found.predictions == (found.probabilities[:, 1] >= 0.4).tolist()
    assert {type(label) for label in found.predictions} == {bool}
    assert 0 < sum(found.predictions) < len(rows)


def test_the_same_model_can_call_labels_otherwise(make_predictor: Make, rows: list[dict[str, Json]]) -> None:
    predictor = make_predictor("binary")
    other = predictor.deciding(Decision(threshold=0.7))
    found = other.predict(rows)
    assert found.probabilities is not None
    assert found.predictions == (found.probabilities[:, 1] >= 0.7).tolist() != predictor.predict(rows).predictions
    offsets = make_predictor("multiclass").deciding(Decision(offsets=(5.0, 0.0, -5.0))).predict(rows)
    assert offsets.predictions.count(1) > make_predictor("multiclass").predict(rows).predictions.count(1)
    with pytest.raises(ValueError, match="decides nothing"):
        make_predictor("regression").deciding(Decision(threshold=0.7))


def test_probabilities_are_calibrated_before_labels_are_called(
    make_predictor: Make, rows: list[dict[str, Json]]
) -> None:
    plain = make_predictor("binary")
    calibrated = replace(plain, spec=replace(plain.spec, calibrator=Scaling(1.0, (2.0, -2.0)))).predict(rows)
    assert calibrated.probabilities is not None
    before = plain.predict(rows).probabilities
    assert before is not None
    assert (calibrated.probabilities[:, 1] < before[:, 1]).all()
    assert calibrated.predictions == (calibrated.probabilities[:, 1] >= 0.4).tolist()


def test_multiclass_labels_are_the_likeliest_and_keep_their_type(
    make_predictor: Make, rows: list[dict[str, Json]]
) -> None:
    found = make_predictor("multiclass").predict(rows)
    assert found.probabilities is not None
    assert found.predictions == (found.probabilities.argmax(axis=1) + 1).tolist()
    assert {type(label) for label in found.predictions} == {int}


def test_regression_gives_values(make_predictor: Make, rows: list[dict[str, Json]]) -> None:
    found = make_predictor("regression").predict(rows)
    assert (found.probabilities, found.classes) == (None, [])
    assert {type(value) for value in found.predictions} == {float}


@pytest.mark.parametrize("task", TASKS)
def test_a_row_alone_is_answered_as_among_others_and_in_any_column_order(
    make_predictor: Make, rows: list[dict[str, Json]], task: Task
) -> None:
    predictor = make_predictor(task)
    together = predictor.predict(rows)
    for i in range(0, len(rows), 23):
        alone = predictor.predict([dict(reversed(rows[i].items()))])
        assert alone.predictions == together.predictions[i : i + 1]
        np.testing.assert_array_equal(alone.probabilities, _part(together.probabilities, i))


def test_a_table_is_answered_as_its_rows(make_predictor: Make, rows: list[dict[str, Json]]) -> None:
    predictor = make_predictor("binary")
    by_table, by_rows = predictor.predict_table(pa.Table.from_pylist(rows)), predictor.predict(rows)
    np.testing.assert_array_equal(by_table.probabilities, by_rows.probabilities)
    assert by_table.predictions == by_rows.predictions


def test_threads_share_a_predictor_and_get_the_answers_of_one(
    make_predictor: Make, rows: list[dict[str, Json]]
) -> None:
    predictor = make_predictor("multiclass")
    expected = [predictor.predict([row]).probabilities for row in rows]
    asked = [i for _ in range(8) for i in range(len(rows))]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda i: predictor.predict([rows[i]]).probabilities, asked))
    for i, answer in zip(asked, answers, strict=True):
        np.testing.assert_array_equal(answer, expected[i])


def test_warnings_name_the_row_and_column(make_predictor: Make, rows: list[dict[str, Json]]) -> None:
    asked = [rows[0], {**rows[1], "city": "Atlantis", "shoe": 42}]
    found = make_predictor("binary").predict(asked)
    assert [(each.row, each.column, each.code) for each in found.warnings] == [
        (None, "shoe", "ignored-column"),
        (1, "city", "unseen-category"),
    ]
    assert "Atlantis" in found.warnings[1].detail
    assert all(isinstance(each, PredictionWarning) for each in found.warnings)


def test_the_twenty_first_warning_is_only_counted(make_predictor: Make, rows: list[dict[str, Json]]) -> None:
    found = make_predictor("binary").predict([{**row, "city": "?!"} for row in rows[:50]])
    assert (len(found.warnings), found.more_warnings) == (20, 30)


def test_a_huge_unseen_value_is_shown_in_part(make_predictor: Make, rows: list[dict[str, Json]]) -> None:
    found = make_predictor("binary").predict([{**rows[0], "city": "x" * 100_000}])
    assert len(found.warnings[0].detail) < 300


def test_nulls_are_fine_but_a_missing_column_is_not(make_predictor: Make, rows: list[dict[str, Json]]) -> None:
    predictor = make_predictor("binary")
    assert len(predictor.predict([dict.fromkeys(rows[0])]).predictions) == 1
    with pytest.raises(InvalidRows) as refused:
        predictor.predict([{name: value for name, value in rows[0].items() if name != "age"}])
    assert refused.value.code == "missing-column"
    assert refused.value.faults[0].column == "age"


@pytest.mark.parametrize("task", TASKS)
def test_the_sample_can_be_sent_as_it_is(make_predictor: Make, task: Task) -> None:
    predictor = make_predictor(task)
    assert predictor.schema()["examples"] == [{"rows": [predictor.sample()]}]
    found = predictor.predict([predictor.sample()])
    assert found.warnings == []


def test_the_sample_is_the_callers_to_change(make_predictor: Make) -> None:
    predictor = replace(make_predictor("binary"))
    predictor.sample().clear()
    assert predictor.sample()


def _part(probabilities: np.ndarray | None, row: int) -> np.ndarray | None:
    return None if probabilities is None else probabilities[row : row + 1]
