"""A predictor as bytes and back: see docs/bundle.md for the format, and decision 0004 for why it is as it is."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

import numpy as np

from automl.archive import MAX_BYTES, dump_json, invalid, load_json, read_archive, write_archive
from automl.features import FeatureEncoder
from automl.manifest import MANIFEST, Manifest, open_manifest, seal, sha256
from automl.memberfiles import names, restore, store
from automl.predictor import Predictor, PredictorSpec
from automl.ranking import thin
from automl.thresholds import Threshold
from automl.types import Frame, Json, Metric

_ENCODERS, _GOLDEN = "encoders.json", "golden.json"
_MOST_GOLDEN_ROWS = 64
_TOLERANCE = 1e-12
"""Relative: processors with and without fused multiply-add may differ in the last bit of an exponential."""


@dataclass(frozen=True)
class Bundle:
    """The stored form of a predictor: one zip file, and its manifest as JSON."""

    data: bytes
    manifest: Mapping[str, Json]

    @cached_property
    def digest(self) -> str:
        """`sha256:` and the hex digest of `data`."""
        return f"sha256:{hashlib.sha256(self.data).hexdigest()}"


def pack(
    predictor: Predictor,
    frame: Frame,
    *,
    metric: Metric,
    metrics: Mapping[str, Json],
    lineage: Mapping[str, Json],
) -> Bundle:
    """The predictor as a bundle that is known to load: equal arguments give equal bytes.

    Args:
        predictor: with models fitted on `predictor.spec.encoder`'s features.
        frame: training rows, of which up to 64 become the golden rows.
        metric: what the run ranked by.
        metrics: the report's `metrics`.
        lineage: where the model comes from: dataset, run, seed and such, as JSON.

    Raises:
        InvalidBundle: the predictor cannot be stored.
    """
    files, members = store(predictor.members)
    models = [sha256(data) for data in files.values()]
    files[_ENCODERS] = dump_json(predictor.spec.encoder.to_json())
    files[_GOLDEN] = dump_json(_golden(predictor, frame, models))
    parts = {
        **_describe(predictor),
        "members": members,
        "metric": metric,
        "metrics": dict(metrics),
        "lineage": dict(lineage),
    }
    manifest = seal(parts, files)
    files[MANIFEST] = dump_json(manifest)
    bundle = Bundle(write_archive(files), manifest)
    load_bundle(bundle.data)
    return bundle


def load_bundle(source: Path | bytes) -> Predictor:
    """The predictor in a bundle, once everything in it has been checked and its golden rows come out as stored.

    Raises:
        InvalidBundle: it is not a bundle, is damaged or was changed.
    """
    files = read_archive(source if isinstance(source, bytes) else _read(source))
    manifest, document = open_manifest(files)
    models = names(manifest.members)
    if set(files) != {*models, MANIFEST, _ENCODERS, _GOLDEN}:
        raise invalid("files are missing, or there are more than its manifest tells")
    spec = _spec(manifest, load_json(files[_ENCODERS], _ENCODERS))
    predictor = Predictor(spec, restore(files, manifest, len(spec.encoder.names)), document)
    _check_golden(predictor, load_json(files[_GOLDEN], _GOLDEN), [sha256(files[name]) for name in models])
    return predictor


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _describe(predictor: Predictor) -> dict[str, Json]:
    spec = predictor.spec
    threshold = spec.threshold
    return {
        "task": spec.task,
        "target": spec.target,
        "columns": [{"name": column.name, "type": column.type} for column in spec.encoder.columns],
        "classes": list(spec.classes),
        "threshold": None if threshold is None else asdict(threshold),
        "sample": dict(spec.sample),
        "libraries": {name: version(name) for name in ("lightgbm", "numpy", "winnow")},
    }


def _spec(manifest: Manifest, encoders: Json) -> PredictorSpec:
    try:
        encoder = FeatureEncoder.from_json(encoders)
    except ValueError as error:
        raise invalid(f"{_ENCODERS} is wrong: {error}") from error
    if manifest.columns != [{"name": column.name, "type": column.type} for column in encoder.columns]:
        raise invalid("its manifest and its encoders tell of different columns")
    threshold = manifest.threshold
    return PredictorSpec(
        task=manifest.task,
        target=manifest.target,
        classes=tuple(manifest.classes),
        encoder=encoder,
        threshold=None if threshold is None else Threshold(threshold.value, threshold.metric, threshold.score),
        # In the columns' order, which sorted JSON does not keep.
        sample={column.name: manifest.sample.get(column.name) for column in encoder.columns},
    )


def _golden(predictor: Predictor, frame: Frame, models: list[str]) -> Json:
    """A few rows, what the predictor says of them, and which models said it."""
    columns = predictor.spec.encoder.columns
    rows = thin(len(frame[columns[0].name]), _MOST_GOLDEN_ROWS)
    chosen = {column.name: frame[column.name][rows] for column in columns}
    return {
        "columns": {
            # NaN is the one value that is not equal to itself, and JSON has no NaN.
            name: [value if value == value else None for value in values.tolist()]  # noqa: PLR0124
            for name, values in chosen.items()
        },
        "models": models,
        "outputs": predictor.outputs(chosen).tolist(),
    }


def _check_golden(predictor: Predictor, golden: Json, models: list[str]) -> None:
    try:
        if golden["models"] != models:
            raise invalid("its golden rows were not made by its models")
        frame = {
            column.name: np.array(
                golden["columns"][column.name], dtype=object if column.type in ("categorical", "text") else np.float64
            )
            for column in predictor.spec.encoder.columns
        }
        expected = np.array(golden["outputs"], dtype=np.float64)
        outputs = predictor.outputs(frame)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise invalid(f"{_GOLDEN} does not hold rows") from error
    if not len(expected) or expected.shape != outputs.shape:
        raise invalid(f"{_GOLDEN} does not hold predictions for its rows")
    # A value near 0 may be the difference of two that are not: its error is measured by theirs.
    slack = _TOLERANCE * float(np.abs(expected).max()) if predictor.task == "regression" else 0.0
    if not np.allclose(outputs, expected, rtol=_TOLERANCE, atol=slack):
        raise invalid("its models do not predict what they did when it was made")
