"""Shows how a run goes: a bar on a terminal, a line every few seconds elsewhere."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, SpinnerColumn, TextColumn
from rich.progress import Progress as Bar

from automl.types import Json
from service.sse import Event

_LINE_EVERY_S = 3.0


class Progress:
    """A run's budget as it is used up, with the trials so far and the best score.

    Args:
        timeout_s: the run's budget in seconds.
        console: where to show it; its `is_terminal` decides how.
        max_trials: its budget in trials; None for no limit.
    """

    def __init__(self, timeout_s: float, console: Console, *, max_trials: int | None = None) -> None:
        self._console = console
        self._timeout_s = timeout_s
        self._max_trials = max_trials
        self._started = self._said = time.monotonic()
        self._phase, self._trials = "queued", 0
        self._best: float | None = None
        columns = (SpinnerColumn(), BarColumn(bar_width=30), TextColumn("{task.description}", markup=False))
        self._bar = Bar(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task = self._bar.add_task(self._text(), total=1.0)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._bar.stop()

    def update(self, *, phase: str | None = None, trials: int | None = None, best: float | None = None) -> None:
        """Tell what is new; what is not given stays as it was."""
        self._phase = phase or self._phase
        self._trials = self._trials if trials is None else trials
        self._best = self._best if best is None else best
        now = time.monotonic()
        self._bar.update(self._task, completed=self._used(), description=self._text())
        if not self._console.is_terminal and now - self._said >= _LINE_EVERY_S:
            self._said = now
            self._console.print(f"  {self._text()}")

    def _used(self) -> float:
        """Of the budget that is used up sooner."""
        of_trials = self._trials / self._max_trials if self._max_trials else 0.0
        return min(1.0, max(of_trials, (time.monotonic() - self._started) / self._timeout_s))

    def _text(self) -> str:
        seconds = max(0.0, self._timeout_s - (time.monotonic() - self._started))
        best = "" if self._best is None else f", best {self._best:.4f}"
        more = "" if self._max_trials is None else f"{max(0, self._max_trials - self._trials)} trials or "
        return f"{self._phase}: {self._trials} trials{best}, at most {more}{seconds:.0f} s left"


def tell(progress: Progress, event: Event) -> Json | None:
    """Show what an event of a run tells, and return the run if the event holds it."""
    if event.kind == "phase":
        progress.update(phase=event.data["phase"])
    elif event.kind == "trial":
        progress.update(trials=event.data["number"] + 1)
    elif event.kind == "best":
        progress.update(best=event.data["score"])
    elif event.kind == "run":
        best = event.data["best"] or {}
        progress.update(phase=event.data["state"], trials=event.data["progress"]["trials"], best=best.get("score"))
        return event.data
    return None
