"""Rows between near ones."""

import numpy as np
import pytest

from automl.augment import Mix, TrainingRows, augment, synthetic
from automl.types import Augmentation


def _blobs(rows: int = 400, rare: int = 30) -> TrainingRows:
    """Two clouds far from each other; the rare one is class 1."""
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(rows, 3))
    matrix[:rare] += 20
    target = (np.arange(rows) < rare).astype(np.int64)
    return TrainingRows.of(matrix, target, categorical=(), task="binary", n_classes=2)


def test_new_rows_lie_where_their_class_is() -> None:
    rows = _blobs()
    after = augment(rows, Mix(("smote",), 1.0), [0])
    new = after.matrix[len(rows) :]
    assert len(new) == 340
    assert (new > 15).all()
    assert (after.target[len(rows) :] == 1).all()
    assert (rows.target[after.origin[len(rows) :]] == 1).all()


@pytest.mark.parametrize("name", ["borderline_smote", "adasyn"])
def test_nothing_is_made_where_no_row_is_near_another_class(name: Augmentation) -> None:
    rows = _blobs()
    assert len(augment(rows, Mix((name,), 1.0), [0])) == len(rows)


def test_what_is_beyond_the_cap_counts_as_weight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synthetic, "_MOST", 100)
    rows = _blobs()
    after = augment(rows, Mix(("smote",), 1.0), [0])
    assert len(after) == len(rows) + 100
    assert after.weights[len(rows) :].sum() == pytest.approx(340)


def test_a_rows_own_weight_goes_over() -> None:
    rows = _blobs()
    rows.weights[rows.target == 1] = 3.0
    after = augment(rows, Mix(("smote",), 1.0), [0])
    assert (after.weights[len(rows) :] == 3).all()


def test_a_table_of_a_few_rows_has_a_border_too() -> None:
    matrix = np.array([[0.0], [1.0], [2.0], [3.0], [4.0], [0.5], [2.4], [3.6]])
    target = np.array([0, 0, 0, 0, 0, 1, 1, 1])
    rows = TrainingRows.of(matrix, target, categorical=(), task="binary", n_classes=2)
    assert len(augment(rows, Mix(("borderline_smote",), 1.0), [0])) == 10


def test_what_the_library_does_not_expect_is_no_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError("an argument that is not known")

    monkeypatch.setattr("imblearn.over_sampling.SMOTE.fit_resample", broken)
    with pytest.raises(ValueError, match="not known"):
        augment(_blobs(), Mix(("smote",), 1.0), [0])
