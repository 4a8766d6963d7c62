"""Predictions: a version found, its predictor loaded once and kept, rows answered by it."""

import threading
import time
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pyarrow as pa

from automl.bundles.bundle import load_bundle
from automl.decisions.decision import Decision
from automl.errors import TooManyRows
from automl.ingest import TEXT_TYPES, ingest, read_stored, read_with_findings
from automl.predictor import Predictions, Predictor
from automl.profiling.columns import Finding
from automl.types import Json
from registry import ModelVersion
from service.context import Context
from service.ruling import rule_of
from service.usecases.datasets import Upload, limits_of
from service.usecases.models import get_version
from service.usecases.remembered import FRESH_S, Remembered
from service.usecases.scratch import scratch

_MARGIN_S = 0.05
_MOST_PREDICTORS = 32
_MOST_BYTES = 256 << 20
_MOST_EXPLAINED = 1_000
_MOST_CONTRIBUTIONS = 500_000


@dataclass(frozen=True, slots=True)
class Answered:
    """Predictions, the one version that gave all of them, and the rule by which it called labels.

    Attributes:
        version: that answered.
        predictions: its answers.
        decision: None for a regression.
        revision: how often the version's rule was changed until then.
    """

    version: ModelVersion
    predictions: Predictions
    decision: Decision | None
    revision: int


class Serving(NamedTuple):
    """A version, its predictor as it decides by now, and how often that was changed."""

    version: ModelVersion
    predictor: Predictor
    revision: int


class Predictors:
    """The predictors that this process has loaded, by what they are asked for as. Safe to share between threads.

    A version's number means the same for ever. An alias, and the rule by which a version calls its labels, are looked
    up again after a second; while the store does not answer, what they were last goes on being answered.
    """

    def __init__(
        self,
        context: Context,
        *,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._context = context
        self._pause = pause
        self._lock = threading.Lock()
        self._versions: Remembered[tuple[str, str, str], ModelVersion] = Remembered(clock)
        self._rules: Remembered[tuple[str, str], tuple[Decision | None, int]] = Remembered(clock)
        self._loaded: OrderedDict[str, tuple[Predictor, int]] = OrderedDict()
        self._loading: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self.answered = 0

    def predict(
        self, project: str, model: str, ref: str, rows: Sequence[Mapping[str, Json]], *, explain: bool = False
    ) -> Answered:
        """Answer JSON rows, and say why. Raises `Missing`, `TooManyRows`, `InvalidRows`."""
        self._refuse_many(len(rows))
        serving = self.find(project, model, ref)
        if explain:
            _refuse_long(len(rows), serving.predictor)
        return self._counted(serving, serving.predictor.predict(rows, explain=explain))

    def predict_table(self, project: str, model: str, ref: str, upload: Upload, *, explain: bool = False) -> Answered:
        """Answer a table's rows, and say why. Raises `Missing`, `TooManyRows`, `InvalidRows`, `InvalidData`."""
        serving = self.find(project, model, ref)
        table, noticed = self._read(upload)
        self._refuse_many(table.num_rows)
        if explain:
            _refuse_long(table.num_rows, serving.predictor)
        return self._counted(serving, serving.predictor.predict_table(table, explain=explain, noticed=noticed))

    def find(self, project: str, model: str, ref: str) -> Serving:
        """A version and its predictor. Raises `Missing`, and `InvalidBundle` or `Corrupt` for a damaged one."""
        version = self._resolve(project, model, ref)
        predictor = self.published(project, version)
        if predictor.decision is None:
            return Serving(version, predictor, 0)
        rule, revision = self._rule(project, version, len(predictor.classes))
        return Serving(version, predictor if rule is None else predictor.deciding(rule), revision)

    def await_change(self, project: str, version: ModelVersion) -> None:
        """Return when no process decides by the rule that a version had before it was changed a moment ago."""
        self._rules.forget((project, version.id))
        self._pause(FRESH_S + _MARGIN_S)

    def _resolve(self, project: str, model: str, ref: str) -> ModelVersion:
        return self._versions.get(
            (project, model, ref), lambda: get_version(self._context, project, model, ref), for_ever=ref.isdigit()
        )

    def _rule(self, project: str, version: ModelVersion, classes: int) -> tuple[Decision | None, int]:
        def ask() -> tuple[Decision | None, int]:
            stored = self._context.registry_for(project).decisions.get(version.model, version.number)
            return rule_of(stored, classes), stored.revision

        return self._rules.get((project, version.id), ask)

    def published(self, project: str, version: ModelVersion) -> Predictor:
        """A version's predictor as it was published. Raises `InvalidBundle` or `Corrupt` for a damaged one."""
        digest = version.bundle_digest
        with self._lock:
            if known := self._loaded.get(digest):
                self._loaded.move_to_end(digest)
                return known[0]
            loading = self._loading[digest]
        with loading:  # one thread loads, the others wait for it
            if known := self._loaded.get(digest):
                return known[0]
            predictor = load_bundle(self._context.registry_for(project).versions.bundle(version))
            self._keep(digest, predictor, version.bundle_bytes)
        return predictor

    def _keep(self, digest: str, predictor: Predictor, size: int) -> None:
        with self._lock:
            self._loaded[digest] = predictor, size
            self._loading.pop(digest, None)
            while len(self._loaded) > 1 and (
                len(self._loaded) > _MOST_PREDICTORS or sum(size for _, size in self._loaded.values()) > _MOST_BYTES
            ):
                self._loaded.popitem(last=False)

    def _read(self, upload: Upload) -> tuple[pa.Table, Sequence[Finding]]:
        """Text in this process; Parquet and zip, which can blow up, in a child with little memory."""
        limits = limits_of(self._context.settings)
        if upload.media_type in TEXT_TYPES:
            return read_with_findings(upload.path, upload.media_type, limits)
        with scratch(self._context) as directory:
            ingested = ingest(upload.path, upload.media_type, directory, limits)
            return read_stored(ingested.path), ingested.noticed

    def _refuse_many(self, rows: int) -> None:
        most = self._context.settings.max_predict_rows
        if rows > most:
            raise TooManyRows(
                "too-many-rows", f"{rows:,} rows were sent; at most {most:,} fit in one request. Split them."
            )

    def _counted(self, serving: Serving, given: Predictions) -> Answered:
        with self._lock:
            self.answered += len(given.predictions)
        return Answered(serving.version, given, serving.predictor.decision, serving.revision)


def _refuse_long(rows: int, predictor: Predictor) -> None:
    """Refuse rows that are too many to be explained, which takes a hundred times as long as answering them."""
    most = max(1, min(_MOST_EXPLAINED, _MOST_CONTRIBUTIONS // max(1, len(predictor.spec.encoder.columns))))
    if rows > most:
        raise TooManyRows(
            "too-many-rows",
            f"{rows:,} rows were sent to be explained; at most {most:,} of this model's fit in one request. "
            "Split them, or leave out `explain`.",
        )
