"""When to stop: a run at its deadline or on its caller's wish, a trial that is clearly behind, which trial is best."""

import math
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from automl.errors import Interrupted
from automl.types import Monitor, Trial

Clock = Callable[[], float]
"""Seconds from some moment on, such as `time.monotonic`."""

_BEHIND: Final = 1.0


class Brake:
    """Says whether the run should come to its end.

    Args:
        seconds: from now on, after which it should.
        monitor: asked for its wish each time.
        clock: monotonic seconds.
    """

    def __init__(self, seconds: float, monitor: Monitor | None = None, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._monitor = monitor
        self._end = clock() + seconds

    def left(self) -> float:
        """Seconds to the deadline, never negative; 0 once the caller wishes to finish.

        Raises:
            Interrupted: `abandoned` when the caller wishes no result.
        """
        wish = self._monitor.wish() if self._monitor else "continue"
        if wish == "abandon":
            raise Interrupted("abandoned", "The run was told to stop without a result.")
        return 0.0 if wish == "finish" else max(0.0, self._end - self._clock())

    def closed(self) -> bool:
        """Whether nothing is left. Raises as `left` does."""
        return self.left() <= 0

    def sooner(self, seconds: float) -> "Brake":
        """The same brake with an earlier deadline: `seconds` before this one's."""
        return Brake(self._end - self._clock() - seconds, self._monitor, self._clock)

    def within(self, seconds: float) -> "Brake":
        """The same brake, or one that closes `seconds` from now if that is earlier."""
        return Brake(min(seconds, self._end - self._clock()), self._monitor, self._clock)


def is_behind(scores: Sequence[float], best: Sequence[float]) -> bool:
    """Whether a trial can be given up after the folds so far, racing against the best trial on the same folds.

    It can when it is worse by more than the standard error of the best trial's mean: folds differ far more from each
    other than two trials do on one fold, so such a lag is hardly ever made up.

    Args:
        scores: of the trial, on its first folds.
        best: of the best trial on all folds; nothing is behind a best trial of fewer than two folds.
    """
    if not scores or len(best) < 2 or len(scores) >= len(best):  # noqa: PLR2004
        return False
    lag = math.fsum(b - s for b, s in zip(best, scores, strict=False)) / len(scores)
    mean = math.fsum(best) / len(best)
    error = math.sqrt(math.fsum((b - mean) ** 2 for b in best) / (len(best) - 1) / len(best))
    return lag > _BEHIND * error


def find_best(trials: Iterable[Trial]) -> Trial | None:
    """The trial with the best score of those with the most folds; the earlier of equals; None if all failed."""
    scored = [trial for trial in trials if trial.score is not None]
    return max(scored, key=lambda trial: (len(trial.fold_scores), trial.score, -trial.number), default=None)
