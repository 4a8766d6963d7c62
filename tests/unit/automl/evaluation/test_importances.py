from collections.abc import Callable

import numpy as np
import pytest

from automl.evaluation.importances import column_importances
from automl.predictor import Predictor
from automl.types import Frame, Task


def test_importances_add_features_up_to_columns(frame: Frame, make_predictor: Callable[[Task], Predictor]) -> None:
    predictor = make_predictor("binary")
    sources = predictor.spec.encoder.sources
    rows = column_importances(list(frame), predictor.boosters())
    assert {row["column"] for row in rows} == set(frame)
    assert rows[0]["column"] == "age"
    assert sum(row["gain"] for row in rows) == pytest.approx(1.0)
    every = np.mean([booster.importance("split") for _, booster, _ in predictor.boosters()], axis=0)
    seen = next(row for row in rows if row["column"] == "seen")
    assert seen["split"] == pytest.approx(sum(every[i] for i, source in enumerate(sources) if source == "seen"))
