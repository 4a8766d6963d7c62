"""What columns add, with the base, is the answer: of every family, alone and together, calibrated or not."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from automl.decisions.calibrators import Calibrator, Curve, Isotonic, Scaling
from automl.decisions.decision import decide
from automl.learners.linear import fit_linear
from automl.learners.models import FoldModel, Member
from automl.learners.neural import Lesson, fit_neural
from automl.predictor import Predictor
from automl.types import Floats, Frame, Task

Make = Callable[[Task], Predictor]
TASKS: list[Task] = ["binary", "multiclass", "regression"]
STEEP = Curve((0.0, 0.4, 1.0), (0.05, 0.7, 0.99))
CALIBRATORS: dict[str, Callable[[int], Calibrator | None]] = {
    "none": lambda k: None,
    "temperature": lambda k: Scaling(0.5, (0.0,) * k),
    "platt": lambda k: Scaling(1.7, tuple(0.3 * i for i in range(k))),
    "isotonic": lambda k: Isotonic((STEEP,) * (1 if k == 2 else k)),
}


@pytest.fixture(scope="module")
def make_whole(make_ensemble: Make, frame: Frame) -> Make:
    """Every family there is: trees with and without a recipe, a forest, linear models and networks."""

    def make(task: Task) -> Predictor:
        ensemble = make_ensemble(task)
        encoder = ensemble.spec.encoder
        matrix = encoder.transform(frame)
        target = np.nan_to_num(matrix[:, 0], nan=30.0)
        target = target if task == "regression" else np.digitize(target, [35, 45][: len(ensemble.classes) - 1])
        lesson = Lesson(matrix, target)
        kinds = {"categorical": encoder.categorical, "task": task, "n_classes": len(ensemble.classes)}
        neural = fit_neural(lesson, None, dropout=0.1, number_bins=6, rate=0.002, epochs=3, seed=1, **kinds).model
        members = [replace(member, weight=0.8 * member.weight) for member in ensemble.members]
        return replace(ensemble, members=(*members, Member(0.2, (FoldModel(neural),), "neural")))

    return make


@pytest.mark.parametrize("task", TASKS)
def test_every_familys_contributions_add_up_to_its_answers(make_whole: Make, frame: Frame, task: Task) -> None:
    predictor = make_whole(task)
    matrix, texts = predictor.spec.encoder.transform(frame), predictor.spec.encoder.texts(frame)
    for member in predictor.members:
        for fold in member.models:
            found = fold.contributions(matrix, texts)
            answers = fold.predict(matrix, texts).reshape(len(matrix), -1)
            np.testing.assert_allclose(found.ends, answers, rtol=1e-4, atol=1e-5)  # networks answer in single precision
            np.testing.assert_allclose(found.base + found.parts.sum(axis=2), found.ends, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("calibrator", CALIBRATORS)
@pytest.mark.parametrize("task", TASKS)
def test_base_and_contributions_are_the_margin_of_the_answer(
    make_whole: Make, frame: Frame, task: Task, calibrator: str
) -> None:
    predictor = make_whole(task)
    if task != "regression":
        made = CALIBRATORS[calibrator](len(predictor.classes))
        predictor = replace(predictor, spec=replace(predictor.spec, calibrator=made))
    outputs = predictor.outputs(frame)
    called = None if task == "regression" else decide(outputs, predictor.decision)
    found = predictor.explain(frame, called)
    assert found.columns == list(frame)
    np.testing.assert_allclose(found.base + found.contributions.sum(axis=1), found.margin, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(found.margin, _margin(outputs, called, task), rtol=1e-4, atol=1e-4)


def _margin(outputs: Floats, called: Floats | None, task: Task) -> Floats:
    if task == "regression" or called is None:
        return outputs
    if task == "binary":
        return np.asarray(np.log(outputs[:, 1]) - np.log(outputs[:, 0]))
    return np.asarray(np.log(outputs[np.arange(len(outputs)), called]))


def test_members_that_are_held_near_each_other_add_up_too(make_whole: Make, frame: Frame) -> None:
    free = make_whole("regression")
    held = replace(free, spec=replace(free.spec, reach=0.5))
    outputs = held.outputs(frame)
    assert not np.allclose(outputs, free.outputs(frame), rtol=1e-3)
    found = held.explain(frame, None)
    np.testing.assert_allclose(found.base + found.contributions.sum(axis=1), found.margin, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(found.margin, outputs, rtol=1e-4, atol=1e-4)


def test_what_matters_is_told_and_what_does_not_is_not(make_whole: Make, frame: Frame) -> None:
    found = make_whole("regression").explain(frame, None)
    told = dict(zip(found.columns, np.abs(found.contributions).mean(axis=0), strict=True))
    assert max(told, key=lambda name: told[name]) == "age"
    older = frame["age"] > 50
    assert found.contributions[older, 0].mean() > 0 > found.contributions[frame["age"] < 30, 0].mean()


def test_rows_alone_and_blocks_of_rows_are_explained_alike(
    make_whole: Make, frame: Frame, monkeypatch: pytest.MonkeyPatch
) -> None:
    predictor = make_whole("multiclass")
    called = predictor.outputs(frame).argmax(axis=1)
    together = predictor.explain(frame, called)
    monkeypatch.setattr("automl.explanations.explain._MOST_NUMBERS", 1000)
    apart = predictor.explain(frame, called)
    np.testing.assert_allclose(apart.contributions, together.contributions, rtol=1e-9, atol=1e-12)
    single = predictor.explain({name: values[5:6] for name, values in frame.items()}, called[5:6])
    np.testing.assert_allclose(single.contributions[0], together.contributions[5], rtol=1e-9, atol=1e-12)


def test_a_linear_models_contributions_are_slopes_times_distances_from_the_mean() -> None:
    rng = np.random.default_rng(0)
    matrix = np.column_stack([rng.normal(size=300), rng.integers(0, 3, 300), rng.normal(size=300)])
    matrix[::5, 2] = np.nan
    target = 2 * matrix[:, 0] + (matrix[:, 1] == 1) - np.isnan(matrix[:, 2])
    model = fit_linear(matrix, target, categorical=[1], task="regression", n_classes=0, penalty=10.0)
    found = model.contributions(matrix)
    np.testing.assert_allclose(found.parts.mean(axis=0), 0, atol=1e-9)
    assert found.base[0] == pytest.approx(model.predict(matrix).mean())
    np.testing.assert_allclose(found.parts[:, 0, 0], model.slopes[0, 0] * model.scaling.apply(matrix).numbers[:, 0])


def test_classes_that_a_linear_model_never_saw_add_up_too() -> None:
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(90, 2))
    target = np.repeat([0, 2, 3], 30)
    model = fit_linear(matrix, target, categorical=[], task="multiclass", n_classes=5, penalty=1.0)
    found = model.contributions(matrix)
    np.testing.assert_allclose(found.ends, model.predict(matrix), rtol=1e-12)
    np.testing.assert_allclose(found.base + found.parts.sum(axis=2), found.ends, atol=1e-12)
