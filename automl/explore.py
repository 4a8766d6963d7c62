"""The search for one table: its space, what is tried first, and how many rows are learnt from."""

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

import numpy as np

from automl.augment import Mix, kinds_for
from automl.families import MOST_CELLS, spaces_for, spread_of
from automl.machine import cores
from automl.problem import Problem
from automl.search import (
    LEAST_RATE,
    Agenda,
    Auditions,
    Brake,
    Closing,
    Evaluator,
    Found,
    Growth,
    Kinds,
    Material,
    Outcome,
    Plan,
    Proposal,
    Runner,
    Search,
    Views,
    companions,
    helps,
    make_proposer,
    opening,
)
from automl.spaces.companions import second
from automl.spaces.constraints import least_rate
from automl.spaces.portfolio import portfolio
from automl.spaces.space import Space, augmentation_space, is_point
from automl.stages import Features
from automl.text.levels import columns_of
from automl.types import Family, Json, Monitor, TrainRequest, Trial
from automl.warm.precedents import Precedent, as_proposals

_MANY_ROWS: Final = 10_000
"""Beyond, trials take long, and families differ less: one is searched."""

MakeRunner = Callable[[Views], AbstractContextManager[Runner]]
"""Where trials are made, for as long as the context lasts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How to search, beside what the request says.

    Attributes:
        runner: makes the trials; in this process when None.
        history: trials of this very run before it was interrupted.
        spent_s: seconds that they took together, some of them perhaps side by side.
        plan: what is on.
        monitor: watches and steers.
        first: what did well in earlier runs, to be tried early.
        room: bytes that models of trials may have which wait for the ensemble.
    """

    runner: MakeRunner | None = None
    history: Sequence[Trial] = ()
    spent_s: float = 0.0
    plan: Plan = field(default_factory=Plan)
    monitor: Monitor | None = None
    first: Sequence[Precedent] = ()
    room: float = math.inf


def explore(
    problem: Problem,
    features: Features,
    request: TrainRequest,
    brake: Brake,
    *,
    after: Callable[[Sequence[Trial]], float],
    packing: float,
    ways: Ways,
) -> Found:
    """Search for the best params.

    Args:
        problem: the table.
        features: its training rows.
        request: of the run.
        brake: closes when the rest of the run needs its time.
        after: how many seconds to leave besides, by the best trials.
        packing: as `Search` has it.
        ways: how to search.
    """
    material = features.views.material
    spaces = spaces_for(problem, material, request, ways.plan)
    family, space = next(iter(spaces.items()))
    first = _first(spaces, material, ways, spread_of(problem, material))
    agenda = Agenda(
        propose=make_proposer(request.algorithm, space, first),
        growth=Growth.of(
            len(material.folds[0][0]),
            material.matrix.shape[1] + _told(space, material),
            material.n_classes,
            folds=len(material.folds),
            cores=cores(),
        ),
        # Where there is nothing to choose, there is nothing to learn from a few rows.
        plan=replace(ways.plan, growing=ways.plan.growing and not is_point(space)),
        seed=request.seed,
        auditions=_auditions(request, material, family) if ways.plan.augmentation else None,
        imposed=_imposed(request),
        kinds=_kinds(spaces, material, request) if ways.plan.kinds else Kinds(),
        closing=Closing(family, max(LEAST_RATE, least_rate(request.params, request.ranges))),
    )
    make = ways.runner or (lambda views: nullcontext(Evaluator(views, cores=cores())))
    with make(features.views) as runner:
        search = Search(
            runner=runner,
            agenda=agenda,
            brake=brake,
            whole_s=brake.left() + ways.spent_s,
            after=after,
            packing=packing,
            helps=partial(_helps, material) if request.ensemble else (lambda *_: False),
            room=ways.room,
            max_trials=request.max_trials,
            monitor=ways.monitor,
        )
        return search.run(ways.history)


def _helps(material: Material, best: Outcome, other: Outcome) -> bool:
    weights = None if material.weights is None else material.weights[best.rows]
    target, metric = material.target[best.rows], material.metric
    return helps(best.outputs, other.outputs, target, metric, tuned=material.tuned, weights=weights)


def _told(space: Space, material: Material) -> int:
    """Features that texts may give besides."""
    level = space["text"].default if "text" in space else "none"
    return columns_of(level, material.task, material.n_classes, len(material.texts))


def _first(spaces: Mapping[Family, Space], material: Material, ways: Ways, spread: float) -> list[Proposal]:
    """What is tried before the algorithm has its say."""
    family, space = next(iter(spaces.items()))
    covering = portfolio(space) if family == "boosted" else [second(space)]
    earlier = ways.first if family == "boosted" else ()  # other families leave no params
    return opening(
        space,
        portfolio=covering if ways.plan.portfolio else [],
        companions=companions(spaces, len(material.folds[0][0]), texts=bool(material.texts)),
        warm=as_proposals([each for each in earlier if not each.near], space, spread),
        near=as_proposals([each for each in earlier if each.near], space, spread),
    )


def _kinds(spaces: Mapping[Family, Space], material: Material, request: TrainRequest) -> Kinds:
    """The families to be searched too: those that leave a choice, unless there are many rows."""
    others = [*spaces.items()][1:] if len(material.folds[0][0]) <= _MANY_ROWS else []
    free = {family: space for family, space in others if not is_point(space)}
    return Kinds(free, {family: make_proposer(request.algorithm, space, []) for family, space in free.items()})


def _imposed(request: TrainRequest) -> dict[str, Json]:
    """What a request makes of every trial's params."""
    asked = request.augmentation
    if isinstance(asked, str) or not asked:
        return {}
    strength = request.augmentation_strength
    return (Mix(tuple(asked)) if strength is None else Mix(tuple(asked), strength)).to_params()


def _auditions(request: TrainRequest, material: Material, family: Family) -> Auditions | None:
    if request.augmentation != "auto" or material.matrix.size > MOST_CELLS:
        return None
    classes = material.task != "regression"
    counts = np.bincount(material.target, minlength=material.n_classes).tolist() if classes else []
    kinds = kinds_for(material.task, counts, texts=bool(material.texts), images=bool(material.images))
    return Auditions(kinds, make_proposer(request.algorithm, augmentation_space(kinds), []), family)
