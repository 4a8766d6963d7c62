"""Where trials are made: in this process, or spread over others."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from automl.search.attempt import Attempt, Outcome
from automl.search.stopping import Brake
from automl.types import Trial


class Runner(Protocol):
    """Makes trials. An `Evaluator` is one, and makes one at a time.

    Attributes:
        width: how many trials are proposed before the first of them has ended.
    """

    @property
    def width(self) -> int: ...

    def run(self, attempts: Sequence[Attempt], brake: Brake) -> Iterator[Outcome]:
        """The outcomes in the order of the attempts. Raises `Interrupted` from the brake."""

    def refit(self, trial: Trial, brake: Brake) -> Outcome:
        """Fit an earlier trial again, as `Evaluator.refit` does."""
