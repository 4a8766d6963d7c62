"""What the texts of each fold's training rows tell, learnt once for all trials.

It is learnt of all rows that a fold may learn from, also for trials on a share of them: so no trial waits for it but
the first, and nothing that a trial was told depends on which one came first.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.features.columntexts import ColumnTexts
from automl.features.textcolumns import TextColumn
from automl.features.texts import WORDS
from automl.search.once import Once
from automl.splits.split import Rows
from automl.text.learning import Taught, TextLesson, teach
from automl.text.levels import parts_of, pieces_of
from automl.types import Floats, Task


@dataclass(frozen=True, slots=True)
class Told:
    """What texts tell in one fold.

    Attributes:
        extensions: for new rows.
        taught: the pieces of each text column.
        parts: of the rows that it was learnt of (n,).
        columns: of these rows, each told what the others taught (n, columns).
    """

    extensions: tuple[ColumnTexts, ...]
    taught: tuple[tuple[int, Taught], ...]
    parts: NDArray[np.int64]
    columns: Floats

    def of(self, texts: Sequence[TextColumn], origin: Rows) -> Floats:
        """The columns of texts that were made of rows that were learnt of."""
        parts = self.parts[origin]
        return np.concatenate([it.columns(texts[place].terms, parts) for place, it in self.taught], axis=1)


class Teller:
    """Learns what texts tell of the training rows of each fold, once. Safe to ask by several threads.

    Attributes:
        seconds: that the slowest fold took, of all that was learnt.
    """

    def __init__(
        self,
        texts: Sequence[TextColumn],
        target: NDArray[Any],
        weights: Floats | None,
        *,
        task: Task,
        n_classes: int,
        seed: int,
    ) -> None:
        """Texts and targets of all rows (n,)."""
        self._texts, self._target, self._weights = texts, target, weights
        self._task: Task = task
        self._n_classes, self._seed = n_classes, seed
        self._once = Once()
        self._took: dict[int | None, float] = {}

    @property
    def seconds(self) -> float:
        """Of a core's time, that the slowest fold took: two at once hinder each other."""
        return max(self._took.values(), default=0.0)

    def told(self, fold: int | None, rows: Rows, level: str, told_to_stop: Callable[[], bool]) -> Told | None:
        """What the rows of a fold tell; None where that is nothing.

        Args:
            fold: its number, None for all rows.
            rows: all that it may learn from.
            level: of `levels.PIECES`; one that there is not tells nothing.
            told_to_stop: asked often. May raise to abandon.

        Raises:
            Unfinished: it was told to stop. Nothing half learnt is kept.
        """
        if not self._texts or not pieces_of(level):
            return None
        told: Told | None = self._once.get(("level", fold, level), partial(self._tell, fold, rows, level, told_to_stop))
        return told

    def _tell(self, fold: int | None, rows: Rows, level: str, told_to_stop: Callable[[], bool]) -> Told | None:
        begun = time.thread_time()
        lesson = TextLesson.of(
            self._target[rows],
            None if self._weights is None else self._weights[rows],
            task=self._task,
            n_classes=self._n_classes,
            count=parts_of([column.terms for column in self._texts], self._task, self._n_classes),
            columns=len(self._texts),
            seed=self._seed,
            told_to_stop=told_to_stop,
        )
        texts = [column.taken(rows) for column in self._texts]
        found = [
            (place, taught)
            for place, column in enumerate(texts)
            for piece in pieces_of(level)
            if (taught := self._once.get((fold, place, piece), partial(teach, piece, column.terms, lesson))) is not None
        ]
        if not found:
            return None
        extensions = tuple(
            ColumnTexts(place, column.features[WORDS], tuple(taught.step for at, taught in found if at == place))
            for place, column in enumerate(texts)
            if any(at == place for at, _ in found)
        )
        columns = np.concatenate([it.columns(texts[place].terms, lesson.parts) for place, it in found], axis=1)
        self._took[fold] = self._took.get(fold, 0.0) + time.thread_time() - begun
        return Told(extensions, tuple(found), lesson.parts, columns)
