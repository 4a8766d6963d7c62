"""What may be tried of each family of models, for one table and under what its user says."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from automl.features.extension import width
from automl.features.recipes import recipes_for
from automl.learners.bins import many_valued
from automl.learners.breadth import most_features
from automl.learners.params import TREES, TUNABLE
from automl.machine import cores
from automl.problem import Problem
from automl.search import Material, Plan, outputs_of
from automl.spaces.companions import LINEAR, forest_space, neural_space
from automl.spaces.constraints import constrain, keepers, with_rows_left
from automl.spaces.space import Dimension, Space, build_space, is_point, option_space
from automl.text.levels import Level, columns_of, seconds_of
from automl.types import Family, Link, Start, TrainRequest

MOST_CELLS: Final = 30_000_000
"""Values of a matrix beyond which no fold gets a copy of its own: recipes and other models than trees would take
all memory."""

_VARIED: Final = 0.25
"""Of its mean, the deviation of a target below which its logarithm is but another unit."""
_LEVELS: Final[tuple[Level, ...]] = ("all", "ratios")
_TEXT_SHARE: Final = 0.3
"""Of the time, the most that it may take to learn what texts tell in all folds."""


def spaces_for(problem: Problem, material: Material, request: TrainRequest, plan: Plan) -> dict[Family, Space]:
    """One space a family, of which the first is searched and the others give companions.

    A family that cannot keep what is asked is left out. Of a very large table so are all but trees, unless nothing else
    is asked for. Trees keep to the material's ceiling, unless the user says what they shall be.

    Args:
        problem: the table.
        material: its training rows.
        request: of the run.
        plan: what is on.
    """
    recipes = _recipes(material) if plan.recipes else ("plain",)
    bases = option_space("link", _links(problem, material) if plan.links else ("identity",))
    bases |= option_space("boost_from", _starts(material) if plan.starts else ("average",))
    texts = _told(material, request) if plan.recipes else {}
    made: dict[Family, Space] = {
        "boosted": texts | dict(_boosted(problem, material, recipes)),
        "forest": texts
        | dict(
            forest_space(
                len(material.folds[0][0]),
                categories=bool(material.categorical),
                most_features=_most_features(material),
                recipes=recipes,
            )
        ),
        "linear": LINEAR,
        "neural": texts | dict(neural_space(_numbers(material), material.matrix.shape[1])),
    }
    outputs = outputs_of(material.task, material.n_classes)
    able = keepers(request)
    tried = [family for family in able if family in TREES or material.matrix.size <= MOST_CELLS] or able
    # Smoothed leaves would break the constraint.
    fixed = {**request.params, **({"path_smooth": 0.0} if any(material.monotone) else {})}
    spaces = {
        family: constrain(
            material.ceiling.hold(made[family], outputs),
            family,
            fixed,
            with_rows_left(request.ranges) if family == "forest" else request.ranges,
        )
        for family in (tried if plan.companions else tried[:1])
    }
    # Where all else is fixed, a run of one trial would have no end.
    more = {
        family: {name: base for name, base in bases.items() if family in TUNABLE[name] and not is_point(space)}
        for family, space in spaces.items()
    }
    return {family: {**more[family], **space} for family, space in spaces.items()}


def _links(problem: Problem, material: Material) -> tuple[Link, ...]:
    """A log link is of amounts and counts, which vary more where they are larger.

    Medians know no link, and under a log link groups of columns that must not act together would multiply.
    """
    least, mean, spread = material.target.min(), material.target.mean(), material.target.std()
    means = problem.task == "regression" and problem.metric != "mae" and not material.interactions
    return ("identity", "log") if means and least >= 0 and spread > _VARIED * mean else ("identity",)


def _starts(material: Material) -> tuple[Start, ...]:
    """A linear start is of values, where what it takes for each fold is little beside the trees."""
    fits = material.task == "regression" and not material.texts and material.matrix.size <= MOST_CELLS
    return ("average", "linear") if fits and material.metric != "mae" else ("average",)


def _numbers(material: Material) -> int:
    """How many of the features are numbers of many values; texts tell some too, which are better left as they are."""
    return 0 if material.texts else many_valued(material.matrix, material.categorical)


def _told(material: Material, request: TrainRequest) -> dict[str, Dimension]:
    """As much of what texts tell as there is time and memory for."""
    rows, features = len(material.target), material.matrix.shape[1]

    def affordable(level: Level) -> bool:
        cells = rows * (features + columns_of(level, material.task, material.n_classes, len(material.texts)))
        terms = [column.terms for column in material.texts]
        seconds = seconds_of(level, terms, material.task, material.n_classes) * len(material.folds) / cores()
        return cells <= MOST_CELLS and (request.max_trials is not None or seconds <= _TEXT_SHARE * request.timeout_s)

    levels = [level for level in _LEVELS if affordable(level)] if material.texts else []
    return {"text": Dimension.choice(levels, levels[0])} if levels else {}


def spread_of(problem: Problem, material: Material) -> float:
    """Of the target, in which LightGBM measures some penalties, except that absolute errors all pull with force 1."""
    in_units = problem.task == "regression" and problem.metric != "mae"
    return (float(material.target.std()) or 1.0) if in_units else 1.0


def _boosted(problem: Problem, material: Material, recipes: Sequence[str]) -> Space:
    rows = material.folds[0][0]
    classes = material.task != "regression"
    return build_space(
        len(rows),
        categories=bool(material.categorical),
        spread=spread_of(problem, material),
        most_features=_most_features(material),
        rarest=int(np.unique(material.target[rows], return_counts=True)[1].min()) if classes else None,
        recipes=recipes,
    )


def _most_features(material: Material) -> float:
    return most_features(material.matrix.shape[1], outputs_of(material.task, material.n_classes))


def _recipes(material: Material) -> tuple[str, ...]:
    """Only the plain one keeps constraints on features."""
    if material.matrix.size > MOST_CELLS or any(material.monotone) or material.interactions:
        return ("plain",)
    widths = [width(material.matrix, index) for index in material.categorical]
    return recipes_for(widths, material.matrix.shape[1])
