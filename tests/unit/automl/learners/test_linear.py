"""The linear companion against scikit-learn's own, and against what a bundle may hold."""

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
from sklearn.linear_model import LogisticRegression, Ridge, TweedieRegressor

from automl.errors import Interrupted
from automl.features.encoder import FeatureEncoder
from automl.features.textcolumns import TextColumn
from automl.learners.linear import fit_linear
from automl.learners.linearmodel import Linear
from automl.learners.scaling import Scaling
from automl.types import Column, Floats, Json, Task

CLASSES: dict[Task, int] = {"binary": 2, "multiclass": 4, "regression": 0}


def table(task: Task, rows: int = 600) -> tuple[Floats, NDArray[Any]]:
    """Two numbers, one of them with gaps, and a category."""
    rng = np.random.default_rng(5)
    matrix = np.column_stack([rng.normal(size=rows), rng.normal(size=rows), rng.integers(0, 5, rows)])
    score = 2 * matrix[:, 0] - matrix[:, 1] + (matrix[:, 2] == 1) + rng.normal(size=rows)
    matrix[::6, 1] = np.nan
    if task == "regression":
        return matrix, 100 + 10 * score
    return matrix, np.digitize(score, np.quantile(score, np.linspace(0, 1, CLASSES[task] + 1)[1:-1]))


def fitted(task: Task, matrix: Floats, target: NDArray[Any], **options: Any) -> Linear:
    return fit_linear(
        matrix, target, categorical=[2], task=task, n_classes=CLASSES[task], **{"penalty": 1.0, **options}
    )


def design(matrix: Floats) -> Floats:
    """The same columns, made by hand of the scaling's parts."""
    scaling = Scaling.fit(matrix, [2])
    numbers, missing, slots = scaling.apply(matrix)
    return np.column_stack([numbers, missing, np.eye(scaling.slots)[slots[:, 0]]])


@pytest.mark.parametrize("task", ["binary", "regression"])
def test_a_slope_that_may_not_be_is_none_and_one_that_may_is_as_it_was(task: Task) -> None:
    matrix, target = table(task)
    free, kept = fitted(task, matrix, target), fitted(task, matrix, target, monotone=[1, -1, 0])
    np.testing.assert_allclose(kept.predict(matrix), free.predict(matrix), rtol=1e-3, atol=5e-3)
    turned = fitted(task, matrix, target, monotone=[-1, 0, 0])
    assert turned.slopes[0, 0] == 0
    even = np.column_stack([np.zeros(len(matrix)), matrix[:, 1:]])
    np.testing.assert_allclose(turned.predict(matrix), fitted(task, even, target).predict(even), rtol=1e-3, atol=5e-3)


@pytest.mark.parametrize("task", ["binary", "multiclass"])
@pytest.mark.parametrize("penalty", [0.01, 1.0, 100.0])
@pytest.mark.parametrize("weighted", [False, True])
def test_classes_are_told_apart_as_by_scikit_learn(task: Task, penalty: float, weighted: bool) -> None:  # noqa: FBT001
    matrix, target = table(task)
    weights = np.random.default_rng(1).uniform(0.1, 3, len(target)) if weighted else None
    even = None if weights is None else weights / weights.mean()
    theirs = LogisticRegression(C=penalty, tol=1e-8, max_iter=5000).fit(design(matrix), target, even)
    ours = fitted(task, matrix, target, penalty=penalty, weights=weights).predict(matrix)
    np.testing.assert_allclose(ours, theirs.predict_proba(design(matrix)), atol=5e-3)


@pytest.mark.parametrize("penalty", [0.01, 1.0, 100.0])
def test_values_are_predicted_as_by_scikit_learn(penalty: float) -> None:
    matrix, target = table("regression")
    center, unit = target.mean(), target.std()
    theirs = Ridge(alpha=1 / penalty).fit(design(matrix), (target - center) / unit)
    ours = fitted("regression", matrix, target, penalty=penalty).predict(matrix)
    np.testing.assert_allclose(ours, center + unit * theirs.predict(design(matrix)), atol=2e-3 * unit)


@pytest.mark.parametrize("task", CLASSES)
def test_text_brings_back_the_same_model(task: Task) -> None:
    matrix, target = table(task)
    model = fitted(task, matrix, target)
    again = Linear.from_json(json.loads(model.to_text()), task=task, n_classes=CLASSES[task], n_features=3)
    np.testing.assert_array_equal(again.predict(matrix), model.predict(matrix))
    assert again.to_text() == model.to_text()


@pytest.mark.parametrize("task", CLASSES)
def test_a_row_alone_is_answered_as_among_others(task: Task) -> None:
    matrix, target = table(task)
    matrix = np.column_stack([matrix, np.random.default_rng(6).normal(size=(len(matrix), 10))])
    model = fitted(task, matrix, target)
    together = model.predict(matrix)
    for row in range(0, len(matrix), 41):
        np.testing.assert_array_equal(model.predict(matrix[row : row + 1]), together[row : row + 1])


@pytest.mark.parametrize("task", CLASSES)
def test_a_row_alone_of_many_categories_too(task: Task) -> None:
    _, target = table(task)
    codes = np.random.default_rng(7).integers(0, 5, size=(len(target), 21)).astype(np.float64)
    model = fit_linear(codes, target, categorical=range(21), task=task, n_classes=CLASSES[task], penalty=1.0)
    together = model.predict(codes)
    alone = np.concatenate([model.predict(codes[row : row + 1]) for row in range(60)])
    np.testing.assert_array_equal(alone, together[:60])


@pytest.mark.parametrize(("task", "present"), [("multiclass", [0, 2, 3]), ("multiclass", [1, 3]), ("binary", [1])])
def test_classes_that_the_rows_lack_have_a_small_share(task: Task, present: list[int]) -> None:
    matrix, target = table(task)
    rows = np.isin(target, present)
    model = fitted(task, matrix[rows], target[rows])
    answers = model.predict(matrix)
    absent = [k for k in range(CLASSES[task]) if k not in present]
    assert answers.shape == (len(matrix), CLASSES[task])
    assert np.all((answers[:, absent] > 0) & (answers[:, absent] < 0.01))
    np.testing.assert_allclose(answers.sum(axis=1), 1)
    again = Linear.from_json(json.loads(model.to_text()), task=task, n_classes=CLASSES[task], n_features=3)
    np.testing.assert_array_equal(again.predict(matrix), answers)


def test_a_target_of_one_value_is_answered_with_it() -> None:
    matrix, _ = table("regression")
    np.testing.assert_allclose(fitted("regression", matrix, np.full(len(matrix), 3.5)).predict(matrix), 3.5)


def test_what_is_missing_only_later_changes_nothing_but_its_own_part() -> None:
    matrix, target = table("binary")
    model = fitted("binary", matrix, target)
    gap = matrix[:1].copy()
    gap[0, 0] = np.nan
    assert np.all(np.isfinite(model.predict(gap)))
    strange = matrix[:1].copy()
    strange[0, 2] = 999
    assert np.all(np.isfinite(model.predict(strange)))


def test_it_stops_when_told_and_keeps_what_it_has() -> None:
    matrix, target = table("multiclass")
    calls: list[int] = []

    def soon() -> bool:
        calls.append(1)
        return len(calls) == 2

    early = fitted("multiclass", matrix, target, told_to_stop=soon)
    assert len(calls) == 2
    late = fitted("multiclass", matrix, target)
    rows = np.arange(len(target))
    losses = [-np.log(model.predict(matrix)[rows, target]).mean() for model in (early, late)]
    assert losses[1] < losses[0] < np.log(4)


def test_it_may_be_abandoned() -> None:
    matrix, target = table("binary")

    def abandon() -> bool:
        raise Interrupted("run-abandoned", "enough")

    with pytest.raises(Interrupted):
        fitted("binary", matrix, target, told_to_stop=abandon)


def test_fits_side_by_side_are_the_same_as_alone() -> None:
    matrix, target = table("multiclass")
    alone = fitted("multiclass", matrix, target).to_text()
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda _: fitted("multiclass", matrix, target).to_text(), range(12)))
    assert set(together) == {alone}


_WIDE = """
import hashlib, numpy as np
from automl.learners.linear import fit_linear
rng = np.random.default_rng(0)
matrix, target = rng.normal(size=(300, 1500)), rng.integers(0, 8, 300)
model = fit_linear(matrix, target, categorical=[], task="multiclass", n_classes=8, penalty=1.0)
print(hashlib.sha256(model.to_text().encode()).hexdigest())
"""


def test_the_number_of_threads_changes_no_bit() -> None:
    def digest(threads: int) -> str:
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": str(threads), "OMP_NUM_THREADS": str(threads)}
        done = subprocess.run(
            [sys.executable, "-c", _WIDE], env=environment, capture_output=True, text=True, timeout=120, check=True
        )
        return done.stdout

    assert digest(1) == digest(2)


def _without(name: str) -> Callable[[Json], Json]:
    return lambda document: {key: value for key, value in document.items() if key != name}


@pytest.mark.parametrize(
    "change",
    [
        lambda document: [],
        lambda document: {**document, "more": 1},
        lambda document: {**document, "slopes": document["slopes"][:1]},
        lambda document: {**document, "slopes": [[1.0, "2"]] * 4},
        lambda document: {**document, "slopes": [[1.0, float("nan")]] * 4},
        lambda document: {**document, "levels": [row[1:] for row in document["levels"]]},
        lambda document: {**document, "intercepts": [0.0]},
        lambda document: {**document, "gaps": None},
        lambda document: {**document, "outcomes": [0, 1, 2, 4]},
        lambda document: {**document, "outcomes": [1, 0, 2, 3]},
        lambda document: {**document, "outcomes": []},
        lambda document: {**document, "outcomes": [0, 1, 2]},
        lambda document: {**document, "absent": 0.1},
        lambda document: {**document, "absent": None},
        lambda document: {**document, "scaling": []},
        lambda document: {**document, "scaling": {}},
        *map(_without, ("slopes", "gaps", "levels", "intercepts", "outcomes", "absent", "scaling")),
    ],
)
def test_documents_that_it_cannot_have_written_are_refused(change: Callable[[Json], Json]) -> None:
    document = json.loads(fitted("multiclass", *table("multiclass")).to_text())
    Linear.from_json(document, task="multiclass", n_classes=4, n_features=3)
    with pytest.raises(ValueError, match=r"."):
        Linear.from_json(change(document), task="multiclass", n_classes=4, n_features=3)


def notes(target: NDArray[Any]) -> tuple[TextColumn, ...]:
    """Words at random, and one that tells on which side of the median a row is."""
    words = np.random.default_rng(3).choice(["red", "green", "old", "new"], (len(target), 4))
    marks = np.where(target > np.median(target), "high", "low")
    texts = np.array([" ".join([*each, mark]) for each, mark in zip(words, marks, strict=True)], dtype=object)
    return FeatureEncoder.learn({"note": texts}, [Column("note", "text")])[1]


@pytest.mark.parametrize("task", CLASSES)
def test_the_terms_of_texts_are_read_and_stored(task: Task) -> None:
    matrix, target = table(task)
    matrix[:, :2] = np.random.default_rng(1).normal(size=(len(matrix), 2))
    texts = notes(target)
    blind, seeing = fitted(task, matrix, target), fitted(task, matrix, target, texts=texts)
    widths = [block.shape[1] for block in texts[0].terms]
    again = Linear.from_json(
        json.loads(seeing.to_text()), task=task, n_classes=CLASSES[task], n_features=3, widths=widths
    )
    said = seeing.predict(matrix, texts)
    np.testing.assert_array_equal(again.predict(matrix, texts), said)
    np.testing.assert_array_equal(seeing.predict(matrix[:1], [texts[0].taken(np.array([0]))]), said[:1])
    assert right(target, said) > right(target, blind.predict(matrix)) + 0.15
    for wrong in ([*widths, 1], widths[:1], [widths[0] + 1, widths[1]]):
        with pytest.raises(ValueError, match="weights"):
            Linear.from_json(
                json.loads(seeing.to_text()), task=task, n_classes=CLASSES[task], n_features=3, widths=wrong
            )


def right(target: NDArray[Any], said: Floats) -> float:
    """How often the likeliest class came, or how values go with what came."""
    return float(np.corrcoef(target, said)[0, 1] if said.ndim == 1 else np.mean(said.argmax(axis=1) == target))


def test_under_a_log_link_it_is_a_tweedie_regression() -> None:
    matrix, target = table("regression")
    amounts = np.exp((target - 100) / 10)
    model = fitted("regression", matrix, amounts, link="log", penalty=100.0)
    columns = design(matrix)
    reference = TweedieRegressor(power=1.5, link="log", alpha=1 / (100.0 * len(target)), tol=1e-9, max_iter=10_000)
    expected = reference.fit(columns, amounts / amounts.mean()).predict(columns) * amounts.mean()
    np.testing.assert_allclose(model.predict(matrix), np.minimum(expected, 2 * amounts.max()), rtol=0.02)
    found = model.contributions(matrix)
    np.testing.assert_allclose(found.base + found.parts.sum(axis=2), found.ends, rtol=1e-9)
    np.testing.assert_allclose(found.ends[:, 0], model.predict(matrix), rtol=1e-9)
    again = Linear.from_json(json.loads(model.to_text()), task="regression", n_classes=0, n_features=3)
    np.testing.assert_array_equal(again.predict(matrix), model.predict(matrix))
    with pytest.raises(ValueError, match="no number"):
        Linear.from_json(json.loads(model.to_text()) | {"most": 1e3}, task="regression", n_classes=0, n_features=3)
