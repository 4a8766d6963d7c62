"""Proposals beside the algorithm's: models of other kinds, and more of a good one."""

from collections.abc import Mapping
from typing import Final

from automl.learners.params import CHOICES, choice
from automl.learners.schedules import DEFAULT_RATE
from automl.search.proposers import Proposal
from automl.spaces.space import Space, defaults, family_of, within
from automl.types import Family, Json, Trial

CLOSERS: Final = ("polish", "seeds")
"""Who proposes the trials of a search's end."""
SLOWER: Final = 2.5
"""A polished trial takes so many times as long."""
LEAST_RATE: Final = 0.015
"""What is polished below gains nothing."""
_VERY_MANY_ROWS: Final = 100_000
_BOLD: Final[Mapping[str, Json]] = {"linear_c": 6.0}


def companions(spaces: Mapping[Family, Space], rows: int, *, texts: bool = False) -> list[Proposal]:
    """Models that err in other ways than those of the first space, for the ensemble: linear, neural, forests.

    Linear ones alone where rows are so many that the others would take a quarter of a search that has time for ten
    trials. Of texts linear models are good and quick: there is always a second one, that relies on them more.
    """
    others = [*spaces.values()][1:]
    kinds: tuple[Family, ...] = ("linear", "neural", "forest") if rows <= _VERY_MANY_ROWS else ("linear",)
    firsts = [defaults(space) for name in kinds for space in others if family_of(space) == name]
    bold = [within(space, _BOLD) for space in others if texts and family_of(space) == "linear"]
    return [Proposal(params, "companion") for params in firsts[: len(bold)] + bold + firsts[len(bold) :]]


def share_learnt(params: Mapping[str, Json], share: float, *, texts: bool) -> float:
    """The share of a fold's rows that a model learns from: all of them where it is a linear one of texts.

    Such a one is quick and needs many rows, and others are told what all rows taught, whatever the share.
    """
    return 1.0 if texts and choice(params, "family") == "linear" else share


def polish(best: Trial, least: float = LEAST_RATE) -> Proposal | None:
    """A trial at 0.4 of its learning rate, in more rounds; None where that would be below the least rate.

    One that the clock cut short has more rounds at its own rate.
    """
    rate = best.params.get("learning_rate", DEFAULT_RATE) / (1 if best.cut_folds else SLOWER)
    if rate < least or choice(best.params, "family") != CHOICES["family"]:
        return None
    return Proposal({**best.params, "learning_rate": rate}, "polish", parents=(best.number,))


def reseed(best: Trial, times: int) -> list[Proposal]:
    """The best trial with other seeds of sampling: the mean of several errs less than each of them."""
    seed = choice(best.params, "seed")
    return [Proposal({**best.params, "seed": seed + i}, "seeds", parents=(best.number,)) for i in range(1, times + 1)]
