"""Trials at the workers of a cluster, as if they were made here.

A worker that dies costs the trials that it had in hand, which others make again. When the cluster is lost, the run goes
on in this process, with as many trials at once as before, so that they are the same trials.
"""

import logging
from collections.abc import Iterator, Sequence
from functools import cached_property

from distributed import Client

from automl.cluster.batch import Batch
from automl.cluster.dataset import Dataset, Lost
from automl.machine import cores
from automl.search import Attempt, Brake, Evaluator, Outcome, Views
from automl.types import Trial

log = logging.getLogger(__name__)


class Cluster:
    """A runner of trials on a cluster.

    Attributes:
        width: trials at once.
    """

    def __init__(self, client: Client, views: Views, *, width: int) -> None:
        """Send what the views are of to its workers. Raises `Lost`."""
        self.width = width
        self._views = views
        self._dataset: Dataset | None = Dataset(client, views.material)

    def run(self, attempts: Sequence[Attempt], brake: Brake) -> Iterator[Outcome]:
        """The outcomes in the order of the attempts.

        They end early where the brake has closed and a worker does not tell in time what it has.

        Raises:
            Interrupted: from the brake.
        """
        done = 0
        if self._dataset:
            try:
                with Batch(self._dataset, attempts, brake) as batch:
                    for attempt in attempts:
                        yield batch.outcome(attempt)
                        done += 1
            except Lost as error:
                log.warning("%s; the run goes on without it", error)
                self._dataset = None
        if done < len(attempts) and not brake.closed():
            yield from self._here.run(attempts[done:], brake)

    def refit(self, trial: Trial, brake: Brake) -> Outcome:
        """Fit an earlier trial again, in this process."""
        return self._here.refit(trial, brake)

    @cached_property
    def _here(self) -> Evaluator:
        return Evaluator(self._views, cores=cores())
