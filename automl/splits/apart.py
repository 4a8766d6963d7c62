"""That no row which judges is learnt from: asked of every split, whoever made it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.splits.split import Folds


def check_apart(folds: Folds, together: NDArray[Any]) -> None:
    """Raise `ValueError` where a row is on both sides of a fold, or has something on the other that belongs with it.

    Args:
        folds: rows to learn from and rows that judge, by their numbers among the n of `together`.
        together: rows of one value must be on one side `(n,)`: their groups, their moments, or nothing but their own
            numbers.
    """
    for number, (train, valid) in enumerate(folds):
        leaked = valid[np.isin(together[valid], together[train])]
        if len(leaked):
            raise ValueError(
                f"{len(leaked)} rows that judge are learnt from too, in split {number}, such as row {leaked[0]}"
            )
