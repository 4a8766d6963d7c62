"""Features that alone give the target away, as what was recorded after the fact does."""

from collections.abc import Iterator
from functools import partial
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from automl.profiling.columns import Finding, Profile
from automl.profiling.tasks import infer_task
from automl.tables.coerce import frame_from_table
from automl.types import Column, Floats

LEAK: Final = "possible-target-leak"
_MOST_ROWS = 50_000
_LEAST_ROWS = 100
_TELLING = 0.99
_MOST_BINS = 256
_ROWS_PER_BIN = 10
_CATEGORICAL = ("categorical", "boolean")


def leaking_features(table: pa.Table, profile: Profile, target: str) -> Iterator[Finding]:
    """Each feature that, alone, removes 99 % of the error of always guessing the same.

    A feature's values (numbers in up to 256 bins) learn the target on one half of at most 50,000 rows and guess it on
    the other: its commonest class there, or the mean of the target's ranks. Texts and images are left out.
    """
    usable = [
        Column(column.name, column.type)
        for column in profile.columns
        if column.type not in ("text", "image") and column.varies and not column.statistics.get("infinite")
    ]
    if table.num_rows < _LEAST_ROWS or not any(column.name == target for column in usable):
        return
    order = np.random.default_rng(0).permutation(table.num_rows)[:_MOST_ROWS]
    frame = dict(frame_from_table(table.select([column.name for column in usable]).take(pa.array(order)), usable))
    types = {column.name: column.type for column in usable}
    answers = frame.pop(target)
    told_by = partial(_ranks_told, _ranks(answers))
    if infer_task(profile, target) != "regression":
        told_by = partial(_classes_told, _codes(answers))
    for name, values in frame.items():
        told = told_by(_codes(values) if types[name] in _CATEGORICAL else _binned(values))
        if told >= _TELLING:
            yield Finding(
                LEAK,
                name,
                f"{name!r} alone predicts {told:.1%} of {target!r}: is it known before the target is? If not, drop it.",
            )


def _codes(values: NDArray[np.object_] | Floats) -> NDArray[np.int64]:
    """Small numbers for values, missing being one of them."""
    encoded = pa.array(values, from_pandas=True).dictionary_encode("encode")
    return np.asarray(encoded.indices, dtype=np.int64)


def _binned(values: Floats) -> NDArray[np.int64]:
    """Small numbers for values, missing being one of them; where values are many, for their quantile bins."""
    rising = np.sort(values)  # with NaN at the end
    rising = rising[: len(rising) - np.count_nonzero(np.isnan(rising))]
    edges = rising[1:][rising[1:] > rising[:-1]]
    if len(edges) >= _MOST_BINS:
        bins = min(len(values) // _ROWS_PER_BIN, _MOST_BINS)
        places = np.linspace(0, len(rising), bins + 1)[1:-1].astype(np.int64)
        edges = np.unique(rising[places])
    codes = np.searchsorted(edges, values, side="right").astype(np.int64)
    codes[np.isnan(values)] = len(edges) + 1
    return codes


def _ranks(values: Floats) -> Floats:
    """Equal values share the middle of their ranks."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    middles: Floats = (np.cumsum(counts) - counts / 2)[inverse]
    return middles


def _classes_told(classes: NDArray[np.int64], groups: NDArray[np.int64]) -> float:
    """Goodman and Kruskal's lambda, learnt on the first half and measured on the second."""
    half, width = len(groups) // 2, int(classes.max()) + 1
    if groups.max() * width > _MOST_ROWS * _MOST_BINS:
        return 0.0
    common = np.bincount(classes[:half], minlength=width).argmax()
    table = np.bincount(groups[:half] * width + classes[:half], minlength=(int(groups.max()) + 1) * width)
    table = table.reshape(-1, width)
    guess = np.where(table.any(axis=1), table.argmax(axis=1), common)
    wrong_always = np.mean(classes[half:] != common)
    wrong = np.mean(classes[half:] != guess[groups[half:]])
    return float(1 - wrong / wrong_always) if wrong_always else 0.0


def _ranks_told(ranks: Floats, groups: NDArray[np.int64]) -> float:
    """Share of the ranks' variance that the groups' means explain, learnt on the first half, measured on the second."""
    half, width = len(groups) // 2, int(groups.max()) + 1
    sizes = np.bincount(groups[:half], minlength=width)
    sums = np.bincount(groups[:half], weights=ranks[:half], minlength=width)
    guess = np.where(sizes > 0, sums / np.maximum(sizes, 1), ranks[:half].mean())
    left = np.mean((ranks[half:] - guess[groups[half:]]) ** 2)
    return float(1 - left / ranks[half:].var())
