"""Proposals beside the algorithm's: models of other kinds, and more of a good one."""

from typing import Final

from automl.params import CHOICES, choice
from automl.search.proposers import Proposal
from automl.space import Space, within
from automl.types import Json, Trial

CLOSERS: Final = ("polish", "seeds")
"""Who proposes the trials of a search's end."""
SLOWER: Final = 2.5
"""A polished trial takes so many times as long."""
_MANY_ROWS: Final = 10_000
_LEAST_RATE: Final = 0.015
_FOREST: Final[dict[str, Json]] = {
    "family": "forest",
    "num_leaves": 256,
    "min_data_in_leaf": 3,
    "feature_fraction": 1.0,
    "feature_fraction_bynode": 0.4,
    "bagging_fraction": 0.7,
    "extra_trees": False,
}


def companions(space: Space, rows: int) -> list[Proposal]:
    """Models that err in other ways than boosted trees, for the ensemble: neural, linear, a forest, one of random cuts.

    None under a fixed `family`, which the user then wants for all. One of a kind where rows are many: there they cost
    much, and differ less.
    """
    if "family" in space:
        return []
    firsts: list[dict[str, Json]] = [{"family": "linear"}, {"family": "neural"}, within(space, _FOREST)]
    seconds: list[dict[str, Json]] = [
        {"family": "neural", "dropout": 0.4},
        {"family": "linear", "linear_c": 0.05},
        within(space, _FOREST | {"extra_trees": True}),
    ]
    return [Proposal(kind, "companion") for kind in (firsts if rows > _MANY_ROWS else firsts + seconds)]


def polish(best: Trial) -> Proposal | None:
    """A trial at 0.4 of its learning rate, in more rounds; None where that would be too small to matter."""
    rate = best.params.get("learning_rate", 0.1) / SLOWER
    if rate < _LEAST_RATE or choice(best.params, "family") != CHOICES["family"]:
        return None
    return Proposal({**best.params, "learning_rate": rate}, "polish", parents=(best.number,))


def reseed(best: Trial, times: int) -> list[Proposal]:
    """The best trial with other seeds of sampling: the mean of several errs less than each of them."""
    seed = choice(best.params, "seed")
    return [Proposal({**best.params, "seed": seed + i}, "seeds", parents=(best.number,)) for i in range(1, times + 1)]
