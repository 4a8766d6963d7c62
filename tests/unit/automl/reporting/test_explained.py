"""What a report says of why: of a model whose only reasons are an age and a city."""

from collections.abc import Callable
from dataclasses import replace

import orjson
import pytest

from automl.clock import never
from automl.decisions.decision import decide
from automl.evaluation.ground import Ground
from automl.evaluation.importances import column_importances
from automl.evaluation.judged import Judged
from automl.predictor import Predictor
from automl.reporting.explained import explained
from automl.reporting.sample import Asked, trees_of
from automl.reporting.shap import tell_shap
from automl.types import Frame, Json, Metric, Task

Make = Callable[[Task], Predictor]
TASKS: list[tuple[Task, Metric]] = [("binary", "roc_auc"), ("multiclass", "log_loss"), ("regression", "rmse")]


def asked_of(predictor: Predictor, frame: Frame, task: Task) -> Asked:
    outputs = predictor.outputs(frame)
    predicted = outputs if task == "regression" else decide(outputs, predictor.decision)
    likely = outputs + 0.1 if task == "regression" else outputs.argmax(axis=1)
    judged = Judged(task=task, classes=predictor.classes, target=likely, outputs=outputs, predicted=predicted)
    return Asked(predictor, Ground(judged, frame))


def told(make: Make, frame: Frame, task: Task, metric: Metric, seconds: float | None = None) -> dict[str, Json]:
    predictor = make(task)
    importances = column_importances(list(frame), predictor.boosters())
    columns, asked = predictor.spec.encoder.columns, asked_of(predictor, frame, task)
    return explained(asked, importances, columns, metric, seconds=seconds, seed=3)


@pytest.mark.parametrize(("task", "metric"), TASKS)
def test_the_columns_that_matter_come_first(make_ensemble: Make, frame: Frame, task: Task, metric: Metric) -> None:
    found = told(make_ensemble, frame, task, metric)
    assert orjson.loads(orjson.dumps(found)) == found
    importances = found["importances"]
    assert {row["column"] for row in importances} == set(frame)
    assert importances[0]["column"] == "age"
    shap, lost = ({row["column"]: row[kind] for row in importances} for kind in ("shap", "permutation"))
    assert shap["age"] > 3 * max(shap["note"], shap["member"])
    assert lost["age"]["value"] > 3 * max(each["value"] for name, each in lost.items() if name not in ("age", "city"))
    assert lost["age"]["value"] > lost["age"]["deviation"] > 0


def test_answers_rise_where_the_truth_does(make_ensemble: Make, frame: Frame) -> None:
    found = told(make_ensemble, frame, "regression", "rmse")["explanations"]["partial_dependence"]
    by_name = {each["column"]: each for each in found}
    assert "note" not in by_name
    age = by_name["age"]
    assert age["values"] == sorted(age["values"])
    assert age["answers"][0]["mean"][-1] > age["answers"][0]["mean"][0] + 1
    city = by_name["city"]
    means = dict(zip(city["values"], city["answers"][0]["mean"], strict=True))
    assert max(means, key=lambda name: means[name]) == "a"
    assert by_name["member"]["values"] == [False, True]
    assert by_name["seen"]["values"][0].startswith("201")


def test_contributions_are_told_by_the_parts_of_a_column(make_ensemble: Make, frame: Frame) -> None:
    shap = told(make_ensemble, frame, "binary", "roc_auc")["explanations"]["shap"]
    assert (shap["scale"], shap["rows"]) == ("log_odds", 200)
    seen = next(row for row in shap["columns"] if row["column"] == "seen")
    assert {"seen", "seen.year"} <= {part["feature"] for part in seen["features"]}
    assert sum(part["mean"] for part in seen["features"]) == pytest.approx(seen["mean"])


def test_without_time_few_rows_are_explained_and_nothing_else(make_ensemble: Make, frame: Frame) -> None:
    found = told(make_ensemble, frame, "binary", "roc_auc", seconds=0.0)
    assert found["explanations"]["shap"]["rows"] == 4
    assert found["explanations"]["partial_dependence"] == []
    assert {row["permutation"] for row in found["importances"]} == {None}


def test_a_large_model_is_explained_on_more_rows_the_more_time_there_is(make_ensemble: Make, frame: Frame) -> None:
    asked = asked_of(make_ensemble("binary"), frame, "binary")
    rows = [tell_shap(asked, never, seconds)["rows"] for seconds in (0.5, 1.0, 2.0, None)]
    assert rows == [91, 91, 183, 200]  # 1,100 trees, or what takes as long


def test_large_models_are_asked_about_fewer_rows(make_predictor: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    predictor = make_predictor("multiclass")
    assert trees_of(predictor) == 3 * 3 * 10
    twice = replace(predictor, members=predictor.members * 2)
    assert trees_of(twice) == 2 * trees_of(predictor)
