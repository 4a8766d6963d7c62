"""Proposals beside the algorithm's: models of other kinds, and more of the best. Pure functions of the trials too."""

from typing import Final

from automl.params import CHOICES, choice
from automl.search.proposers import Proposal
from automl.space import Space, within
from automl.types import Json, Trial

_LEAST_RATE: Final = 0.005
_FOREST: Final[dict[str, Json]] = {
    "family": "forest",
    "num_leaves": 256,
    "min_data_in_leaf": 3,
    "feature_fraction": 1.0,
    "feature_fraction_bynode": 0.4,
    "bagging_fraction": 0.7,
    "extra_trees": False,
}


def companions(space: Space) -> list[Proposal]:
    """Models that err in other ways than boosted trees, for the ensemble: linear, a forest, one with random cuts.

    None under a fixed `family`, which the user then wants for all.
    """
    if "family" in space:
        return []
    kinds: list[dict[str, Json]] = [{"family": "linear"}, _FOREST, _FOREST | {"extra_trees": True}]
    return [Proposal(within(space, kind) if kind is not kinds[0] else kind, "companion") for kind in kinds]


def polish(best: Trial) -> Proposal | None:
    """The best trial at half its learning rate, in twice the rounds; None where that would be too small to matter."""
    rate = best.params.get("learning_rate", 0.1) / 2
    if rate < _LEAST_RATE or choice(best.params, "family") != CHOICES["family"]:
        return None
    return Proposal({**best.params, "learning_rate": rate}, "polish", parents=(best.number,))


def reseed(best: Trial, times: int) -> list[Proposal]:
    """The best trial with other seeds of sampling: the mean of several errs less than each of them."""
    seed = choice(best.params, "seed")
    return [Proposal({**best.params, "seed": seed + i}, "seeds", parents=(best.number,)) for i in range(1, times + 1)]
