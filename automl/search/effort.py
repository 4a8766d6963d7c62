"""How much longer a fit takes on more rows."""

from typing import Final

from automl.learners.params import TREES
from automl.types import Family

_TREES: Final = 2000
"""A fit of trees takes as long as if it had so many rows more: in each leaf LightGBM looks at all bins of every
feature, however few rows there are."""


def effort(rows: float, family: Family = "boosted") -> float:
    """Of a fit on so many rows, in units that are only to be compared."""
    return rows + (_TREES if family in TREES else 0)


def rows_for(units: float) -> float:
    """The rows that boosted trees are fitted on with such an effort; none, or less, where there is no such fit."""
    return units - _TREES
