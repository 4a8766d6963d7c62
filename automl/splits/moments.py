"""Splits along time: what is judged lies after what was learnt from, as it does once a model is in use."""

from typing import Final

import numpy as np

from automl.splits.split import Folds, Rows
from automl.types import Floats

_FIRST_SHARE: Final = 0.5
"""Of the rows, those that every fold learns from: the folds' models answer together, so none should know too little."""
_FIRST_SHARE_OF_ONE: Final = 0.8


def split_latest(moments: Floats, share: float, gap: float) -> tuple[Rows, Rows]:
    """The training rows, and the latest rows: as near to their share as moments that stay together allow.

    Args:
        moments: (n,) of each row, in seconds or any unit, at least two different ones; of three or more two are left
            to learn from and to validate.
        share: of the rows that are held out, in (0, 1).
        gap: in the moments' unit; rows less than that before the first held-out one are on neither side.
    """
    (begin,) = _moments_after(moments, np.array([1 - share]), left=2)
    return _before(moments, begin, gap), np.flatnonzero(moments >= begin)


def expanding_folds(moments: Floats, count: int, gap: float) -> Folds:
    """Folds whose validation rows follow each other and cover the later half; each learns from all that lies before.

    There are fewer than `count`, or none, where moments that stay together or the gap leave a fold nothing.

    Args:
        moments: (n,) as for `split_latest`; of a single one, or none, no fold can be made.
        count: 1 validates the last fifth of the rows.
        gap: as for `split_latest`.
    """
    if len(np.unique(moments)) < 2:  # noqa: PLR2004 - one to learn from, one to validate
        return []
    first = _FIRST_SHARE_OF_ONE if count == 1 else _FIRST_SHARE
    begins = np.unique(_moments_after(moments, np.linspace(first, 1, count, endpoint=False)))
    ends = np.append(begins[1:], np.inf)
    folds = [
        (_before(moments, begin, gap), np.flatnonzero((begin <= moments) & (moments < end)))
        for begin, end in zip(begins, ends, strict=True)
    ]
    return [(train, valid) for train, valid in folds if len(train)]


def _moments_after(moments: Floats, shares: Floats, left: int = 1) -> Floats:
    """For each share the moment before which the share of rows that is nearest to it lies.

    It is never one of the first so many, which are `left`, unless there are no more.
    """
    different, counts = np.unique(moments, return_counts=True)
    left = min(left, len(different) - 1)
    before = np.cumsum(counts)[left - 1 : -1] / len(moments)
    nearest = np.abs(before[None, :] - shares[:, None]).argmin(axis=1)
    after: Floats = different[left:][nearest]
    return after


def _before(moments: Floats, begin: float, gap: float) -> Rows:
    return np.flatnonzero((moments < begin) & (moments <= begin - gap))
