"""The confusion matrix as the page shows it."""

from collections.abc import Mapping, Sequence
from typing import Final

from automl.types import Json

_TENTHS: Final = 10


def heat(matrix: Mapping[str, Json] | None) -> list[dict[str, Json]]:
    """By lines: each cell's count, its share of the line's rows, by their weights where they have any, and in tenths.

    Args:
        matrix: of a report; None for a regression.
    """
    if not matrix:
        return []
    weights = matrix.get("weights")
    sums = weights if weights and any(map(any, weights)) else matrix["counts"]
    lines = zip(matrix["labels"], matrix["counts"], sums, strict=True)
    return [{"label": label, "rows": sum(counts), "cells": _cells(counts, line)} for label, counts, line in lines]


def _cells(counts: Sequence[int], sums: Sequence[float]) -> list[dict[str, Json]]:
    shares = [part / (sum(sums) or 1) for part in sums]
    return [
        {"count": count, "share": share, "tenths": round(_TENTHS * share)}
        for count, share in zip(counts, shares, strict=True)
    ]
