"""Between the rows that a model learns from and those that judge it."""

import numpy as np

from automl.splits.split import Rows


def check_sealed(origins: Rows, valid: Rows) -> None:
    """Raise `ValueError` where what is learnt from was made from a row that validates.

    Args:
        origins: the table's row that each training row is or was made from.
        valid: the table's rows that validate.
    """
    leaked = np.intersect1d(origins, valid)
    if len(leaked):
        raise ValueError(f"augmentation made training rows of {len(leaked)} validation rows, such as {leaked[0]}")
