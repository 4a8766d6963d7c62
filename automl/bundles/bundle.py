"""A predictor as bytes and back: see docs/bundle.md for the format, and decision 0004 for why it is as it is."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

from automl.archive import MAX_BYTES, dump_json, invalid, load_json, read_archive, write_archive
from automl.bundles.decisionfile import DECISIONS, decision_to_json, decisions_to_json, read_decisions
from automl.bundles.golden import GOLDEN, check_golden, golden_rows
from automl.bundles.manifest import MANIFEST, Manifest, open_manifest, seal, sha256
from automl.bundles.memberfiles import names, restore, store
from automl.decisions.calibrators import Calibrator, calibrator_from_json
from automl.decisions.decision import Decisions
from automl.features.encoder import FeatureEncoder
from automl.predictor import Predictor, PredictorSpec
from automl.types import Frame, Json, Metric

_ENCODERS, _CALIBRATION = "encoders.json", "calibration.json"


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
    if predictor.spec.decisions is not None:
        files[DECISIONS] = dump_json(decisions_to_json(predictor.spec.decisions))
    if predictor.spec.calibrator is not None:
        files[_CALIBRATION] = dump_json(predictor.spec.calibrator.to_json())
    files[GOLDEN] = dump_json(golden_rows(predictor, frame, models))
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
    more = {DECISIONS: manifest.tells_others, _CALIBRATION: manifest.calibration is not None}
    if set(files) != {*models, MANIFEST, _ENCODERS, GOLDEN, *(name for name, there in more.items() if there)}:
        raise invalid("files are missing, or there are more than its manifest tells")
    spec = _spec(manifest, files)
    predictor = Predictor(spec, restore(files, manifest, spec.encoder), document)
    check_golden(predictor, load_json(files[GOLDEN], GOLDEN), [sha256(files[name]) for name in models])
    return predictor


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _describe(predictor: Predictor) -> dict[str, Json]:
    spec = predictor.spec
    return {
        "task": spec.task,
        "target": spec.target,
        "columns": [{"name": column.name, "type": column.type} for column in spec.encoder.columns],
        "classes": list(spec.classes),
        "decision": None if spec.decisions is None else decision_to_json(spec.decisions.chosen),
        "calibration": spec.calibrator and spec.calibrator.method,
        **({} if spec.reach is None else {"reach": spec.reach}),
        "sample": dict(spec.sample),
        "libraries": {name: version(name) for name in ("lightgbm", "numpy", "pillow", "scikit-image", "winnow")},
    }


def _spec(manifest: Manifest, files: Mapping[str, bytes]) -> PredictorSpec:
    try:
        encoder = FeatureEncoder.from_json(load_json(files[_ENCODERS], _ENCODERS))
    except ValueError as error:
        raise invalid(f"{_ENCODERS} is wrong: {error}") from error
    if manifest.columns != [{"name": column.name, "type": column.type} for column in encoder.columns]:
        raise invalid("its manifest and its encoders tell of different columns")
    return PredictorSpec(
        task=manifest.task,
        target=manifest.target,
        classes=tuple(manifest.classes),
        encoder=encoder,
        decisions=_decisions(manifest, files),
        calibrator=_calibrator(manifest, files),
        reach=manifest.reach,
        # In the columns' order, which sorted JSON does not keep.
        sample={column.name: manifest.sample.get(column.name) for column in encoder.columns},
    )


def _decisions(manifest: Manifest, files: Mapping[str, bytes]) -> Decisions | None:
    if manifest.decision is None:
        return None
    if not manifest.tells_others:
        return Decisions(manifest.decision.to_decision())
    return read_decisions(manifest.decision, load_json(files[DECISIONS], DECISIONS), manifest.n_classes)


def _calibrator(manifest: Manifest, files: Mapping[str, bytes]) -> Calibrator | None:
    if manifest.calibration is None:
        return None
    try:
        calibrator = calibrator_from_json(load_json(files[_CALIBRATION], _CALIBRATION), manifest.n_classes)
    except ValueError as error:
        raise invalid(f"{_CALIBRATION} is wrong: {error}") from error
    if calibrator.method != manifest.calibration:
        raise invalid(f"{_CALIBRATION} is not what its manifest says")
    return calibrator
