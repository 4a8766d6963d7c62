"""What a row to predict looks like, for programs (JSON Schema) and for people (a sample)."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.types import Column, ColumnType, Frame, Json

_SCHEMAS: dict[ColumnType, dict[str, Json]] = {
    "numeric": {"type": ["number", "null"]},
    "boolean": {"type": ["boolean", "null"]},
    "datetime": {"type": ["string", "null"], "description": "ISO 8601, UTC unless it names an offset"},
    "categorical": {"type": ["string", "number", "boolean", "null"]},
    "text": {"type": ["string", "null"]},
    "image": {
        "type": ["string", "null"],
        "contentEncoding": "base64",
        "description": "the bytes of a PNG, JPEG, WebP or GIF file",
    },
}
_LOOKED_AT = 100
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def rows_schema(columns: Sequence[Column], sample: Mapping[str, Json]) -> dict[str, Json]:
    """JSON Schema of `{"rows": […]}`: every column must be present, any may be null, others are ignored."""
    row = {
        "type": "object",
        "required": [column.name for column in columns],
        "properties": {column.name: dict(_SCHEMAS[column.type]) for column in columns},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "required": ["rows"],
        "additionalProperties": False,
        "properties": {"rows": {"type": "array", "minItems": 1, "items": row}},
        "examples": [{"rows": [dict(sample)]}],
    }


def sample_row(frame: Frame, columns: Sequence[Column]) -> dict[str, Json]:
    """One of the frame's first rows as JSON, the one with the fewest missing values."""
    gaps = sum(np.array([_missing(value) for value in frame[column.name][:_LOOKED_AT]]) for column in columns)
    row = int(np.argmin(gaps))
    return {column.name: json_cell(frame[column.name], row, column.type) for column in columns}


def _missing(value: Any) -> bool:  # noqa: ANN401 - a float or a string
    return value is None or value != value  # noqa: PLR0124 - NaN


def json_cell(values: NDArray[Any], row: int, kind: ColumnType) -> Json:
    """A value of a frame's column as JSON."""
    value = values[row]
    if _missing(value):
        return None
    if kind == "numeric":
        return float(value)
    if kind == "boolean":
        return bool(value)
    if kind == "image":
        return b64encode(value).decode()
    return (_EPOCH + timedelta(seconds=float(value))).isoformat() if kind == "datetime" else value
