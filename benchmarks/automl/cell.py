"""What is to be measured, and what came out."""

from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.automl.roster import Peer
from benchmarks.tables import Table


@dataclass(frozen=True)
class Wish:
    """A cell to be had: one peer on one table with one seed and so many seconds."""

    peer: Peer
    table: Table
    seed: int
    seconds: float

    def __str__(self) -> str:
        return f"{self.peer.name}, {self.table.name}, seed {self.seed}, {self.seconds:g} s"


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What came out. All but those without a default are None where `error` tells why.

    Attributes:
        machine: its processor and cores, and the Python.
        measured: the day.
        value: the metric's natural value on the test rows, by the harness's own code.
        fit_s: seconds from the rows to a model that can predict.
        first_s: seconds until there was a first model, where that is known.
        overshoot_s: how many of those were too many; negative when it was done early.
        predict_s: for all test rows.
        predict_one_s: for one row, median of a few.
        bytes: of what predicting needs, on disk.
        peak_bytes: of memory, of the process and its descendants.
    """

    peer: str
    table: str
    seed: int
    seconds: float
    metric: str
    peak_bytes: int
    machine: str
    measured: str
    versions: Mapping[str, str]
    value: float | None = None
    fit_s: float | None = None
    first_s: float | None = None
    overshoot_s: float | None = None
    predict_s: float | None = None
    predict_one_s: float | None = None
    bytes: int | None = None
    trials: int | None = None
    error: str | None = None

    def __str__(self) -> str:
        went = self.error or f"{self.metric} {self.value:.5f} in {self.fit_s:.1f} s"
        return f"{self.peer}, {self.table}, seed {self.seed}, {self.seconds:g} s: {went}"
