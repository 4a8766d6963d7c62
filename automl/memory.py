"""How much memory a run takes: estimated and kept within a limit before it is taken, and watched while it is."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from threading import Event, Thread
from types import TracebackType
from typing import Final, Self

from automl.errors import TooLarge
from automl.learners.settings import HISTOGRAMS_MB
from automl.machine import memory_bytes, resident_bytes

MB: Final = 2**20

_SHARE: Final = 0.8
"""Of the machine's memory, where nobody sets a limit."""
_PROCESS: Final = 600 * MB
"""The process with all its libraries, and what does not grow with the table."""
LEAST_ROOM: Final = 128 * MB
"""For the models of trials that wait for the ensemble."""
_NUMBER: Final = 8
_ENTRY: Final = 12
"""Bytes of one number, and of one of those that LightGBM looks at to find bins."""
_SAMPLED_ROWS: Final = 200_000
_HISTOGRAM: Final = 255 * 16
"""Bytes of one feature's in one leaf."""
_MOST_LEAVES: Final = 256
_ADDED: Final = 140
"""Columns that a recipe adds, at the most."""
_TERMS_A_LETTER: Final = 0.5
"""Weights of terms that a text has for each letter, about: more where it is short, fewer where it is long."""
_MOST_TERMS, _VECTORS = 50_000, 30
"""Of a column of texts, and how many vectors of a weight a term the fit of a linear model holds."""
_FEWEST_ROWS: Final = 1000
_FEWER: Final = 0.9
_LOOKED_EVERY_S: Final = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What a run has to carry.

    Attributes:
        tables: bytes of the tables that it is given.
        texts: bytes of the different texts in their columns.
        rows: of the table.
        learnt: of these, to learn from.
        judged: rows that the report is made on.
        columns: to learn from.
        features: that these become, at the most.
        letters: of the texts in a row.
        told: columns that tell what texts do.
        outputs: of each row: one a class, or one value.
        folds: of the rows to learn from.
        copies: whether folds have matrices of their own, as recipes, augmentation and models beside trees need.
        at_once: fits at once.
        kept: trials whose outputs wait for the ensemble.
    """

    tables: int
    texts: int
    rows: int
    learnt: int
    judged: int
    columns: int
    features: int
    outputs: int
    folds: int
    copies: bool = True
    letters: float = 0.0
    told: int = 0
    at_once: int = 1
    kept: int

    def peak(self) -> int:
        """Bytes that the process holds at the run's worst moment, as an upper bound."""
        frame = self.rows * self.columns * _NUMBER + self.texts
        search = self._fits(self.learnt, 1 + 2 * self.folds)
        again = self._fits(self.rows, 3) if self.learnt + self.judged >= self.rows else 0
        judging = self.judged * _NUMBER * (2 * self.features + 12 * self.outputs)
        return _PROCESS + LEAST_ROOM + self.tables + frame + max(search, again, judging)

    def _fits(self, rows: int, parts: int) -> int:
        """A matrix of so many rows, its bins so many times, and what fits on it take."""
        matrix = rows * self.features * (_NUMBER + parts)
        outputs = rows * self.outputs * _NUMBER
        sample = min(rows, _SAMPLED_ROWS) * self.features * _ENTRY
        fit = min(HISTOGRAMS_MB * MB, _MOST_LEAVES * self.features * _HISTOGRAM) + 5 * outputs
        terms = int(rows * self.letters * _TERMS_A_LETTER * _ENTRY)
        matrix += 3 * terms
        if self.copies:
            added = _ADDED + self.told
            fit += 4 * rows * (self.features + added) * _NUMBER
            matrix += self.folds * rows * (self.features + added + _NUMBER * self.told)
            if self.letters:
                fit += 3 * terms + _VECTORS * _MOST_TERMS * self.outputs * _NUMBER
        return matrix + max(sample, self.at_once * fit) + 2 * self.kept * outputs


def default_limit() -> int:
    """Bytes that the process may hold where nobody says."""
    return int(_SHARE * memory_bytes())


def fit_into(load: Load, limit: int, *, cores: int, must_copy: bool) -> Load:
    """The load as it is where it fits, else with less: first without copies, then of fewer rows to learn from.

    How many fits go on at once is found last, from what is left: so no result depends on it or on the cores.

    Args:
        load: all that the run would like to carry, one fit at once.
        limit: bytes that the process shall not exceed.
        cores: the most fits at once.
        must_copy: whether copies were asked for.

    Raises:
        TooLarge: `too-large` where not even the least fits.
    """
    for lighter in _lighter(load, must_copy=must_copy):
        if lighter.peak() <= limit:
            wider = (replace(lighter, at_once=count) for count in range(cores, 1, -1))
            return next((it for it in wider if it.peak() <= limit), lighter)
    raise TooLarge(
        "too-large",
        f"To learn from {load.rows} rows of {load.columns} columns, even from a few of them, would take more memory "
        f"than the {limit // MB} MB that a run may use: allow it more, or drop columns or rows.",
    )


def _lighter(load: Load, *, must_copy: bool) -> Iterator[Load]:
    yield load
    if not must_copy:
        load = replace(load, copies=False)
        yield load
    while load.learnt > _FEWEST_ROWS:
        load = replace(load, learnt=max(_FEWEST_ROWS, int(_FEWER * load.learnt)))
        yield load


class PeakMemory:
    """The most that this process holds while it is watched, looked at twenty times a second.

    Attributes:
        bytes: so far; None where the system does not tell.
    """

    def __init__(self) -> None:
        """Not watched yet."""
        self.bytes = resident_bytes()
        self._ended = Event()
        self._thread = Thread(target=self._watch, name="memory", daemon=True)

    def __enter__(self) -> Self:
        """Begin to watch."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Watch no more."""
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while self.bytes is not None and not self._ended.wait(_LOOKED_EVERY_S):
            self.bytes = max(self.bytes, resident_bytes() or 0)
