"""Predictions as JSON, CSV, TSV, NDJSON or Parquet."""

import csv
import io
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from automl.explanations.tell import tell
from automl.predictor import Predictions
from automl.types import Json
from service.usecases.predictions import Answered

_RISKY = ("=", "+", "-", "@", "\t", "\r")


Columns = Mapping[str, list[Any]]


def to_json(answered: Answered) -> dict[str, Json]:
    """The answer as the contract's `Predictions`, ready for orjson."""
    given = answered.predictions
    return {
        "model_version": answered.version.id,
        "decision": _decision(answered),
        "predictions": given.predictions,
        "probabilities": _by_label(given),
        "warnings": [
            {"row": warning.row, "column": warning.column, "code": warning.code, "detail": warning.detail}
            for warning in given.warnings
        ],
        "more_warnings": given.more_warnings,
        "explanations": None if given.explanation is None else tell(given.explanation, given.classes),
    }


def _decision(answered: Answered) -> dict[str, Json] | None:
    """The rule by which labels were called."""
    rule, labels = answered.decision, [label_text(label) for label in answered.predictions.classes]
    if rule is None:
        return None
    offsets = (
        None if rule.threshold is not None else dict(zip(labels, rule.offsets or (0.0,) * len(labels), strict=True))
    )
    return {"revision": answered.revision, "threshold": rule.threshold, "offsets": offsets}


def label_text(label: Json) -> str:
    """A class's label as the name of a field: text as it is, anything else as JSON."""
    return label if isinstance(label, str) else orjson.dumps(label).decode()


def _by_label(given: Predictions) -> list[dict[str, float]] | None:
    if given.probabilities is None:
        return None
    labels = [label_text(label) for label in given.classes]
    return [dict(zip(labels, row, strict=True)) for row in given.probabilities.tolist()]


def _columns(given: Predictions) -> dict[str, list[Any]]:
    """The same as columns: `prediction`, then `probability_<label>` of each class, and `contribution_<column>` of each.

    No name begins as a formula does.
    """
    columns: dict[str, list[Any]] = {"prediction": given.predictions}
    if given.probabilities is not None:
        for label, values in zip(given.classes, given.probabilities.T.tolist(), strict=True):
            columns[f"probability_{label_text(label)}"] = values
    if given.explanation is not None:
        columns["base"], columns["margin"] = given.explanation.base.tolist(), given.explanation.margin.tolist()
        for name, values in zip(given.explanation.columns, given.explanation.contributions.T.tolist(), strict=True):
            columns[f"contribution_{name}"] = values
    return columns


def write(given: Predictions, media_type: str, *, safe: bool) -> bytes:
    """The answer as a table of one of `WRITERS`; `safe` puts an apostrophe before text that a spreadsheet would run."""
    columns = _columns(given)
    if safe:
        columns["prediction"] = [_defused(value) for value in columns["prediction"]]
    return WRITERS[media_type](columns)


def _defused(value: Json) -> Json:
    return f"'{value}" if isinstance(value, str) and value.startswith(_RISKY) else value


def _delimited(columns: Columns, delimiter: str) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in zip(*columns.values(), strict=True))
    return text.getvalue().encode()


def _cell(value: Json) -> Json:
    return str(value).lower() if isinstance(value, bool) else value


def _ndjson(columns: Columns) -> bytes:
    rows = zip(*columns.values(), strict=True)
    return b"".join(orjson.dumps(dict(zip(columns, row, strict=True))) + b"\n" for row in rows)


def _parquet(columns: Columns) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(dict(columns)), sink, compression="zstd")
    return sink.getvalue()


WRITERS: Mapping[str, Callable[[Columns], bytes]] = {
    "text/csv": partial(_delimited, delimiter=","),
    "text/tab-separated-values": partial(_delimited, delimiter="\t"),
    "application/x-ndjson": _ndjson,
    "application/vnd.apache.parquet": _parquet,
}
"""By the media type that they write."""
