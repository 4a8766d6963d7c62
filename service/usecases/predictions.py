"""Predictions: a version found, its predictor loaded once and kept, rows answered by it."""

import threading
import time
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from automl.bundle import load_bundle
from automl.errors import TooManyRows
from automl.ingest import ingest, read_table
from automl.predictor import Predictions, Predictor
from automl.types import Json
from registry import ModelVersion
from registry.errors import StoreUnavailable
from service.context import Context
from service.usecases.datasets import Upload, limits_of
from service.usecases.models import get_version
from service.usecases.scratch import scratch

_RESOLVED_S = 1.0
_MOST_VERSIONS = 1000
_MOST_PREDICTORS = 32
_MOST_BYTES = 256 << 20
_PARQUET = "application/vnd.apache.parquet"


@dataclass(frozen=True, slots=True)
class Answered:
    """Predictions, and the one version that gave all of them."""

    version: ModelVersion
    predictions: Predictions


class Predictors:
    """The predictors that this process has loaded, by what they are asked for as. Safe to share between threads.

    A version's number means the same for ever. An alias is looked up again after a second; while the store does not
    answer, what it meant last goes on being answered.
    """

    def __init__(self, context: Context, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._context = context
        self._clock = clock
        self._lock = threading.Lock()
        self._versions: OrderedDict[tuple[str, str, str], tuple[ModelVersion, float]] = OrderedDict()
        self._loaded: OrderedDict[str, tuple[Predictor, int]] = OrderedDict()
        self._loading: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self.answered = 0

    def predict(self, project: str, model: str, ref: str, rows: Sequence[Mapping[str, Json]]) -> Answered:
        """Answer JSON rows. Raises `Missing`, `TooManyRows`, `InvalidRows`."""
        self._refuse_many(len(rows))
        version, predictor = self.find(project, model, ref)
        return self._counted(Answered(version, predictor.predict(rows)))

    def predict_table(self, project: str, model: str, ref: str, upload: Upload) -> Answered:
        """Answer an uploaded table's rows. Raises `Missing`, `TooManyRows`, `InvalidRows`, `InvalidData`."""
        version, predictor = self.find(project, model, ref)
        table = self._read(upload)
        self._refuse_many(table.num_rows)
        return self._counted(Answered(version, predictor.predict_table(table)))

    def find(self, project: str, model: str, ref: str) -> tuple[ModelVersion, Predictor]:
        """A version and its predictor. Raises `Missing`, and `InvalidBundle` or `Corrupt` for a damaged one."""
        version = self._resolve(project, model, ref)
        return version, self._predictor(project, version)

    def _resolve(self, project: str, model: str, ref: str) -> ModelVersion:
        key, now = (project, model, ref), self._clock()
        known = self._versions.get(key)
        if known and (ref.isdigit() or now < known[1] + _RESOLVED_S):
            return known[0]
        try:
            version = get_version(self._context, project, model, ref)
        except StoreUnavailable:
            if known is None:
                raise
            return known[0]
        with self._lock:
            self._versions[key] = version, now
            if len(self._versions) > _MOST_VERSIONS:
                self._versions.popitem(last=False)
        return version

    def _predictor(self, project: str, version: ModelVersion) -> Predictor:
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

    def _read(self, upload: Upload) -> pa.Table:
        """Text in this process; Parquet, which can blow up, in a child with little memory."""
        limits = limits_of(self._context.settings)
        if upload.media_type != _PARQUET:
            return read_table(upload.path, upload.media_type, limits)
        with scratch(self._context) as directory:
            return read_table(ingest(upload.path, _PARQUET, directory, limits).path, _PARQUET, limits)

    def _refuse_many(self, rows: int) -> None:
        most = self._context.settings.max_predict_rows
        if rows > most:
            raise TooManyRows(
                "too-many-rows", f"{rows:,} rows were sent; at most {most:,} fit in one request. Split them."
            )

    def _counted(self, answered: Answered) -> Answered:
        with self._lock:
            self.answered += len(answered.predictions.predictions)
        return answered
