"""Rows whose images are changed."""

import numpy as np
import pytest

from automl.augment import KINDS, Mix, TrainingRows, augment, kinds_for
from automl.augment.images import rows as image_rows
from automl.features.encoder import FeatureEncoder
from automl.tables.images import normal_image, pixels
from automl.types import Augmentation, Column
from tests.pictures import SHAPES, shapes

NAMES = [name for name, kind in KINDS.items() if kind.images]
ROWS = 30


@pytest.fixture(scope="module")
def before() -> TrainingRows:
    drawn = shapes(ROWS, kinds=["PNG"])
    frame = {"size": np.arange(ROWS) / 7, "photo": np.empty(ROWS, dtype=object)}
    frame["photo"][:] = [None if row == 3 else normal_image(data) for row, (_, data) in enumerate(drawn)]
    encoder = FeatureEncoder.fit(frame, [Column("size", "numeric"), Column("photo", "image")])
    target = np.array([SHAPES.index(kind) for kind, _ in drawn])
    return TrainingRows.of(
        encoder.transform(frame), target, categorical=(), task="binary", n_classes=2, images=encoder.images(frame)
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_copy_shows_another_image_and_says_what_it_shows(before: TrainingRows, name: Augmentation) -> None:
    after = augment(before, Mix((name,), 1.0), [0])
    assert sorted(after.origin[ROWS:]) == [row for row in range(ROWS) if row != 3]  # which has no image
    (column,) = after.images
    new, base = slice(ROWS, None), after.origin[ROWS:]
    np.testing.assert_array_equal(after.target[new], before.target[base])
    np.testing.assert_array_equal(after.matrix[new, 0], before.matrix[base, 0])
    for row, image in zip(base, column.values[new], strict=True):
        assert image != column.values[row]
        assert pixels(image).shape == pixels(column.values[row]).shape
        assert normal_image(image) == image
    seen = column.encoded(column.values[new])
    kept = after.matrix[new][:, column.features]
    known = before.matrix[:, 1:]
    inside = (seen >= np.nanmin(known, axis=0)) & (seen <= np.nanmax(known, axis=0))
    inside[:, (np.rint(known) == known)[np.arange(ROWS) != 3].all(axis=0)] = False  # whole numbers stay whole
    np.testing.assert_allclose(kept[inside], seen[inside])
    assert inside.mean() > 0.5
    again = augment(before, Mix((name,), 1.0), [0])
    np.testing.assert_array_equal(again.matrix, after.matrix)


def test_less_strength_changes_less(before: TrainingRows) -> None:
    def moved(strength: float) -> float:
        after = augment(before, Mix(("brightness",), strength), [0])
        (column,) = after.images
        pairs = zip(column.values[after.origin[ROWS:]], column.values[ROWS:], strict=True)
        return float(np.mean([np.abs(pixels(a).astype(int) - pixels(b)).mean() for a, b in pairs]))

    assert moved(0.1) < moved(0.5) < moved(1.0)
    assert len(augment(before, Mix(("flip",), 0.1), [0])) == ROWS + 3


def test_no_more_than_there_is_time_for(before: TrainingRows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_rows, "MOST_IMAGES", 4)
    assert len(augment(before, Mix(("crop",), 1.0), [0])) == ROWS + 4
    assert len(augment(before, Mix(("flip",), 1.0), [0])) == ROWS + 4


def test_other_augmentations_leave_each_row_its_image(before: TrainingRows) -> None:
    after = augment(before, Mix(("random_under", "noise"), 1.0), [0])
    (column,) = after.images
    assert column.values.tolist() == [before.images[0].values[row] for row in after.origin]


def test_only_where_there_are_images() -> None:
    assert set(NAMES) <= set(kinds_for("regression", [], images=True))
    assert not set(NAMES) & set(kinds_for("binary", [10, 90], texts=True))
