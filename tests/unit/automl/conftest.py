"""A small table and predictors trained on it, one a task."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import lightgbm as lgb
import numpy as np
import pytest
from numpy.typing import NDArray

from automl.decisions.decision import Decision, Decisions
from automl.decisions.thresholds import Points
from automl.features.encoder import FeatureEncoder
from automl.features.extension import Extension
from automl.learners.booster import Booster, load_booster
from automl.learners.linear import fit_linear
from automl.learners.models import FoldModel, Member
from automl.predictor import Predictor, PredictorSpec
from automl.rowschema import sample_row
from automl.search.told import Teller
from automl.types import Column, Criterion, Floats, Frame, Json, Task

ROWS = 400
COLUMNS = (
    Column("age", "numeric"),
    Column("city", "categorical"),
    Column("member", "boolean"),
    Column("seen", "datetime"),
    Column("note", "text"),
)
CLASSES: dict[Task, tuple[Json, ...]] = {"binary": (False, True), "multiclass": (1, 2, 3), "regression": ()}


@pytest.fixture(scope="session")
def columns() -> tuple[Column, ...]:
    return COLUMNS


@pytest.fixture(scope="session")
def frame() -> Frame:
    rng = np.random.default_rng(1)
    age = rng.normal(40, 10, ROWS)
    age[::17] = np.nan
    member = rng.integers(0, 2, ROWS).astype(np.float64)
    member[::29] = np.nan
    seen = rng.integers(1_500_000_000, 1_700_000_000, ROWS).astype(np.float64)
    seen[::31] = np.nan
    city = np.array([*"abcdefgh", None], dtype=object)[rng.integers(0, 9, ROWS)]
    note = np.array(["So GOOD!", "meh", "call 555-1234 now", None, ""], dtype=object)[rng.integers(0, 5, ROWS)]
    return {"age": age, "city": city, "member": member, "seen": seen, "note": note}


def _target(frame: Frame, task: Task) -> NDArray[Any]:
    noise = np.random.default_rng(2).normal(0, 0.3, ROWS)
    value = np.nan_to_num(frame["age"], nan=30.0) / 20 + (frame["city"] == "a") + noise
    classes = len(CLASSES[task])
    return value if task == "regression" else np.clip(value.astype(np.int64), 1, classes) - 1


def _decisions(task: Task) -> Decisions | None:
    if task == "multiclass":
        return Decisions(Decision(Criterion("likeliest")))
    points = Points(np.array([0.9, 0.4, 0.2]), np.array([0.0, 30.0, 40.0]), np.array([0.0, 5.0, 60.0]))
    chosen = Decision(Criterion("f1"), 0.4, gives={"f1": 0.8})
    return Decisions(chosen, (Decision(Criterion("recall", 0.9), 0.2),), points) if task == "binary" else None


def _trees(matrix: Floats, target: NDArray[Any], task: Task, categorical: Sequence[int], **more: Json) -> list[Booster]:
    """Three boosters of ten rounds."""
    n_classes = len(CLASSES[task])
    params = {
        "objective": task,
        "num_class": n_classes if task == "multiclass" else 1,
        "num_leaves": 7,
        "min_data_in_leaf": 5,
        "min_data_per_group": 5,
        "cat_smooth": 1.0,
        "num_threads": 1,
        "verbosity": -1,
        **more,
    }
    boosters = []
    for fold in range(3):
        rows = np.arange(ROWS) % 3 != fold
        part = lgb.Dataset(matrix[rows], target[rows], categorical_feature=list(categorical))
        boosters.append(load_booster(lgb.train(params, part, 10).model_to_string(), task, n_classes))
    return boosters


@pytest.fixture(scope="session")
def make_predictor(frame: Frame) -> Callable[[Task], Predictor]:
    """Three boosters of ten rounds for a task, the same object each time."""

    @cache
    def make(task: Task) -> Predictor:
        encoder = FeatureEncoder.fit(frame, COLUMNS)
        matrix = encoder.transform(frame)
        boosters = _trees(matrix, _target(frame, task), task, encoder.categorical)
        spec = PredictorSpec(
            task=task,
            target="outcome",
            classes=CLASSES[task],
            encoder=encoder,
            decisions=_decisions(task),
            sample=sample_row(frame, COLUMNS),
        )
        return Predictor(spec, (Member(1.0, tuple(map(FoldModel, boosters))),))

    return make


@pytest.fixture(scope="session")
def make_ensemble(frame: Frame, make_predictor: Callable[[Task], Predictor]) -> Callable[[Task], Predictor]:
    """Members of every family for a task, some on features of a recipe and of texts, the same object each time."""

    @cache
    def make(task: Task) -> Predictor:
        plain = make_predictor(task)
        encoder = plain.spec.encoder
        matrix, target, n_classes = encoder.transform(frame), _target(frame, task), len(CLASSES[task])
        extension, extended = Extension.fit(
            matrix, target, "rich", categorical=encoder.categorical, task=task, n_classes=n_classes, seed=1
        )
        assert extended.shape[1] > matrix.shape[1]
        texts = encoder.texts(frame)
        teller = Teller(texts, target, None, task=task, n_classes=n_classes, seed=1)
        told = teller.told(None, np.arange(ROWS), "all", lambda: False)
        assert told is not None
        extension, extended = extension.with_texts(told.extensions), np.concatenate([extended, told.columns], axis=1)
        forest = {"boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.7}
        rich = _trees(extended, target, task, extension.categorical)
        trees = _trees(matrix, target, task, encoder.categorical, **forest)
        lines = [
            fit_linear(features, target, categorical=codes, task=task, n_classes=n_classes, penalty=1.0, texts=texts)
            for features, codes in ((matrix, encoder.categorical), (extended, extension.categorical))
        ]
        members = (
            Member(0.25, plain.members[0].models),
            Member(0.4, tuple(FoldModel(booster, extension) for booster in rich)),
            Member(0.25, (FoldModel(lines[0]), FoldModel(lines[1], extension)), "linear"),
            Member(0.1, tuple(map(FoldModel, trees)), "forest"),
        )
        return Predictor(plain.spec, members)

    return make
