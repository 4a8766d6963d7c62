"""What a fit that is under way may still come to."""

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

_FEWEST: Final = 12
"""Looks before which anything may happen."""
_WINDOW: Final = 1 / 3
"""Of the curve, the end that tells how steep it is."""


class Rival(NamedTuple):
    """Who is to be beaten.

    Attributes:
        loss: that a fit must have a prospect of, or give up.
        way: how far boosting went for it, in rounds times their rate.
    """

    loss: float
    way: float


NOBODY: Final = Rival(math.inf, 0.0)


def best_case(curve: Sequence[float], length: int) -> float:
    """The loss that a learning curve might come to: as steep as it is now until its end.

    A learning curve flattens, so that it will hardly do better than its tangent (Domhan et al. 2015 extrapolate such
    curves to end hopeless fits; the tangent needs no model of them).

    Args:
        curve: losses at even distances, from the beginning to now.
        length: of a common curve; one that is longer is taken to be half-way.
    """
    if len(curve) < _FEWEST:
        return -math.inf
    width = int(len(curve) * _WINDOW)
    slope = (min(curve[-width:]) - curve[-width - 1]) / width
    return min(curve) + min(slope, 0.0) * max(length - len(curve), len(curve))
