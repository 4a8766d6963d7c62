"""What is seen in an image."""

import numpy as np
import pytest
from PIL import Image

from automl.features import images
from automl.features.images import Images
from automl.tables.images import normal_image
from automl.types import Floats
from tests.pictures import file_of, shapes

PARTS = Images().parts


def _features(*pictures: Image.Image) -> Floats:
    return _written([normal_image(file_of(picture)) for picture in pictures])


def _written(values: list[bytes | None]) -> Floats:
    column = np.empty(len(values), dtype=object)
    column[:] = values
    out = np.empty((len(values), len(PARTS)))
    Images().write(column, out)
    return out


def test_names_are_all_different_and_the_missing_is_missing() -> None:
    assert len(set(PARTS)) == len(PARTS)
    found = _written([None, normal_image(file_of(Image.new("RGB", (9, 3), "red")))])
    assert np.isnan(found[0]).all()
    assert np.isfinite(found[1]).all()


def test_colours_edges_texture_and_form_are_told_apart() -> None:
    lines = np.zeros((64, 64, 3), np.uint8)
    lines[::16] = 255
    across = Image.fromarray(lines)
    red, flat, upright = _features(Image.new("RGB", (9, 3), "red"), across, across.rotate(90))
    at = {name: place for place, name in enumerate(PARTS)}
    assert (red[at[".red.7"]], red[at[".red.0"]], red[at[".blue.0"]], red[at[".aspect"]]) == (1, 0, 1, 3)
    assert red[at[".red.mean"]] == 1
    edges = [at[name] for name in PARTS if name.startswith(".edges.")]
    assert np.abs(flat[edges] - upright[edges]).sum() > 5
    grey = [at[name] for name in PARTS if name.startswith(".grey.")]
    np.testing.assert_allclose(flat[grey].reshape(8, 8), flat[grey].reshape(8, 8)[:, ::-1])
    texture = [at[name] for name in PARTS if name.startswith(".texture.")]
    assert flat[texture].sum() == pytest.approx(1, abs=1e-3)


def test_many_at_once_are_what_each_is_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "_known", type(images._known)())
    monkeypatch.setattr(images, "_KEPT", 50)
    files = [normal_image(data) for _, data in shapes(80)]
    values = [*files[:40], None, *files]
    alone = np.concatenate([_written([value]) for value in values])
    for _ in range(2):
        np.testing.assert_array_equal(_written(values), alone)
    assert len(images._known) == 50
