"""What a worker of a Dask cluster does: trials on a dataset that came to it once."""

import platform
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from typing import Final, Literal

from distributed import get_worker

from automl.search import Attempt, Brake, Evaluator, Material, Outcome, Views
from automl.types import Metric, Monitor, Task, Trial

_MATTER: Final = (
    "winnow",
    "lightgbm",
    "numpy",
    "scipy",
    "scikit-learn",
    "imbalanced-learn",
    "pillow",
    "scikit-image",
    "distributed",
)
"""What may make other trials, or none, in another version."""

_closed: set[str] = set()
"""Batches that shall end with what they have. A few bytes for each that is told to, and most end by themselves."""


class Site:
    """A run's material at one worker, with all that is binned of it.

    As an argument of its tasks it is one object a worker, which its threads share. It is gone with the run: Dask drops
    what no client holds any more, also when the client died.
    """

    def __init__(self, material: Material) -> None:
        """Nothing is binned yet."""
        self._material = material
        self._evaluator = Evaluator(Views(material), cores=1)

    def attempt(self, attempt: Attempt, brake: Brake) -> Outcome:
        """A trial on one core."""
        return self._evaluator.attempt(attempt, brake)

    def __reduce__(self) -> tuple[type["Site"], tuple[Material]]:
        return Site, (self._material,)

    def __sizeof__(self) -> int:
        return int(self._material.matrix.nbytes)


@dataclass(frozen=True, slots=True)
class Slot:
    """A brake on its way to another machine, whose clock may tell another time.

    Attributes:
        batch: that can be closed before.
        left_s: seconds until it closes.
        floor_s: seconds for which it stays open all the same.
    """

    batch: str
    left_s: float
    floor_s: float

    @classmethod
    def of(cls, batch: str, brake: Brake) -> "Slot":
        """The brake as it is now."""
        now = brake.clock()
        return cls(batch, brake.end - now, brake.floor - now)

    def brake(self, monitor: Monitor) -> Brake:
        """The same brake by the clock of this machine."""
        return replace(Brake.after(self.left_s, monitor), floor=time.monotonic() + self.floor_s)


class _Wishes:
    """Steers a trial here for a run elsewhere."""

    def __init__(self, batch: str, wanted: Callable[[], bool]) -> None:
        self._batch, self._wanted = batch, wanted

    def phase(self, name: str) -> None: ...

    def plan(self, task: Task, metric: Metric) -> None: ...

    def trial(self, trial: Trial) -> None: ...

    def wish(self) -> Literal["continue", "finish", "abandon"]:
        if not self._wanted():
            return "abandon"
        return "finish" if self._batch in _closed else "continue"


def attempt_at(site: Site, attempt: Attempt, slot: Slot, key: str) -> Outcome:
    """The task `key`: a trial. Raises `Interrupted` when nobody wants it any more, which Dask itself cannot end."""
    tasks = get_worker().state.tasks

    def wanted() -> bool:
        task = tasks.get(key)
        return task is not None and task.state == "executing"

    return site.attempt(attempt, slot.brake(_Wishes(slot.batch, wanted)))


def close(batch: str) -> None:
    """The batch's trials here end with what they have."""
    _closed.add(batch)


def versions() -> dict[str, str]:
    """Of what runs here."""
    return {"python": ".".join(platform.python_version_tuple()[:2]), **{name: _version(name) for name in _MATTER}}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"
