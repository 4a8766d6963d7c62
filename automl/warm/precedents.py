"""Params that did well in a run: kept in its model's lineage, and brought into the space of a later run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from automl.learners.params import CHOICES, choice
from automl.problem import Problem
from automl.search import Found, Proposal
from automl.search.pool import contenders
from automl.search.proposers import WARM
from automl.search.special import CLOSERS
from automl.spaces.space import Space, within
from automl.types import Json

MOST: Final = 3
"""So many are kept of a run, and so many are tried in a later one."""

_UNITS: Final = {"lambda_l1": 1, "min_gain_to_split": 2}
"""What LightGBM measures in units of a regression's target, and to which power."""

_OWN: Final = frozenset(CHOICES) - {"schedule", "link", "boost_from", "recipe", "text"}
"""What says nothing about another run: other kinds of models, seeds, and augmentations, which each run tries itself."""


@dataclass(frozen=True, slots=True)
class Precedent:
    """Params of an earlier run, free of its target's units.

    Attributes:
        version: the model version that they come from, such as `fraud:3`.
        params: LightGBM parameters and choices.
        near: whether they are of a similar table, not of the same columns.
    """

    version: str
    params: Mapping[str, Json]
    near: bool = False


def left_behind(problem: Problem, found: Found, spread: float) -> dict[str, Json]:
    """For the lineage: `meta_features`, and `precedents`, the best params of boosted trees, best first, each once.

    Those of the search's end are left out: their small steps would make a later run begin slowly, and it has an end of
    its own.

    Args:
        problem: the table.
        found: what the search left.
        spread: of the target, as `space.build_space` takes it.
    """
    ranked = contenders(trial for trial in found.trials if trial.proposer not in CLOSERS)
    boosted = [trial.params for trial in ranked if choice(trial.params, "family") == CHOICES["family"]]
    precedents = _distinct([_scaled({n: v for n, v in it.items() if n not in _OWN}, 1 / spread) for it in boosted])
    return {"meta_features": problem.meta.model_dump(), "precedents": precedents}


def as_proposals(precedents: Sequence[Precedent], space: Space, spread: float) -> list[Proposal]:
    """What of them the space has room for, brought inside it."""
    proposals: list[Proposal] = []
    for precedent in precedents:
        scaled = _scaled(precedent.params, spread)
        params = within(space, {name: value for name, value in scaled.items() if name in space})
        if all(params != other.params for other in proposals):
            proposals.append(Proposal(params, WARM, origin=precedent.version))
    return proposals


def _scaled(params: Mapping[str, Json], spread: float) -> dict[str, Json]:
    return {name: value * spread ** _UNITS[name] if name in _UNITS else value for name, value in params.items()}


def _distinct(many: Sequence[dict[str, Json]]) -> list[dict[str, Json]]:
    return [params for place, params in enumerate(many) if params not in many[:place]][:MOST]
