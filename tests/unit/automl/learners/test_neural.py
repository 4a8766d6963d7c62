"""The neural companion: what it learns, that it is repeatable, and what a bundle may hold of it."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from automl.errors import Interrupted
from automl.learners.neural import Lesson, NeuralFit, fit_neural
from automl.learners.neuralmodel import Neural
from automl.types import Floats, Json, Task

CLASSES: dict[Task, int] = {"binary": 2, "multiclass": 3, "regression": 0}


def table(task: Task, rows: int = 400) -> tuple[Floats, NDArray[Any]]:
    """Rings around the middle, which no linear model tells apart; a number with gaps and a category besides."""
    rng = np.random.default_rng(5)
    matrix = np.column_stack([rng.normal(size=(rows, 3)), rng.integers(0, 4, rows)])
    radius = np.hypot(matrix[:, 0], matrix[:, 1]) + 0.3 * (matrix[:, 3] == 1)
    matrix[::7, 2] = np.nan
    if task == "regression":
        return matrix, 100 + 10 * radius
    return matrix, np.digitize(radius, np.quantile(radius, np.linspace(0, 1, CLASSES[task] + 1)[1:-1]))


def fitted(task: Task, lesson: Lesson, valid: Lesson | None = None, **options: Any) -> NeuralFit:
    usual = {"dropout": 0.1, "number_bins": 0, "rate": 0.002, "epochs": 30}
    return fit_neural(lesson, valid, categorical=[3], task=task, n_classes=CLASSES[task], **{**usual, **options})


def brief(task: Task, bins: int = 5) -> Neural:
    return fitted(task, Lesson(*table(task)), epochs=2, number_bins=bins).model


def read(document: Json, task: Task = "multiclass") -> Neural:
    return Neural.from_json(document, task=task, n_classes=CLASSES[task], n_features=4)


@pytest.mark.parametrize("bins", [0, 8])
@pytest.mark.parametrize("task", CLASSES)
def test_it_learns_what_is_not_linear(task: Task, bins: int) -> None:
    matrix, target = table(task, 600)
    train, valid = Lesson(matrix[:400], target[:400]), Lesson(matrix[400:], target[400:])
    answers = fitted(task, train, valid, number_bins=bins).model.predict(valid.matrix)
    if task == "regression":
        assert np.mean((answers - valid.target) ** 2) < 0.2 * np.var(valid.target)
    else:
        np.testing.assert_allclose(answers.sum(axis=1), 1)
        assert np.mean(answers.argmax(axis=1) == valid.target) > 0.8


def test_bins_show_it_steps() -> None:
    matrix = np.random.default_rng(3).uniform(size=(1500, 4))
    target = np.floor(8 * matrix[:, 0]) % 2
    train, valid = Lesson(matrix[:1000], target[:1000]), Lesson(matrix[1000:], target[1000:])

    def error(bins: int) -> float:
        answers = fitted("regression", train, valid, number_bins=bins, epochs=60).model.predict(valid.matrix)
        return float(np.mean((answers - valid.target) ** 2))

    assert error(20) < 0.5 * error(0)


def test_what_was_stored_before_there_were_bins_answers_as_ever() -> None:
    model = brief("multiclass", bins=0)
    document = json.loads(model.to_text())
    del document["bins"]
    matrix, _ = table("multiclass")
    np.testing.assert_array_equal(read(document).predict(matrix), model.predict(matrix))


@pytest.mark.parametrize("bins", [0, 5])
@pytest.mark.parametrize("task", CLASSES)
def test_text_brings_back_the_same_model_and_a_row_alone_is_answered_as_among_others(task: Task, bins: int) -> None:
    matrix, _ = table(task)
    model = brief(task, bins)
    again = read(json.loads(model.to_text()), task)
    together = again.predict(matrix)
    np.testing.assert_array_equal(together, model.predict(matrix))
    assert again.to_text() == model.to_text()
    alone = np.concatenate([again.predict(matrix[row : row + 1]) for row in range(100)])
    np.testing.assert_array_equal(alone, together[:100])


def test_it_stops_at_its_best_epoch() -> None:
    matrix, target = table("binary", 600)
    noisy = np.random.default_rng(1).permutation(target)
    found = fitted("binary", Lesson(matrix[:400], noisy[:400]), Lesson(matrix[400:], noisy[400:]), epochs=None)
    assert found.epochs < 20
    assert not found.cut


def test_without_rows_to_judge_by_it_runs_all_epochs() -> None:
    assert fitted("binary", Lesson(*table("binary")), epochs=4).epochs == 4


def test_rows_without_weight_teach_nothing() -> None:
    matrix, target = table("binary")
    wrong = np.concatenate([target, 1 - target])
    weights = np.repeat([1.0, 0.0], len(target))
    weighted = fitted("binary", Lesson(np.tile(matrix, (2, 1)), wrong, weights)).model
    assert np.mean(weighted.predict(matrix).argmax(axis=1) == target) > 0.8


def test_the_seed_decides_and_threads_do_not() -> None:
    lesson = Lesson(*table("multiclass"))

    def text(seed: int) -> str:
        return fitted("multiclass", lesson, epochs=3, seed=seed).model.to_text()

    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(text, [1, 1, 1, 2]))
    assert together[0] == together[1] == together[2] == text(1)
    assert together[3] != together[0]


_WIDE = """
import hashlib, numpy as np
from automl.learners.neural import Lesson, fit_neural
rng = np.random.default_rng(0)
lesson = Lesson(rng.normal(size=(600, 700)), rng.integers(0, 8, 600))
model = fit_neural(lesson, None, categorical=[], task="multiclass", n_classes=8, dropout=0.1, number_bins=0, rate=0.002,
    epochs=2).model
print(hashlib.sha256(model.to_text().encode() + model.predict(lesson.matrix).tobytes()).hexdigest())
"""


def test_the_number_of_threads_changes_no_bit() -> None:
    def digest(threads: int) -> str:
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": str(threads), "OMP_NUM_THREADS": str(threads)}
        done = subprocess.run(
            [sys.executable, "-c", _WIDE], env=environment, capture_output=True, text=True, timeout=120, check=True
        )
        return done.stdout

    assert digest(1) == digest(2)


def test_it_stops_when_told_and_keeps_what_it_has_or_is_abandoned() -> None:
    lesson = Lesson(*table("binary"))
    found = fitted("binary", lesson, told_to_stop=lambda: True)
    assert found.cut
    assert found.epochs == 1

    def abandon() -> bool:
        raise Interrupted("abandoned", "enough")

    with pytest.raises(Interrupted):
        fitted("binary", lesson, told_to_stop=abandon)


def test_strange_rows_get_finite_answers() -> None:
    model = brief("binary")
    strange = np.array([[np.nan, 1e300, -1e300, 999.0], [np.nan] * 4])
    assert np.isfinite(model.predict(strange)).all()


def _with_layer(**change: Json) -> Callable[[Json], Json]:
    def changed(document: Json) -> Json:
        first, *rest = document["networks"]
        return {**document, "networks": [[{**first[0], **change}, *first[1:]], *rest]}

    return changed


@pytest.mark.parametrize(
    "change",
    [
        lambda document: [],
        lambda document: {**document, "more": 1},
        lambda document: {key: value for key, value in document.items() if key != "gaps"},
        lambda document: {**document, "gaps": [5]},
        lambda document: {**document, "gaps": [2, 1]},
        lambda document: {**document, "unit": float("inf")},
        lambda document: {**document, "scaling": {}},
        lambda document: {**document, "bins": []},
        lambda document: {**document, "networks": []},
        lambda document: {**document, "networks": [[]]},
        lambda document: {**document, "networks": [document["networks"][0]] * 17},
        lambda document: {**document, "networks": [document["networks"][0][1:]]},
        lambda document: {**document, "networks": [document["networks"][0][:2]]},
        _with_layer(shape=[1, 1]),
        _with_layer(shape=[0, 128]),
        _with_layer(shape=[10**6, 10**6]),
        _with_layer(shape=[1.5, 2]),
        _with_layer(weights=1),
        _with_layer(weights="!"),
        _with_layer(weights="AAAA"),
        _with_layer(biases="AHwAfAB8"),
        _with_layer(more=1),
    ],
)
def test_documents_that_it_cannot_have_written_are_refused(change: Callable[[Json], Json]) -> None:
    document = json.loads(brief("multiclass").to_text())
    read(document)
    with pytest.raises(ValueError, match=r"."):
        read(change(document))


def test_weights_must_be_finite() -> None:
    document = json.loads(brief("multiclass").to_text())
    endless = np.full(3, np.inf, dtype="<f2").tobytes()
    document["networks"][0][-1]["biases"] = base64.b64encode(endless).decode()
    with pytest.raises(ValueError, match="finite"):
        read(document)


def test_under_a_log_link_it_learns_amounts_and_says_none_below_zero() -> None:
    matrix, target = table("regression", 600)
    amounts = np.exp((target - 100) / 5)
    train, valid = Lesson(matrix[:400], amounts[:400]), Lesson(matrix[400:], amounts[400:])
    losses = {}
    for link in ("identity", "log"):
        model = fitted("regression", train, valid, link=link).model
        answers = model.predict(valid.matrix)
        losses[link] = np.mean((answers - valid.target) ** 2)
    assert losses["log"] < 0.7 * losses["identity"]
    assert (answers > 0).all()
    found = model.contributions(valid.matrix)
    np.testing.assert_allclose(found.base + found.parts.sum(axis=2), found.ends, rtol=1e-9)
    np.testing.assert_allclose(found.ends[:, 0], answers, rtol=1e-4)
    again = read(json.loads(model.to_text()), "regression")
    np.testing.assert_array_equal(again.predict(valid.matrix), answers)
    with pytest.raises(ValueError, match="no number"):
        read(json.loads(model.to_text()) | {"most": 1e3}, "regression")
