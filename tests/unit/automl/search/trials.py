"""Trials made by hand, and a monitor that notes them and has wishes."""

from collections.abc import Callable, Mapping
from typing import Literal

from automl.types import Json, Metric, Task, Trial

Wish = Literal["continue", "finish", "abandon"]


def make_trial(
    number: int,
    *fold_scores: float,
    params: Mapping[str, Json] | None = None,
    state: Literal["succeeded", "stopped"] = "succeeded",
    seconds: float = 1.0,
    share: float = 1.0,
    generation: int | None = None,
    proposer: str = "tpe",
    parents: tuple[int, ...] = (),
    detail: str | None = None,
) -> Trial:
    """One without scores has failed."""
    return Trial(
        number=number,
        state=state if fold_scores else "failed",
        params=params or {},
        score=sum(fold_scores) / len(fold_scores) if fold_scores else None,
        fold_scores=fold_scores,
        rounds=(1,) * len(fold_scores),
        seconds=seconds,
        proposer=proposer,
        parents=parents,
        detail=detail,
        share=share,
        generation=generation,
    )


class Notes:
    """A monitor that keeps what it is told; `wants` is asked with the trials so far."""

    def __init__(self, wants: Callable[[list[Trial]], Wish] = lambda _: "continue") -> None:
        self.phases: list[str] = []
        self.plans: list[tuple[Task, Metric]] = []
        self.trials: list[Trial] = []
        self._wants = wants

    def phase(self, name: str) -> None:
        self.phases.append(name)

    def plan(self, task: Task, metric: Metric) -> None:
        self.plans.append((task, metric))

    def trial(self, trial: Trial) -> None:
        self.trials.append(trial)

    def wish(self) -> Wish:
        return self._wants(self.trials)
