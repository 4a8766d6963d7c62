"""Rows with dates: whatever a date becomes, its parts are its own."""

import numpy as np
import pytest

from automl.augment import Mix, TrainingRows, augment, check_sealed
from automl.features.encoder import FeatureEncoder
from automl.types import Augmentation, Column

HOUR, DAY = 3600.0, 86_400.0


def _rows(step: float) -> tuple[FeatureEncoder, TrainingRows]:
    rng = np.random.default_rng(0)
    when = step * rng.integers(0, 4 * 365, 200)
    when[::9] = np.nan
    frame = {"when": when, "size": rng.normal(size=200)}
    encoder = FeatureEncoder.fit(frame, [Column("size", "numeric"), Column("when", "datetime")])
    target = (np.arange(200) % 5 == 0).astype(np.int64)
    matrix = encoder.transform(frame)
    rows = TrainingRows.of(
        matrix, target, categorical=(), sources=encoder.sources, task="binary", n_classes=2, dates=encoder.dates
    )
    return encoder, rows


@pytest.mark.parametrize("name", ["noise", "mixup", "smote", "column_swap"])
@pytest.mark.parametrize("step", [DAY, HOUR])
def test_parts_of_a_moved_date_are_its_own(name: Augmentation, step: float) -> None:
    encoder, rows = _rows(step)
    after = augment(rows, Mix((name,), 1.0), [0])
    moved = after.matrix[:, 1]
    assert len(after) > 200
    assert set(moved[~np.isnan(moved)]) > set(rows.matrix[~np.isnan(rows.matrix[:, 1]), 1]) or name == "column_swap"
    np.testing.assert_array_equal(encoder.transform({"size": after.matrix[:, 0], "when": moved}), after.matrix)
    np.testing.assert_array_equal(np.isnan(moved), np.isnan(rows.matrix[after.origin, 1]))
    if step == DAY:
        assert not (moved[~np.isnan(moved)] % DAY).any()


def test_a_day_between_others_may_be_one_of_the_week_that_none_of_them_is() -> None:
    frame = {"when": np.repeat([0.0, 7 * DAY, 14 * DAY, 370 * DAY], 20)}
    encoder = FeatureEncoder.fit(frame, [Column("when", "datetime")])
    rows = TrainingRows.of(
        encoder.transform(frame), np.arange(80) % 2, categorical=(), task="binary", n_classes=2, dates=encoder.dates
    )
    after = augment(rows, Mix(("noise",), 1.0), [0])
    assert set(after.matrix[:, encoder.names.index("when.weekday")]) > {3.0, 2.0}
    check_sealed(rows, after)
    after.matrix[-1, 0] = 400 * DAY
    with pytest.raises(ValueError, match=r"features \[0\]"):
        check_sealed(rows, after)
