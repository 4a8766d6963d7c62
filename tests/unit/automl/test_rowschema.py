import json

import jsonschema
import numpy as np
import pytest

from automl.rowschema import rows_schema, sample_row
from automl.types import Column, Frame


def test_the_sample_is_the_fullest_of_the_first_rows() -> None:
    frame = {
        "n": np.array([np.nan, 1.5, 2.5]),
        "b": np.array([1.0, np.nan, 0.0]),
        "t": np.array([0.0, 0.0, 1_700_000_000.5]),
        "c": np.array(["x", None, "y"], dtype=object),
    }
    columns = [Column("n", "numeric"), Column("b", "boolean"), Column("t", "datetime"), Column("c", "categorical")]
    assert sample_row(frame, columns) == {"n": 2.5, "b": False, "t": "2023-11-14T22:13:20.500000+00:00", "c": "y"}


def test_the_schema_takes_the_sample_and_nulls_and_wants_every_column(
    frame: Frame, columns: tuple[Column, ...]
) -> None:
    sample = sample_row(frame, columns)
    schema = json.loads(json.dumps(rows_schema(columns, sample)))
    jsonschema.Draft202012Validator.check_schema(schema)
    request = schema["examples"][0]
    jsonschema.validate(request, schema)
    jsonschema.validate({"rows": [dict.fromkeys(sample)]}, schema)
    jsonschema.validate({"rows": [{**sample, "more": 1}]}, schema)
    for wrong in ({"rows": []}, {}, {"rows": [{}]}, {"rows": [{**sample, "age": "old"}]}, {**request, "more": 1}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, schema)
