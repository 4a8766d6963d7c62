"""Rows of a frame without a copy."""

import numpy as np

from automl.tables.frames import take

FRAME = {"a": np.arange(10.0), "b": np.array([*"abcdefghij"], dtype=object)}


def test_rows_come_in_the_order_asked_also_of_rows_already_taken() -> None:
    some = take(FRAME, np.array([7, 2, 5]))
    assert list(some) == ["a", "b"]
    assert some["a"].tolist() == [7.0, 2.0, 5.0]
    fewer = take(some, np.array([2, 0]))
    assert fewer["b"].tolist() == ["f", "h"]
    assert len(fewer) == 2
