"""The registry: datasets, models, versions and aliases of one project in an object store."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from registry.aliases import Aliases
from registry.blobs import GRACE
from registry.datasets import Datasets
from registry.decisions import Decisions
from registry.models import Models
from registry.objects import ObjectStore
from registry.project import Project
from registry.publishing import Publication, Publisher
from registry.sweep import sweep
from registry.versions import ModelVersion, Versions


def utcnow() -> datetime:
    """The time now, aware."""
    return datetime.now(UTC)


class Registry:
    """One project's durable things. Safe to share between threads; any number of processes may use one store.

    Attributes:
        datasets: the stored tables.
        models: the named lines.
        versions: their numbered entries.
        aliases: their movable names.
        decisions: how they call labels, where that was changed.
    """

    def __init__(self, store: ObjectStore, *, project: str = "default", clock: Callable[[], datetime] = utcnow) -> None:
        self._store, self._clock = store, clock
        self._project = Project(store, project, clock)
        self.datasets = Datasets(self._project)
        self.models = Models(self._project)
        self.aliases = Aliases(self._project)
        self.decisions = Decisions(self._project)
        self.versions = Versions(self._project, self.aliases)
        self._publisher = Publisher(self._project, self.models, self.versions)

    def publish(
        self,
        model: str,
        run_id: str,
        bundle: bytes,
        manifest: Mapping[str, Any],
        report: bytes,
        *,
        judgement: bytes | None = None,
        out_of_fold: bytes | None = None,
    ) -> ModelVersion:
        """Make a run's model the next version. The same run again returns the same version and stores nothing.

        Args:
            model: name of the model; the first publication makes it.
            run_id: name of the run.
            bundle: the predictor's bytes.
            manifest: what is to be said of it, as JSON.
            report: the evaluation's bytes.
            judgement: what the model said of the rows that judged it, if that is to be kept.
            out_of_fold: what was said of rows that it learnt from, out of fold, if that is to be kept.

        Raises:
            InvalidName: the model's or the run's name.
            PreconditionFailed: the run was published under another model.
            StoreUnavailable: try again with the same run; what is half done goes on from there.
        """
        wanted = Publication(
            model=model,
            run_id=run_id,
            bundle=bundle,
            manifest=manifest,
            report=report,
            judgement=judgement,
            out_of_fold=out_of_fold,
        )
        return self._publisher.publish(wanted)

    def sweep(self, grace: timedelta = GRACE) -> list[str]:
        """Remove the blobs of all projects that nothing refers to and that are older than `grace`.

        A shorter grace than `GRACE` is safe only while nobody publishes. Returns the digests that were removed.

        Raises:
            UnknownFormat, Corrupt: a record cannot be understood, so nothing is removed.
        """
        return sweep(self._store, self._project.records, self._clock() - grace)
