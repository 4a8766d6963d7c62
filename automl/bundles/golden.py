"""A few rows with what a predictor says of them, which prove after loading that it still says so."""

from base64 import b64encode
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from automl.archive import invalid
from automl.predictor import Predictor
from automl.ranking import thin
from automl.tables.cells import image
from automl.types import ColumnType, Frame, Json

GOLDEN: Final = "golden.json"
_MOST_ROWS: Final = 64
_TOLERANCE: Final = 1e-12
"""Relative: processors with and without fused multiply-add may differ in the last bit of an exponential."""


def golden_rows(predictor: Predictor, frame: Frame, models: Sequence[str]) -> Json:
    """Up to 64 rows, what the predictor's members say of them, and the digests of those that said it."""
    columns = predictor.spec.encoder.columns
    rows = thin(len(frame[columns[0].name]), _MOST_ROWS)
    chosen = {column.name: frame[column.name][rows] for column in columns}
    kinds = {column.name: column.type for column in columns}
    return {
        "columns": {name: _to_json(values, images=kinds[name] == "image") for name, values in chosen.items()},
        "models": list(models),
        "outputs": predictor.said(chosen).tolist(),
    }


def check_golden(predictor: Predictor, golden: Json, models: Sequence[str]) -> None:
    """Raises `InvalidBundle` where the rows don't come out as stored."""
    try:
        if golden["models"] != list(models):
            raise invalid("its golden rows were not made by its models")
        frame = {
            column.name: _from_json(golden["columns"][column.name], column.type)
            for column in predictor.spec.encoder.columns
        }
        expected = np.array(golden["outputs"], dtype=np.float64)
        outputs = predictor.said(frame)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise invalid(f"{GOLDEN} does not hold rows") from error
    if not len(expected) or expected.shape != outputs.shape:
        raise invalid(f"{GOLDEN} does not hold predictions for its rows")
    # A value near 0 may be the difference of two that are not: its error is measured by theirs.
    slack = _TOLERANCE * float(np.abs(expected).max()) if predictor.task == "regression" else 0.0
    if not np.allclose(outputs, expected, rtol=_TOLERANCE, atol=slack):
        raise invalid("its models do not predict what they did when it was made")


def _to_json(values: NDArray[Any], *, images: bool) -> list[Json]:
    if images:
        return [None if image is None else b64encode(image).decode() for image in values.tolist()]
    # NaN is the one value that is not equal to itself, and JSON has no NaN.
    return [value if value == value else None for value in values.tolist()]  # noqa: PLR0124


def _from_json(cells: Json, kind: ColumnType) -> NDArray[Any]:
    if kind == "image":
        return np.array([image(cell) for cell in cells], dtype=object)
    return np.array(cells, dtype=object if kind in ("categorical", "text") else np.float64)
