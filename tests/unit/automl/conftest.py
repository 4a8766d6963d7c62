"""A small table and predictors trained on it, one a task."""

from collections.abc import Callable
from functools import cache

import lightgbm as lgb
import numpy as np
import pytest

from automl.booster import load_booster
from automl.features import FeatureEncoder
from automl.models import FoldModel, Member
from automl.predictor import Predictor, PredictorSpec
from automl.rowschema import sample_row
from automl.thresholds import Threshold
from automl.types import Column, Frame, Json, Task

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


@pytest.fixture(scope="session")
def make_predictor(frame: Frame) -> Callable[[Task], Predictor]:
    """Three boosters of ten rounds for a task, the same object each time."""

    @cache
    def make(task: Task) -> Predictor:
        encoder = FeatureEncoder.fit(frame, COLUMNS)
        matrix = encoder.transform(frame)
        noise = np.random.default_rng(2).normal(0, 0.3, ROWS)
        value = np.nan_to_num(frame["age"], nan=30.0) / 20 + (frame["city"] == "a") + noise
        n_classes = len(CLASSES[task])
        target = value if task == "regression" else np.clip(value.astype(np.int64), 1, n_classes) - 1
        params = {
            "objective": task,
            "num_class": n_classes if task == "multiclass" else 1,
            "num_leaves": 7,
            "min_data_in_leaf": 5,
            "min_data_per_group": 5,
            "cat_smooth": 1.0,
            "num_threads": 1,
            "verbosity": -1,
        }
        boosters = []
        for fold in range(3):
            rows = np.arange(ROWS) % 3 != fold
            part = lgb.Dataset(matrix[rows], target[rows], categorical_feature=list(encoder.categorical))
            boosters.append(load_booster(lgb.train(params, part, 10).model_to_string(), task, n_classes))
        spec = PredictorSpec(
            task=task,
            target="outcome",
            classes=CLASSES[task],
            encoder=encoder,
            threshold=Threshold(0.4, "f1", 0.9) if task == "binary" else None,
            sample=sample_row(frame, COLUMNS),
        )
        return Predictor(spec, (Member(1.0, tuple(map(FoldModel, boosters))),))

    return make
