"""The search for one table: its space, what is tried first, and how many rows are learnt from."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Final, get_args

import numpy as np

from automl.augment import Mix, kinds_for
from automl.extension import width
from automl.machine import cores
from automl.params import TREES
from automl.portfolio import portfolio
from automl.precedents import Precedent, as_proposals
from automl.problem import Problem
from automl.recipes import recipes_for
from automl.schedules import Schedule
from automl.search import (
    Agenda,
    Auditions,
    Brake,
    Evaluator,
    Found,
    Growth,
    Material,
    Plan,
    Proposal,
    Runner,
    Search,
    companions,
    make_proposer,
    opening,
)
from automl.space import Space, augmentation_space, build_space
from automl.stages import Features
from automl.types import Json, Monitor, TrainRequest, Trial

_MOST_CELLS: Final = 30_000_000
"""Values of a matrix beyond which no fold gets a copy of its own: recipes and linear models would take all memory."""

MakeRunner = Callable[[Material], AbstractContextManager[Runner]]
"""Where trials are made, for as long as the context lasts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How to search, beside what the request says.

    Attributes:
        runner: makes the trials; in this process when None.
        history: trials of this very run before it was interrupted.
        plan: what is on.
        monitor: watches and steers.
        first: what did well in earlier runs, to be tried early.
    """

    runner: MakeRunner | None = None
    history: Sequence[Trial] = ()
    plan: Plan = field(default_factory=Plan)
    monitor: Monitor | None = None
    first: Sequence[Precedent] = ()


def explore(
    problem: Problem,
    features: Features,
    request: TrainRequest,
    brake: Brake,
    *,
    spent_s: float,
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
        spent_s: seconds of searching before the run was interrupted.
        after: how many seconds to leave besides, by the best trials.
        packing: as `Search` has it.
        ways: how to search.
    """
    material = features.views.material
    space = space_of(problem, features, ways.plan)
    beside = _beside(space, material) if ways.plan.companions else []
    spread = spread_of(problem, features)
    first = opening(
        space,
        portfolio=portfolio(space) if ways.plan.portfolio else [],
        companions=beside,
        warm=as_proposals([each for each in ways.first if not each.near], space, spread),
        near=as_proposals([each for each in ways.first if each.near], space, spread),
    )
    agenda = Agenda(
        propose=make_proposer(request.algorithm, space, first),
        growth=Growth.of(
            len(material.folds[0][0]),
            material.matrix.shape[1],
            material.n_classes,
            folds=len(material.folds),
            cores=cores(),
        ),
        plan=ways.plan,
        seed=request.seed,
        auditions=_auditions(request, material) if ways.plan.augmentation else None,
        imposed=_imposed(request),
    )
    make = ways.runner or (lambda _: nullcontext(Evaluator(features.views, cores=cores())))
    with make(material) as runner:
        search = Search(
            runner=runner,
            agenda=agenda,
            brake=brake,
            whole_s=brake.left() + spent_s,
            after=after,
            packing=packing,
            max_trials=request.max_trials,
            monitor=ways.monitor,
        )
        return search.run(ways.history)


def spread_of(problem: Problem, features: Features) -> float:
    """Of the target, in which LightGBM measures some penalties, except that absolute errors all pull with force 1."""
    in_units = problem.task == "regression" and problem.metric != "mae"
    return float(features.views.material.target.std()) if in_units else 1.0


def space_of(problem: Problem, features: Features, plan: Plan) -> Space:
    """What may be tried on a table."""
    material = features.views.material
    rows = material.folds[0][0]
    classes = material.task != "regression"
    return build_space(
        len(rows),
        categories=bool(material.categorical),
        spread=spread_of(problem, features),
        rarest=int(np.unique(material.target[rows], return_counts=True)[1].min()) if classes else None,
        recipes=_recipes(material) if plan.recipes else ("plain",),
        schedules=get_args(Schedule) if plan.schedules else ("constant",),
    )


def _imposed(request: TrainRequest) -> dict[str, Json]:
    """What a request makes of every trial's params."""
    asked = request.augmentation
    return {} if isinstance(asked, str) or not asked else Mix(tuple(asked)).to_params()


def _auditions(request: TrainRequest, material: Material) -> Auditions | None:
    if request.augmentation != "auto" or material.matrix.size > _MOST_CELLS:
        return None
    classes = material.task != "regression"
    counts = np.bincount(material.target, minlength=material.n_classes).tolist() if classes else []
    kinds = kinds_for(material.task, counts, texts=bool(material.texts))
    return Auditions(kinds, make_proposer(request.algorithm, augmentation_space(kinds), []))


def _recipes(material: Material) -> tuple[str, ...]:
    if material.matrix.size > _MOST_CELLS or any(material.monotone) or material.interactions:
        return ("plain",)
    widths = [width(material.matrix, index) for index in material.categorical]
    return recipes_for(widths, material.matrix.shape[1])


def _beside(space: Space, material: Material) -> list[Proposal]:
    """Companions; none but forests where it could not keep a constraint."""
    free = material.matrix.size <= _MOST_CELLS and not any(material.monotone) and not material.interactions
    return [
        proposal
        for proposal in companions(space, len(material.folds[0][0]))
        if free or proposal.params["family"] in TREES
    ]
