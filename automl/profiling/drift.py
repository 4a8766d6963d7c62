"""Columns that are not the same at the head and at the tail of a table, as what was collected over time is not."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.special import chdtrc, kolmogorov

from automl.profiling.columns import ColumnProfile, Finding
from automl.tables.coerce import frame_from_table
from automl.types import Column, Floats

_LEAST_ROWS: Final = 300
_MOST_OF_EACH: Final = 2_000
_ERROR: Final = 0.001
"""Of finding any column in a table whose rows stand in no order."""
_APART: Final = 0.1
"""The least difference that means anything: of many rows, tests find the smallest."""
_MOST_LEVELS: Final = 20


def drifting_columns(table: pa.Table, columns: Sequence[ColumnProfile]) -> Iterator[Finding]:
    """Each of the columns whose first third of rows differs from its last.

    Numbers are compared by Kolmogorov and Smirnov's test, missing ones as the least; categories by chi-squared. With
    Bonferroni's guard for the number of columns, and only where the distributions are a tenth apart.

    Args:
        table: in canonical types.
        columns: of it, to be compared; texts, images, dates and what has infinite values are left out.
    """
    usable = [
        Column(it.name, it.type)
        for it in columns
        if it.type not in ("text", "datetime", "image") and it.varies and not it.statistics.get("infinite")
    ]
    third = table.num_rows // 3
    if table.num_rows < _LEAST_ROWS or not usable:
        return
    spaced = np.linspace(0, third - 1, min(third, _MOST_OF_EACH)).astype(np.int64)
    rows = np.concatenate([spaced, table.num_rows - third + spaced])
    frame = frame_from_table(table.select([column.name for column in usable]).take(pa.array(rows)), usable)
    for column in usable:
        head, tail = np.split(frame[column.name], 2)
        compare = _levels_apart if column.type == "categorical" else _numbers_apart
        apart, chance = compare(head, tail)
        if apart >= _APART and chance * len(usable) < _ERROR:
            yield Finding(
                "order-drift",
                column.name,
                f"{column.name!r} is not the same in the first and in the last third of the rows: {apart:.0%} of it "
                "lies elsewhere. If rows stand in the order of time, split by time.",
            )


def _numbers_apart(head: Floats, tail: Floats) -> tuple[float, float]:
    """The largest distance of the two distribution functions, and its chance."""
    head, tail = (np.sort(np.where(np.isnan(values), -np.inf, values)) for values in (head, tail))
    every = np.concatenate([head, tail])
    below = [np.searchsorted(values, every, side="right") / len(values) for values in (head, tail)]
    apart = float(np.abs(below[0] - below[1]).max())
    return apart, float(kolmogorov(apart * np.sqrt(len(head) * len(tail) / len(every))))


def _levels_apart(head: NDArray[np.object_], tail: NDArray[np.object_]) -> tuple[float, float]:
    """Half of the summed differences of shares, and its chance; levels beyond the 20 most frequent count as one."""
    codes = np.asarray(pa.array(np.concatenate([head, tail])).dictionary_encode("encode").indices, dtype=np.int64)
    order = np.argsort(-np.bincount(codes), kind="stable")
    place = np.empty_like(order)
    place[order] = np.minimum(np.arange(len(order)), _MOST_LEVELS)
    counts = [np.bincount(place[part], minlength=int(place.max()) + 1) for part in np.split(codes, [len(head)])]
    expected = (counts[0] + counts[1]) / 2
    squares = float(np.sum((np.stack(counts) - expected) ** 2 / expected))
    apart = float(np.abs(counts[0] - counts[1]).sum() / (2 * len(head)))
    return apart, float(chdtrc(max(1, len(expected) - 1), squares))
